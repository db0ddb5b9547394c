"""Someone opens an invitation. Looking changes nothing; the form behind it does."""

from __future__ import annotations

from services.gateway.domain.accounts import DISABLED, Account
from services.gateway.domain.errors import LinkUnusable
from services.gateway.domain.secrets import digest
from services.gateway.usecases.ports import Ports


def look_at_invitation(secret: str, ports: Ports) -> Account:
    """The account that this link invites to.

    Raises:
        LinkUnusable: it was used, has expired, or is none of ours.
    """
    account = ports.accounts.by_invitation(digest(secret))
    if account is None or account.invitation is None or account.state == DISABLED:
        raise LinkUnusable
    if ports.clock() >= account.invitation.expires_at:
        raise LinkUnusable
    return account
