"""A series grows by one entry: what its writer saw is judged and kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.checkins.domain.check_in import CheckIn, Seen
from services.checkins.domain.judging import stand
from services.checkins.domain.series import EMPTY, State, fold, recompute
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a person says in a check-in.

    The value in the key result's unit, confidence 0 to 10, and up to three texts.
    """

    value: float
    confidence: int
    note: str = ""
    challenge: str = ""
    adjustment: str = ""


_UNSEEN = Seen(raw_progress=None, progress=None, expected=0.0, status="")


def extended(
    situation: Situation,
    state: State,
    words: Words,
    *,
    new_id: str,
    author_id: str,
    as_of: datetime,
    now: datetime,
) -> tuple[CheckIn, Standing]:
    """The next check-in after this state, and the standing that it leaves."""
    check_in = CheckIn(
        id=new_id,
        organisation_id=situation.key_result.organisation_id,
        key_result_id=situation.key_result.id,
        objective_id=situation.key_result.objective_id,
        seq=state.seq + 1,
        value=words.value,
        confidence=words.confidence,
        note=words.note,
        challenge=words.challenge,
        adjustment=words.adjustment,
        author_id=author_id,
        as_of=as_of,
        recorded_at=now,
        state=EMPTY,
        seen=_UNSEEN,
    )
    return _judged(situation, check_in, fold(state, check_in.reading()), now)


def rewritten(
    situation: Situation,
    series: Sequence[CheckIn],
    version: CheckIn,
    now: datetime,
) -> tuple[CheckIn, Standing]:
    """This version as the next entry of the whole series, and the standing that it leaves."""
    following = replace(version, seq=series[-1].seq + 1)
    state = recompute([*(entry.reading() for entry in series), following.reading()])
    return _judged(situation, following, state, now)


def _judged(situation: Situation, check_in: CheckIn, state: State, now: datetime) -> tuple[CheckIn, Standing]:
    standing = stand(situation, state, now)
    seen = Seen(
        raw_progress=standing.raw_progress,
        progress=standing.progress,
        expected=standing.expected,
        status=standing.status,
        fingerprint=standing.fingerprint,
    )
    return replace(check_in, state=state, seen=seen), standing
