"""``python -m services.gateway web | worker | migrate | republish``."""

from __future__ import annotations

import sys

from libs.chassis.settings import SettingsError
from libs.chassis.web import serve
from services.gateway.app import ROLES, read_settings


def main(arguments: list[str]) -> None:
    """The role that was asked for has run, or (``web``) this process has become it."""
    role = arguments[0] if len(arguments) == 1 else ""
    try:
        if role == "web":
            core, _ = read_settings()
            serve("services.gateway.app:web_from_environment()", core)
        if role not in ROLES:
            sys.exit(f"usage: python -m services.gateway {' | '.join(['web', *ROLES])}")
        ROLES[role]()
    except SettingsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
