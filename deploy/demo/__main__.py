"""``python -m deploy.demo load | sign-ins | token``: the demo company of this installation."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

from deploy.demo import company
from deploy.demo.loader import PASSWORD, Loader
from deploy.demo.public_api import DemoError, Mailbox, PublicApi


def main(command: str) -> int:
    """Runs one command; 0 when it did what it says.

    Settings: ``CAIRN_PUBLIC_URL``, ``CAIRN_MAILBOX_URL``, ``CAIRN_SETUP_CODE``; ``CAIRN_DEMO_STATE``, a file.
    """
    address = os.environ.get("CAIRN_PUBLIC_URL", "http://localhost:8080")
    loader = Loader(
        PublicApi(address),
        Mailbox(os.environ.get("CAIRN_MAILBOX_URL", "http://localhost:8025")),
        os.environ.get("CAIRN_SETUP_CODE", ""),
        Path(os.environ.get("CAIRN_DEMO_STATE", ".cairn/demo.json")),
        lambda line: print(f"  {line}", flush=True),
    )
    try:
        if command == "load":
            loader.load(date.today())  # noqa: DTZ011  # the story is told in local days
        elif command == "token":
            print(loader.admin_token)
        elif command == "sign-ins":
            _print_sign_ins(address)
        else:
            print("usage: python -m deploy.demo load | sign-ins | token", file=sys.stderr)
            return 2
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def _print_sign_ins(address: str) -> None:
    print(f"Fernhollow Systems (fictional) at {address}/sign-in, password for all: {PASSWORD}")
    for name, about in company.SIGN_INS:
        person = next(person for person in company.PEOPLE if person.name == name)
        print(f"  {person.email:32} {about}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
