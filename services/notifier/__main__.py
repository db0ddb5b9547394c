"""``python -m services.notifier web | worker | migrate | republish``."""

from __future__ import annotations

import sys

from services.notifier import app

if __name__ == "__main__":
    sys.exit(app.run(sys.argv[1:]))
