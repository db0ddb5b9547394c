"""What became of writes that were sent together, where some met a document that was there before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pymongo.errors import BulkWriteError, WriteConcernError

_DUPLICATE_KEY: Final = 11000


def taken(error: BulkWriteError) -> Collection[int]:
    """Which of the writes, counted from 0, found their key taken; all others are stored.

    Raises:
        BulkWriteError: one failed for another reason.
        WriteConcernError: no majority is known to have them.
    """
    failures = error.details["writeErrors"]
    if any(failure["code"] != _DUPLICATE_KEY for failure in failures):
        raise error
    lacking = error.details["writeConcernErrors"]
    if lacking:
        raise WriteConcernError(lacking[-1]["errmsg"], lacking[-1]["code"]) from error
    return {failure["index"] for failure in failures}
