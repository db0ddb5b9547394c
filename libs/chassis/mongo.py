"""One way to reach MongoDB.

Majority writes, bounded waiting, and errors that mean "try again" told as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from uuid_utils.compat import uuid7

from libs.chassis import failpoints, problems
from libs.chassis.breaker import FailFastClient

Document = dict[str, Any]
_TIMEOUT_MS: Final = 5_000
_MAX_POOL: Final = 64
# A collection was made or indexed a blink ago, and the snapshot that a majority agrees on is older.
_SNAPSHOT_TOO_OLD: Final = 246
_UNKNOWN_OUTCOME: Final = (ConnectionFailure, ExecutionTimeout, WriteConcernError)


def connect(
    url: str, service: str, *, durable_reads: bool = False, fail_fast: bool = False
) -> MongoClient[Document]:
    """A client whose writes are on a majority and in the journal before they count.

    It reads what the primary has. ``durable_reads`` is for who acts on what it reads where nobody asked, as
    workers do: they see only what no failover takes back. Their loops look again after whatever failed, so
    the driver need not repeat a write for them: one that could be repeated costs the server another write,
    into its list of sessions. ``fail_fast`` is for who answers requests: through an outage its operations
    fail at once (``breaker.py``); without it they wait for the database.
    Call it after the fork: a client's threads and sockets do not survive one. It connects when first used.
    """
    client: type[MongoClient[Document]] = FailFastClient if fail_fast else MongoClient
    options: Document = {} if fail_fast else {"connectTimeoutMS": _TIMEOUT_MS}
    return client(
        url,
        appname=f"cairn-{service}",
        w="majority",
        journal=True,
        readConcernLevel="majority" if durable_reads else "local",
        retryWrites=not durable_reads,
        retryReads=True,
        tz_aware=True,
        tzinfo=UTC,
        uuidRepresentation="standard",
        maxPoolSize=_MAX_POOL,
        serverSelectionTimeoutMS=_TIMEOUT_MS,
        waitQueueTimeoutMS=_TIMEOUT_MS,
        timeoutMS=2 * _TIMEOUT_MS,
        event_listeners=failpoints.listeners(),
        **options,
    )


def new_id() -> str:
    """An id that sorts by the time of its making (UUIDv7)."""
    return str(uuid7())


def now() -> datetime:
    """The present instant in UTC, to the millisecond, so that it equals itself read back from MongoDB."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def ping(database: Database[Document]) -> None:
    """MongoDB answered.

    Raises:
        problems.Unavailable: it did not.
    """
    with translate_errors():
        database.command("ping")


def unavailable(error: Exception) -> problems.Unavailable | None:
    """The 503 for an error that says MongoDB was not reached or not in time; None for any other error."""
    if not isinstance(error, PyMongoError) or isinstance(error, DuplicateKeyError):
        return None
    too_old = isinstance(error, OperationFailure) and error.code == _SNAPSHOT_TOO_OLD
    if not (isinstance(error, _UNKNOWN_OUTCOME) or error.timeout or too_old or _lacks_a_majority(error)):
        return None
    return problems.Unavailable(
        "The database does not answer. Repeat it; with the same Idempotency-Key nothing is done twice.",
        retry_after=1,
    )


def _lacks_a_majority(error: PyMongoError) -> bool:
    """Whether all was written, but a majority was not known to have it in time."""
    if not isinstance(error, BulkWriteError) or error.details is None:
        return False
    return bool(error.details.get("writeConcernErrors")) and not error.details.get("writeErrors")


@contextmanager
def translate_errors() -> Iterator[None]:
    """Within the block, an unreachable or too slow MongoDB is a 503 that may be repeated.

    Raises:
        problems.Unavailable: connection lost, no primary, or out of time.
    """
    try:
        yield
    except PyMongoError as error:
        problem = unavailable(error)
        if problem is None:
            raise
        raise problem from error


def ensure_indexes(collection: Collection[Document], indexes: Sequence[IndexModel]) -> None:
    """The collection has these indexes; those that are there already stay as they are."""
    if indexes:
        collection.create_indexes(list(indexes))


Step = tuple[str, Callable[[Database[Document]], None]]


def run_migrations(database: Database[Document], steps: Sequence[Step]) -> list[str]:
    """Every step has been done once, in order; the names of those done now are returned.

    A step must bear being repeated: a process that dies between the step and its record does it again.
    """
    done = {record["_id"] for record in database["migrations"].find({}, {"_id": 1})}
    performed = []
    for name, step in steps:
        if name in done:
            continue
        step(database)
        database["migrations"].update_one({"_id": name}, {"$setOnInsert": {"at": now()}}, upsert=True)
        performed.append(name)
    return performed
