"""Someone has forgotten a password. The answer is the same whether or not the address is known, and as quick.

Nobody's account is looked at here: what was asked is written down, and a worker answers it.
"""

from __future__ import annotations

from dataclasses import dataclass

from libs.language.addresses import address_key
from services.gateway.domain.errors import TooManyAttempts
from services.gateway.domain.secrets import digest
from services.gateway.domain.throttle import Limit, network_of
from services.gateway.usecases.ports import Origin, Ports, ResetRequest

A_FEW_MAILS = Limit(count=3, seconds=3600)


@dataclass(frozen=True, kw_only=True)
class RequestPasswordReset:
    """The address typed into the form."""

    email: str
    origin: Origin


def request_password_reset(command: RequestPasswordReset, ports: Ports) -> None:
    """If the address has an active account, a link will be on its way; otherwise none, and nobody can tell.

    More than three mails an hour to one address are not sent, silently.

    Raises:
        TooManyAttempts: too many requests from this network.
    """
    network = network_of(command.origin.address)
    allowance = ports.rates.take(f"reset:address:{network}", ports.sign_in_limits.address)
    if not allowance.allowed:
        raise TooManyAttempts(allowance.reset)
    mails = ports.rates.take(f"reset:account:{digest(address_key(command.email))}", A_FEW_MAILS)
    if not mails.allowed:
        return
    ports.reset_requests.add(
        ResetRequest(
            id=ports.new_id(),
            email=command.email,
            address=command.origin.address,
            at=ports.clock(),
            correlation_id=ports.correlation_id(),
        )
    )
