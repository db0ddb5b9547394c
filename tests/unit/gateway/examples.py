"""People that the gateway's tests are about."""

from __future__ import annotations

from prometheus_client import REGISTRY

from libs.chassis.problems import Unavailable
from services.gateway.domain.accounts import ACTIVE, Account
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.usecases.ports import Origin
from services.gateway.usecases.start_session import start_session
from tests.unit.gateway.memory import World

PASSWORD = "nine quiet stones by the river"
HERE = Origin(address="192.0.2.7", agent="a browser")
ELSEWHERE = Origin(address="198.51.100.9", agent="another browser")


def account(person_id: str = "jun", **changes: object) -> Account:
    """Jun's account, active and with a password."""
    fields = {
        "person_id": person_id,
        "organisation_id": "fernhollow",
        "email": f"{person_id}@fernhollow.example",
        "name": person_id.capitalize(),
        "role": "member",
        "state": ACTIVE,
        "password_hash": f"hash of {PASSWORD}",
        **changes,
    }
    return Account(**fields)  # type: ignore[arg-type]


def stored(world: World, person_id: str = "jun", **changes: object) -> Account:
    """The same account, stored."""
    assert world.accounts.save(account(person_id, **changes))
    found = world.accounts.get(person_id)
    assert found is not None
    return found


def refuse(_entry: AuditEntry) -> None:
    """An audit log whose store is away: put in the place of its ``add``."""
    raise Unavailable


def lost_lines() -> float:
    """How many lines of the audit log this process could not write so far."""
    return REGISTRY.get_sample_value("cairn_audit_lost_total") or 0.0


def signed_in(world: World, who: Account) -> tuple[str, Identity]:
    """The cookie of this account, signed in, and who it is."""
    secret, session = start_session(who, remembered=False, origin=HERE, ports=world.ports)
    identity = Identity(
        account=who,
        credential=SESSION,
        credential_digest=session.digest,
        scopes=frozenset({"read", "write"}),
    )
    return secret, identity
