"""What a series of check-ins says, folded one by one or computed anew: both must agree.

Of each check-in its last version counts, unless it was undone. The current reading is the one with the latest
``as_of``; of two at the same instant, the one that was first recorded later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One version of one check-in, as far as the series cares."""

    first_id: str
    seq: int
    value: float
    confidence: int
    as_of: datetime
    recorded_at: datetime
    author_id: str
    note: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class State:
    """What the series says up to ``seq``: how many check-ins count, and the current reading (null: none).

    ``note_*`` are the current reading's words, for who must explain the number.
    """

    seq: int = 0
    count: int = 0
    reading_id: str | None = None
    current: float | None = None
    confidence: int | None = None
    as_of: datetime | None = None
    note: str | None = None
    author_id: str | None = None
    noted_at: datetime | None = None


EMPTY = State()


def fold(state: State, reading: Reading) -> State:
    """The state after one more check-in (not a revision).

    A late one counts but does not move the current reading.
    """
    if state.as_of is not None and reading.as_of < state.as_of:
        return replace(state, seq=reading.seq, count=state.count + 1)
    return _current(reading, seq=reading.seq, count=state.count + 1)


def recompute(versions: Iterable[Reading]) -> State:
    """The state of a whole series, revisions and undoings included."""
    last_seq = 0
    first_seq: dict[str, int] = {}
    latest: dict[str, Reading] = {}
    for version in sorted(versions, key=lambda version: version.seq):
        last_seq = version.seq
        first_seq.setdefault(version.first_id, version.seq)
        latest[version.first_id] = version
    counted = [reading for reading in latest.values() if not reading.withdrawn]
    if not counted:
        return State(seq=last_seq)
    current = max(counted, key=lambda reading: (reading.as_of, first_seq[reading.first_id]))
    return _current(current, seq=last_seq, count=len(counted))


def _current(reading: Reading, *, seq: int, count: int) -> State:
    return State(
        seq=seq,
        count=count,
        reading_id=reading.first_id,
        current=reading.value,
        confidence=reading.confidence,
        as_of=reading.as_of,
        note=reading.note or None,
        author_id=reading.author_id,
        noted_at=reading.recorded_at,
    )
