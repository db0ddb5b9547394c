"""Someone follows a reset link and chooses another password."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.domain import audit
from services.gateway.domain.accounts import Account, with_password
from services.gateway.domain.errors import LinkUnusable, WeakPassword
from services.gateway.domain.passwords import normalise, weakness
from services.gateway.domain.secrets import digest
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.look_at_reset import look_at_reset
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports


@dataclass(frozen=True, kw_only=True)
class ResetPassword:
    """The secret of the link and the password chosen."""

    secret: str
    password: str
    origin: Origin


def reset_password(command: ResetPassword, ports: Ports) -> Account:
    """The new password counts; every session and every API token of the person is over, the link is used up.

    Raises:
        LinkUnusable: it was used, has expired, or is none of ours.
        WeakPassword: the password breaks the policy; the link still works.
        Busy: too many passwords are being checked.
    """
    account = look_at_reset(command.secret, ports)
    reason = weakness(command.password, email=account.email, name=account.name)
    if reason is not None:
        raise WeakPassword(reason)
    key, password_hash = digest(command.secret), ports.passwords.hash(normalise(command.password))

    def replace_password(current: Account) -> tuple[Account, None] | None:
        if current.reset is None or current.reset.digest != key:
            return None
        return with_password(current, password_hash), None

    changed = change_account(account.person_id, replace_password, ports)
    if changed is None:
        raise LinkUnusable
    # That write ended them; removing them only tidies up.
    ports.sessions.remove_all(changed.person_id)
    ports.tokens.remove_all(changed.person_id)
    note_done(
        ports,
        audit.PASSWORD_RESET,
        organisation_id=changed.organisation_id,
        actor_id=changed.person_id,
        subject=changed.person_id,
        origin=command.origin,
    )
    return changed
