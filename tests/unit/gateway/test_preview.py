"""What is previewed is what the check-in service makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.measures.progress import clamp
from services.checkins.domain.copies import KeyResult
from services.checkins.domain.judging import stand
from services.checkins.domain.series import State
from services.gateway.domain import okr
from services.gateway.domain.preview import Typed, preview
from tests.unit.checkins.examples import CYCLE, END, KEY_RESULT, SITUATION, START

SPANS = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).filter(lambda span: span[0] != span[1])


def on_the_page(known: KeyResult) -> okr.KeyResult:
    """The same key result as the pages know it, checked in before."""
    return okr.KeyResult(
        id=known.id,
        objective_id=known.objective_id,
        title=known.title,
        kind=known.kind,
        start=known.start,
        target=known.target,
        owner_id=known.owner_id,
    )


@given(
    st.sampled_from(("metric", "boolean")),
    SPANS,
    st.floats(-2e6, 2e6),
    st.integers(0, 10),
    st.integers(0, (END - START).days + 3),
)
def test_a_preview_agrees_with_what_follows(
    kind: str, span: tuple[float, float], value: float, confidence: int, day: int
) -> None:
    known = replace(KEY_RESULT, kind=kind, start=span[0], target=span[1])
    today = START + timedelta(days=day)
    now = datetime.combine(today, time(12), UTC)
    state = State(seq=1, count=1, current=value, confidence=confidence, as_of=now)
    follows = stand(replace(SITUATION, key_result=known), state, now)
    cycle = okr.Cycle(
        id=CYCLE.id, name="Q4", starts_on=CYCLE.starts_on, ends_on=CYCLE.ends_on, state=CYCLE.state
    )
    typed = Typed(value=value, confidence=confidence, on=today)
    said = preview(on_the_page(known), cycle, okr.Thresholds(), typed, today)
    assert (said.progress, said.expected, said.status) == (follows.progress, follows.expected, follows.status)
    assert clamp(said.raw_progress) == said.progress


@pytest.mark.parametrize("day", [0, 50])
def test_a_late_check_in_previews_the_standing_as_it_is(day: int) -> None:
    now = datetime.combine(START + timedelta(days=60), time(12), UTC)
    known = replace(
        on_the_page(KEY_RESULT), current=40.0, raw_progress=0.6, expected=0.6, status="on_track", as_of=now
    )
    typed = Typed(value=99, confidence=1, on=START + timedelta(days=day))
    said = preview(known, None, okr.Thresholds(), typed, now.date())
    assert (said.value, said.progress, said.status) == (99, 0.6, "on_track")
