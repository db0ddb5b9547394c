"""Someone has forgotten a password. The answer is the same whether or not the address is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from libs.contracts.gateway import PasswordResetRequested
from services.gateway.domain import audit
from services.gateway.domain.accounts import RESET_LASTS, Account, Link, email_key
from services.gateway.domain.errors import TooManyAttempts
from services.gateway.domain.secrets import digest, new_secret
from services.gateway.domain.throttle import Limit
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.keep_audit import keep_audit
from services.gateway.usecases.ports import Announcement, Origin, Ports

A_FEW_MAILS = Limit(count=3, seconds=3600)


@dataclass(frozen=True, kw_only=True)
class RequestPasswordReset:
    """The address typed into the form."""

    email: str
    origin: Origin


def request_password_reset(command: RequestPasswordReset, ports: Ports) -> None:
    """If the address has an active account, a link is on its way; otherwise nothing is, and nobody can tell.

    More than three mails an hour to one address are not sent, silently.

    Raises:
        TooManyAttempts: too many requests from this address of the network.
    """
    allowance = ports.rates.take(f"reset:address:{command.origin.address}", ports.sign_in_limits.address)
    if not allowance.allowed:
        raise TooManyAttempts(allowance.reset)
    mails = ports.rates.take(f"reset:account:{digest(email_key(command.email))}", A_FEW_MAILS)
    account = ports.accounts.by_email(command.email)
    if account is None or not account.may_sign_in() or not mails.allowed:
        return
    secret, expires_at = new_secret(), ports.clock() + RESET_LASTS

    def add_link(current: Account) -> tuple[Account, Announcement]:
        announcement = PasswordResetRequested(
            person_id=current.person_id,
            name=current.name,
            email=current.email,
            locale=current.locale,
            time_zone=current.time_zone,
            link=f"{ports.public_url}/password/{secret}",
            expires_at=expires_at,
        )
        return replace(current, reset=Link(digest=digest(secret), expires_at=expires_at)), announcement

    change_account(account.person_id, add_link, ports)
    keep_audit(
        ports,
        audit.PASSWORD_RESET_ASKED,
        organisation_id=account.organisation_id,
        actor_id=None,
        subject=account.person_id,
        origin=command.origin,
    )
