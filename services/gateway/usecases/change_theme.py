"""Someone prefers light, dark, or what their system says."""

from __future__ import annotations

from dataclasses import replace

from services.gateway.domain.accounts import THEMES, Account
from services.gateway.domain.errors import InvalidFields
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.ports import Ports


def change_theme(account: Account, theme: str, ports: Ports) -> None:
    """The person's pages have this theme from now on.

    Raises:
        InvalidFields: there is no such theme.
    """
    if theme not in THEMES:
        raise InvalidFields({"theme": f"Choose one of {', '.join(THEMES)}."})
    change_account(account.person_id, lambda current: (replace(current, theme=theme), None), ports)
