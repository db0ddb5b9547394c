"""Initiate the replica set and make one database user per service, from inside the database's network.

``python -m deploy.containers.replica_set /run/cairn/mongo``: MongoDB lets the first user be made only from
localhost, which is why this container shares the network of the server. Running it again changes nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

SERVICES = ("goals", "checkins", "notifier", "gateway")
ALREADY_INITIALIZED = 23
USER_EXISTS = 51003
UNAUTHORIZED = 13


def main(secrets: Path, host: str) -> None:
    """The set is primary, and each service can sign in to its own database only.

    Raises:
        TimeoutError: no primary within two minutes.
    """
    password = (secrets / "root_password").read_text(encoding="utf-8")
    local: MongoClient[dict[str, object]] = MongoClient("mongodb://127.0.0.1:27017", directConnection=True)
    _until_answering(local)
    members = {"_id": "cairn", "members": [{"_id": 0, "host": f"{host}:27017"}]}
    _ignoring(lambda: local.admin.command("replSetInitiate", members), {ALREADY_INITIALIZED, UNAUTHORIZED})
    _until_primary(local)
    _ignoring(
        lambda: local.admin.command("createUser", "root", pwd=password, roles=["root"]),
        {USER_EXISTS, UNAUTHORIZED},
    )
    admin: MongoClient[dict[str, object]] = MongoClient(
        "mongodb://127.0.0.1:27017", username="root", password=password, directConnection=True
    )
    for service in SERVICES:
        _ignoring(partial(_create_user, admin, service, secrets), {USER_EXISTS})


def _create_user(admin: MongoClient[dict[str, object]], service: str, secrets: Path) -> None:
    password = (secrets / f"{service}_password").read_text(encoding="utf-8")
    database = f"cairn_{service}"
    roles = [{"role": "readWrite", "db": database}]
    admin[database].command("createUser", service, pwd=password, roles=roles)


def _ignoring(call: Callable[[], object], codes: set[int]) -> None:
    try:
        call()
    except OperationFailure as failure:
        if failure.code not in codes:
            raise


def _until_answering(client: MongoClient[dict[str, object]], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.admin.command("ping")
        except PyMongoError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


def _until_primary(client: MongoClient[dict[str, object]], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > deadline:
            msg = "the replica set has no primary"
            raise TimeoutError(msg)
        time.sleep(0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "mongo")  # noqa: PLR2004  # program, path, host
