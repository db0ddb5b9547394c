"""Initiate the replica set and make one database user per service, over the network.

``python -m deploy.containers.replica_set /run/secrets mongo``: as the set's own member, whose proof is the
key file, so that it works from any container, before the first user exists and ever after. Running it again
changes nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

SERVICES = ("goals", "checkins", "notifier", "gateway")
ALREADY_INITIALIZED = 23
USER_EXISTS = 51003
PATIENCE = 120.0
PAUSE = 0.5


def main(secrets: Path, host: str) -> None:
    """The set is primary, and each service can sign in to its own database only.

    Raises:
        TimeoutError: no answer, or no primary, within two minutes.
    """
    with member(host, (secrets / "keyfile").read_text(encoding="utf-8")) as client:
        _until(partial(_answers, client), "MongoDB does not answer")
        members = {"_id": "cairn", "members": [{"_id": 0, "host": f"{host}:27017"}]}
        _unless({ALREADY_INITIALIZED}, lambda: client.admin.command("replSetInitiate", members))
        _until(partial(_is_primary, client), "the replica set has no primary")
        root_password = (secrets / "root_password").read_text(encoding="utf-8")
        _create_user(client, "admin", "root", root_password, ["root"])
        for service in SERVICES:
            password = (secrets / f"{service}_password").read_text(encoding="utf-8")
            database = f"cairn_{service}"
            _create_user(client, database, service, password, [{"role": "readWrite", "db": database}])


def member(host: str, key: str) -> MongoClient[dict[str, Any]]:
    """A client that signs in as members of the set do among themselves.

    Source: mongodb.com/docs/manual/core/security-internal-authentication, on key files: white space in them
    does not count.
    """
    return MongoClient(
        f"mongodb://{host}:27017",
        username="__system",
        password="".join(key.split()),
        authSource="local",
        authMechanism="SCRAM-SHA-256",
        directConnection=True,
        serverSelectionTimeoutMS=2000,
    )


def _create_user(
    client: MongoClient[dict[str, Any]], database: str, name: str, password: str, roles: list[Any]
) -> None:
    _unless({USER_EXISTS}, lambda: client[database].command("createUser", name, pwd=password, roles=roles))


def _unless(codes: set[int], call: Callable[[], object]) -> None:
    try:
        call()
    except OperationFailure as failure:
        if failure.code not in codes:
            raise


def _answers(client: MongoClient[dict[str, Any]]) -> bool:
    try:
        client.admin.command("ping")
    except OperationFailure:
        raise
    except PyMongoError:
        return False
    return True


def _is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    return bool(client.admin.command("hello").get("isWritablePrimary"))


def _until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
