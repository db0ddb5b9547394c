"""`python -m services.goals web | worker | migrate | republish`."""

from __future__ import annotations

import sys

from libs.chassis.settings import Settings, SettingsError
from services.goals import app

ROLES = {"web": app.serve_web, "worker": app.run_worker, "migrate": app.migrate, "republish": app.republish}


def main(arguments: list[str]) -> int:
    """The exit code: 0, 1 when settings are wrong, 2 when the role is unknown."""
    role = ROLES.get(arguments[0]) if len(arguments) == 1 else None
    if role is None:
        sys.stderr.write(f"usage: python -m services.goals {' | '.join(ROLES)}\n")
        return 2
    try:
        role(Settings())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
