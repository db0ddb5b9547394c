"""Which errors of the driver mean that the database was not there, and which that something is wrong."""

from typing import Any

import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError, NotPrimaryError, OperationFailure, PyMongoError

from libs.chassis import mongo


def bulk(**details: Any) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [], "writeConcernErrors": [], **details})


LATE = {"code": 64, "errmsg": "waiting for replication timed out"}
TWICE = {"code": 11000, "index": 0, "errmsg": "E11000"}


@pytest.mark.parametrize(
    "error",
    [NotPrimaryError("stepped down"), bulk(writeConcernErrors=[LATE])],
    ids=["no primary", "no majority in time"],
)
def test_a_database_that_was_not_there_is_asked_again(error: PyMongoError) -> None:
    problem = mongo.unavailable(error)
    assert problem is not None
    assert problem.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError("E11000", 11000),
        OperationFailure("unknown operator", 2),
        bulk(writeErrors=[TWICE]),
        bulk(writeErrors=[TWICE], writeConcernErrors=[LATE]),
    ],
    ids=["twice", "wrong", "twice in a bulk", "twice, and late"],
)
def test_what_would_fail_again_is_no_outage(error: PyMongoError) -> None:
    assert mongo.unavailable(error) is None


@pytest.mark.parametrize("worker", [True, False], ids=["worker", "web"])
def test_only_who_asks_once_has_the_driver_repeat_a_write(worker: bool) -> None:  # noqa: FBT001
    with mongo.connect("mongodb://127.0.0.1:1/", "tests", durable_reads=worker) as client:
        assert client.options.retry_writes is not worker
        assert client.write_concern.document == {"w": "majority", "j": True}
