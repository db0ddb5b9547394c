"""Check-ins as they are kept.

Append-only, numbered without gaps per key result, each with the state it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.checkins.domain.series import Reading, State

UNDO_WITHIN = timedelta(seconds=10)
LATE_AFTER = timedelta(hours=24)
MOST_VERSIONS = 50
"""So often may one check-in be said anew; pages of the history hold all versions. An undo still follows."""


def may_alarm(as_of: datetime, recorded_at: datetime, *, withdrawn: bool) -> bool:
    """Whether such an entry may alarm anybody: news of the past and an undo do not."""
    return not withdrawn and recorded_at - as_of <= LATE_AFTER


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the series said to the one who wrote the check-in. Shares; null without any reading.

    ``fingerprint`` is that of the whole standing, which the check-in's own event tells.
    """

    raw_progress: float | None
    progress: float | None
    expected: float
    status: str
    fingerprint: str | None = None


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """One entry of a series: a check-in, a revision of one, or its undoing.

    ``revision_of`` names the first version; a revision repeats all fields and the ``as_of`` of the first.
    ``withdrawn`` marks an undo. ``state`` is what the series up to ``seq`` says, ``seen`` what was answered.
    """

    id: str
    organisation_id: str
    key_result_id: str
    objective_id: str
    seq: int
    value: float
    confidence: int
    note: str
    challenge: str
    adjustment: str
    author_id: str
    as_of: datetime
    recorded_at: datetime
    state: State
    seen: Seen
    revision_of: str | None = None
    withdrawn: bool = False

    @property
    def first_id(self) -> str:
        """The id of the first version, which all versions share."""
        return self.revision_of or self.id

    @property
    def alarms(self) -> bool:
        """Whether it may alarm anybody."""
        return may_alarm(self.as_of, self.recorded_at, withdrawn=self.withdrawn)

    def reading(self) -> Reading:
        """This version as the series sees it."""
        return Reading(
            first_id=self.first_id,
            seq=self.seq,
            value=self.value,
            confidence=self.confidence,
            as_of=self.as_of,
            recorded_at=self.recorded_at,
            author_id=self.author_id,
            note=self.note,
            withdrawn=self.withdrawn,
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One check-in with all its versions, oldest first; the last one counts."""

    versions: tuple[CheckIn, ...]

    @property
    def first(self) -> CheckIn:
        """What was written at first."""
        return self.versions[0]

    @property
    def latest(self) -> CheckIn:
        """What counts now."""
        return self.versions[-1]
