"""What is worth telling people, once, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.measures.status import Thresholds
from services.checkins.domain.alarm import Alarm, Said, hear
from services.checkins.domain.standing import Standing
from tests.unit.checkins.examples import at

LINES = Thresholds()
PLAIN = Standing(
    seq=1,
    at=at(50),
    current=0.0,
    raw_progress=0.5,
    progress=0.5,
    expected=0.5,
    status="on_track",
    confidence=7,
    as_of=at(50),
    reasons=(),
    next_check_in_on=None,
)


def standing(
    status: str, progress: float = 0.5, seq: int = 1, when: datetime | None = None, **changes: object
) -> Standing:
    return replace(PLAIN, status=status, progress=progress, seq=seq, at=when or at(50), **changes)  # type: ignore[arg-type]


def told(
    *story: Standing, alarm: Alarm | None = None, before: Standing | None = None
) -> tuple[Alarm, list[Said | None]]:
    """What is said along a story of standings."""
    known, said = alarm or Alarm(), []
    for after in story:
        known, word = hear(known, before, after, LINES, quiet=False)
        said.append(word)
        before = after
    return known, said


@pytest.mark.parametrize("status", ["behind", "at_risk"])
@pytest.mark.parametrize("before", ["on_track", "too_early", "awaiting_first_check_in", "stale", "achieved"])
def test_getting_worse_is_said(before: str, status: str) -> None:
    _, said = told(standing(status, 0.3), before=standing(before))
    assert said == [Said.AT_RISK]


def test_from_behind_to_at_risk_is_said_though_something_was_said_an_hour_ago() -> None:
    alarm, said = told(standing("behind", 0.35), standing("at_risk", 0.2, when=at(50, 13)))
    assert said == [Said.AT_RISK, Said.AT_RISK]
    assert alarm.epoch == 2


def test_staying_behind_without_a_check_in_says_nothing() -> None:
    _, said = told(standing("behind", 0.35), standing("behind", 0.35, when=at(53)))
    assert said == [Said.AT_RISK, None]


@pytest.mark.parametrize(
    ("progress", "confidence", "word"),
    [(0.36, 7, Said.AT_RISK), (0.355, 7, None), (0.35, 6, Said.AT_RISK), (0.35, 7, None)],
)
def test_staying_behind_with_news_is_said_once_a_day(
    progress: float, confidence: int, word: Said | None
) -> None:
    first = standing("behind", 0.35)
    hour, day = timedelta(hours=1), timedelta(hours=24)
    news = standing("behind", progress, seq=2, confidence=confidence)
    assert told(first, replace(news, at=first.at + hour))[1] == [Said.AT_RISK, None]
    assert told(first, replace(news, at=first.at + day))[1] == [Said.AT_RISK, word]


def test_small_steps_are_told_once_they_add_up_to_a_point() -> None:
    story = [standing("behind", 0.30 + 0.004 * n, seq=n + 1, when=at(50 + 2 * n)) for n in range(6)]
    assert told(*story)[1] == [Said.AT_RISK, None, None, Said.AT_RISK, None, None]


def test_a_step_and_back_to_what_was_told_is_no_news() -> None:
    away = standing("behind", 0.33, seq=2, when=at(50, 13))  # within the day
    back = standing("behind", 0.30, seq=3, when=at(53))
    assert told(standing("behind", 0.30), away, back)[1] == [Said.AT_RISK, None, None]


def test_a_value_that_twitches_around_the_line_alarms_once() -> None:
    story = []
    for number in range(6):
        off = standing("behind", 0.399) if number % 2 else standing("on_track", 0.401)
        story.append(replace(off, seq=number + 1, at=at(50, number)))
    _, said = told(*story)
    assert said.count(Said.AT_RISK) == 1


def test_who_was_comfortable_in_between_is_warned_again() -> None:
    alarm, said = told(standing("behind", 0.3), standing("on_track", 0.5), standing("behind", 0.3))
    assert said == [Said.AT_RISK, None, Said.AT_RISK]
    assert alarm.epoch == 2


def test_leaving_at_risk_for_on_track_is_a_recovery() -> None:
    alarm, said = told(standing("at_risk", 0.1), standing("on_track", 0.5))
    assert said == [Said.AT_RISK, Said.RECOVERED]
    assert alarm.level == 0


def test_half_a_recovery_is_none_and_back_again_is_no_new_alarm() -> None:
    """At risk, behind, at risk within a day: people were told the worst already."""
    story = [
        standing(status, progress, when=at(50, hour))
        for status, progress, hour in (
            ("at_risk", 0.1, 12),
            ("behind", 0.3, 13),
            ("at_risk", 0.1, 14),
            ("on_track", 0.5, 15),
        )
    ]
    assert told(*story)[1] == [Said.AT_RISK, None, None, Said.RECOVERED]


def test_what_was_only_behind_does_not_recover() -> None:
    assert told(standing("behind", 0.3), standing("on_track", 0.5))[1] == [Said.AT_RISK, None]


def test_stale_and_overdue_leave_the_level_where_it_is() -> None:
    story = [
        standing("at_risk", 0.1),
        standing("stale", 0.1),
        standing("overdue", 0.1),
        standing("on_track", 0.95),
    ]
    assert told(*story)[1] == [Said.AT_RISK, None, None, Said.RECOVERED]


def test_crossing_the_target_twice_celebrates_once() -> None:
    alarm, said = told(standing("achieved", 1.0), standing("on_track", 0.9), standing("achieved", 1.0))
    assert said == [Said.ACHIEVED, None, None]
    assert alarm.celebrated


def test_a_target_reached_from_at_risk_is_one_piece_of_news() -> None:
    assert told(standing("at_risk", 0.1), standing("achieved", 1.0))[1] == [Said.AT_RISK, Said.ACHIEVED]


def test_reaching_it_again_after_a_new_alarm_is_a_recovery() -> None:
    story = [
        standing(status, progress)
        for status, progress in (("achieved", 1.0), ("at_risk", 0.1), ("achieved", 1.0))
    ]
    assert told(*story)[1] == [Said.ACHIEVED, Said.AT_RISK, Said.RECOVERED]


def test_quiet_changes_are_remembered_without_a_word() -> None:
    alarm, word = hear(Alarm(), None, standing("at_risk", 0.1), LINES, quiet=True)
    assert (alarm, word) == (Alarm(level=2), None)
    assert told(standing("at_risk", 0.1, when=at(52)), alarm=alarm, before=standing("at_risk", 0.1))[1] == [
        None
    ]


def test_what_was_achieved_quietly_is_not_celebrated_yet() -> None:
    alarm, _ = hear(Alarm(), None, standing("achieved", 1.0), LINES, quiet=True)
    assert not alarm.celebrated


statuses = st.sampled_from(
    ["on_track", "behind", "at_risk", "stale", "achieved", "too_early", "overdue", "closed"]
)
stories = st.lists(st.tuples(statuses, st.floats(0, 1), st.integers(0, 10)), max_size=20).map(
    lambda items: [
        standing(status, progress, seq=number, when=at(50) + timedelta(hours=number), confidence=confidence)
        for number, (status, progress, confidence) in enumerate(items, 1)
    ]
)


@given(stories)
def test_every_word_raises_the_epoch_by_one_and_silence_leaves_it(story: list[Standing]) -> None:
    alarm, before = Alarm(), None
    for after in story:
        heard, word = hear(alarm, before, after, LINES, quiet=False)
        assert heard.epoch == alarm.epoch + (word is not None)
        assert hear(heard, after, after, LINES, quiet=False)[1] is None  # judged twice, said once
        alarm, before = heard, after


@given(stories)
def test_one_celebration_a_cycle_and_no_recovery_without_an_alarm(story: list[Standing]) -> None:
    _, said = told(*story)
    assert said.count(Said.ACHIEVED) <= 1
    assert said.count(Said.RECOVERED) <= said.count(Said.AT_RISK)
