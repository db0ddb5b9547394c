"""A password reset that was asked for gets its link, where the address has an account that may sign in."""

from __future__ import annotations

from dataclasses import replace

from libs.chassis.telemetry import bind_correlation
from libs.contracts.gateway import PasswordResetRequested
from services.gateway.domain import audit
from services.gateway.domain.accounts import RESET_LASTS, Account, Link
from services.gateway.domain.secrets import digest, new_secret
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Announcement, Origin, Ports, ResetRequest


def answer_reset_request(ports: Ports) -> bool:
    """The oldest request is answered and forgotten; False where none waits.

    A process that dies in between leaves it to another: that one's link replaces the first.
    """
    request = ports.reset_requests.claim(ports.clock())
    if request is None:
        return False
    with bind_correlation(request.correlation_id):
        account = ports.accounts.by_email(request.email)
        if account is not None and account.may_sign_in():
            _send_link(account, request, ports)
    ports.reset_requests.remove(request.id)
    return True


def _send_link(account: Account, request: ResetRequest, ports: Ports) -> None:
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
    note_done(
        ports,
        audit.PASSWORD_RESET_ASKED,
        organisation_id=account.organisation_id,
        actor_id=None,
        subject=account.person_id,
        origin=Origin(address=request.address),
    )
