"""The container's health: this process answers on `/livez`, whichever role it runs."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """0 when the web or the worker address answers, else 1."""
    for name in ("CAIRN_BIND", "CAIRN_WORKER_BIND"):
        port = os.environ[name].rsplit(":", 1)[1]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
                return 0
        except (urllib.error.URLError, OSError):
            continue
    return 1


if __name__ == "__main__":
    sys.exit(main())
