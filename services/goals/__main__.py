"""python -m services.goals web | worker | migrate | republish."""

from __future__ import annotations

import sys

from services.goals import app

_ROLES = {"web": app.serve_web, "worker": app.run_worker, "migrate": app.migrate, "republish": app.republish}


def main() -> None:
    """The role that was asked for has run to its end."""
    role = _ROLES.get(sys.argv[1]) if len(sys.argv) == 2 else None  # noqa: PLR2004  # the program and its role
    if role is None:
        sys.exit(f"usage: python -m services.goals {' | '.join(_ROLES)}")
    role()


if __name__ == "__main__":
    main()
