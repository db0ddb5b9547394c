"""Someone prefers light, dark, or what their system says."""

from __future__ import annotations

from dataclasses import replace

from libs.chassis.problems import PreconditionFailed
from services.gateway.domain.accounts import THEMES, Account
from services.gateway.domain.errors import InvalidFields
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.ports import Ports


def change_theme(account: Account, theme: str, ports: Ports, *, rev: int | None = None) -> None:
    """The person's pages have this theme from now on.

    Raises:
        InvalidFields: there is no such theme.
        PreconditionFailed: the account was changed since ``rev``.
    """
    if theme not in THEMES:
        raise InvalidFields({"theme": f"Choose one of {', '.join(THEMES)}."})

    def change(current: Account) -> tuple[Account, None]:
        if rev is not None and current.rev != rev:
            raise PreconditionFailed
        return replace(current, theme=theme), None

    change_account(account.person_id, change, ports)
