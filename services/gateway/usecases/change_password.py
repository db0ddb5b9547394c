"""Someone who is signed in wants another password."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.domain import audit
from services.gateway.domain.accounts import Account, with_password
from services.gateway.domain.errors import TooManyAttempts, WeakPassword, WrongPassword
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.domain.passwords import normalise, weakness
from services.gateway.domain.throttle import of_every_try
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """The password until now and the one from now on."""

    current: str
    new: str
    origin: Origin


def change_password(identity: Identity, command: ChangePassword, ports: Ports) -> None:
    """The new password counts; the person's other sessions and every API token are over.

    So is the token by which it is asked: whoever changes a password may fear for all that was opened by it.

    Raises:
        WrongPassword: the current one is another, or the account was disabled or reset meanwhile.
        WeakPassword: the new one breaks the policy.
        TooManyAttempts: too many wrong ones in a row, or too many changes.
        Busy: too many passwords are being checked.
    """
    account = identity.account
    reason = weakness(command.new, email=account.email, name=account.name)
    if reason is not None:
        raise WeakPassword(reason)
    _check(account, command.current, ports)
    password_hash = ports.passwords.hash(normalise(command.new))
    kept = identity.credential_digest if identity.credential == SESSION else None

    def replace_password(current: Account) -> tuple[Account, None] | None:
        # Slow hashes lie between the look at the account and this write: whoever was disabled stays so, and a
        # reset in between is the owner's last word.
        if not current.may_sign_in() or current.password_hash != account.password_hash:
            return None
        return with_password(current, password_hash, kept_session=kept), None

    if change_account(account.person_id, replace_password, ports) is None:
        raise WrongPassword
    # That write ended them; removing them only tidies up.
    ports.sessions.remove_all(account.person_id, but=kept)
    ports.tokens.remove_all(account.person_id)
    note_done(
        ports,
        audit.PASSWORD_CHANGED,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject=account.person_id,
        origin=command.origin,
    )


def _check(account: Account, password: str, ports: Ports) -> None:
    """The password is the account's; a right one is uncounted among the failures, never among all tries."""
    failures = f"change-password:{account.person_id}"
    limit = ports.sign_in_limits.account
    for key, at_most in (
        (failures, limit),
        (f"change-password:all:{account.person_id}", of_every_try(limit)),
    ):
        allowance = ports.rates.take(key, at_most)
        if not allowance.allowed:
            raise TooManyAttempts(allowance.reset)
    if not ports.passwords.verify(account.password_hash, normalise(password)):
        raise WrongPassword
    ports.rates.give_back(failures)
