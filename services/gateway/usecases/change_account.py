"""Two requests may change one account at once; neither may undo the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from libs.chassis.problems import Unavailable
from services.gateway.domain.accounts import Account
from services.gateway.usecases.ports import Announcement, Ports

ATTEMPTS = 8
Change = Callable[[Account], "tuple[Account, Announcement | None] | None"]


def change_account(person_id: str, change: Change, ports: Ports) -> Account | None:
    """The account as changed, stored in one write with what is to be announced.

    ``change`` gets the newest account and may be asked again; None from it leaves everything as it is. None
    is returned when there is no such account, or nothing was changed.

    Raises:
        Unavailable: the account is changed faster than we can follow.
        EmailTaken: another person signs in with the new address.
    """
    for _ in range(ATTEMPTS):
        account = ports.accounts.get(person_id)
        changed = change(account) if account is not None else None
        if changed is None:
            return None
        new, announcement = changed
        if ports.accounts.save(new, announcement):
            return replace(new, rev=new.rev + 1)
    raise Unavailable
