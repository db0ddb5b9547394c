"""Someone who was invited chooses a password, and is in."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.gateway import AccountActivated
from services.gateway.domain import audit
from services.gateway.domain.accounts import Account, with_password
from services.gateway.domain.errors import LinkUnusable, WeakPassword
from services.gateway.domain.passwords import normalise, weakness
from services.gateway.domain.secrets import digest
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.look_at_invitation import look_at_invitation
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Announcement, Origin, Ports


@dataclass(frozen=True, kw_only=True)
class AcceptInvitation:
    """The secret of the link and the password chosen."""

    secret: str
    password: str
    origin: Origin


def accept_invitation(command: AcceptInvitation, ports: Ports) -> Account:
    """The account is active with this password, and the others hear of it. The link is used up.

    Raises:
        LinkUnusable: it was used, has expired, or is none of ours.
        WeakPassword: the password breaks the policy; the link still works.
        Busy: too many passwords are being checked.
    """
    account = look_at_invitation(command.secret, ports)
    reason = weakness(command.password, email=account.email, name=account.name)
    if reason is not None:
        raise WeakPassword(reason)
    key, password_hash = digest(command.secret), ports.passwords.hash(normalise(command.password))

    def activate(current: Account) -> tuple[Account, Announcement] | None:
        if current.invitation is None or current.invitation.digest != key:
            return None
        return with_password(current, password_hash), AccountActivated(person_id=current.person_id)

    activated = change_account(account.person_id, activate, ports)
    if activated is None:
        raise LinkUnusable
    note_done(
        ports,
        audit.INVITATION_ACCEPTED,
        organisation_id=activated.organisation_id,
        actor_id=activated.person_id,
        subject=activated.person_id,
        origin=command.origin,
    )
    return activated
