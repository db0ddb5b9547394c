"""What check-ins owe to standings, and what time alone does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from libs.contracts import checkins as say
from services.checkins.domain.copies import KeyResult, Rhythm, Team
from services.checkins.domain.standing import Standing
from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.judge_each import TRY_AGAIN
from services.checkins.usecases.reannounce_standings import reannounce_standings
from services.checkins.usecases.revise_check_in import ReviseCheckIn, revise_check_in
from services.checkins.usecases.settle_standings import settle_standings
from services.checkins.usecases.undo_check_in import undo_check_in
from tests.unit.checkins.examples import (
    ADMIN,
    BOSS,
    CYCLE,
    KEY_RESULT,
    LEAD,
    ORG,
    ORGANISATION,
    OWNER,
    RUNBOOKS,
    TEAM,
    at,
    check_in,
    viewer,
)
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record


def standing(world: World) -> Standing:
    found = world.situations.get(ORG, KEY_RESULT.id)
    assert found is not None
    assert found.standing is not None
    return found.standing


def changes(world: World) -> list[tuple[str | None, str]]:
    heard = world.heard(say.StandingChanged)
    return [
        (said.previous_status, said.standing.status) for said in heard if said.key_result_id == KEY_RESULT.id
    ]


def settle(world: World) -> None:
    while judge_day(world.ports) + settle_standings(world.ports):
        pass


def test_a_new_key_result_awaits_its_first_check_in(world: World) -> None:
    judge_day(world.ports)
    assert changes(world) == [(None, "awaiting_first_check_in")]
    found = standing(world)
    assert (found.current, found.progress, found.next_check_in_on) == (None, 0.0, date(2031, 10, 13))


def test_the_standing_follows_the_series(world: World) -> None:
    record(world, 80.0)
    record(world, 60.0)
    assert settle_standings(world.ports) == 2
    assert (standing(world).seq, standing(world).progress, standing(world).status) == (2, 0.4, "on_track")
    assert settle_standings(world.ports) == 0


def test_what_a_check_in_has_said_itself_is_not_said_again(world: World) -> None:
    record(world, 60.0)
    settle_standings(world.ports)
    (said,) = world.heard(say.ProgressRecorded)
    assert (said.standing.status, said.standing.progress) == (
        standing(world).status,
        standing(world).progress,
    )
    assert not world.heard(say.StandingChanged)


@pytest.mark.parametrize("meanwhile", ["a day passes", "the rhythm changes", "the thresholds change"])
def test_a_check_in_that_is_judged_otherwise_than_it_said_is_told_anew(world: World, meanwhile: str) -> None:
    record(world, 60.0)
    if meanwhile == "a day passes":
        world.now += timedelta(days=1)
    elif meanwhile == "the rhythm changes":
        world.learn(replace(TEAM, rhythm=Rhythm("monthly", 2)), seq=9)
    else:
        strict = replace(ORGANISATION.thresholds, on_track_gap=0.01)
        world.learn(replace(ORGANISATION, thresholds=strict), seq=9)
    settle_standings(world.ports)
    (told,) = world.heard(say.StandingChanged)
    (said,) = world.heard(say.ProgressRecorded)
    assert told.standing != said.standing
    assert told.standing.seq == said.standing.seq


def test_a_debt_that_was_paid_before_a_crash_is_cleared_and_says_nothing_twice(world: World) -> None:
    made = record(world, 20.0).check_in
    settle(world)
    world.said.clear()
    world.check_ins.due[made.id] = made
    assert settle_standings(world.ports) == 1
    assert not world.said


def test_an_older_debt_never_overwrites_a_newer_standing(world: World) -> None:
    older = record(world, 90.0).check_in
    record(world, 60.0)
    settle(world)
    world.check_ins.due[older.id] = older
    settle(world)
    assert (standing(world).seq, standing(world).current) == (2, 60.0)


def test_a_definition_that_changes_in_between_is_judged_again(world: World) -> None:
    record(world, 60.0)
    settle(world)
    world.learn(replace(KEY_RESULT, target=50.0), seq=2)
    settle(world)
    assert standing(world).progress == 0.8
    assert changes(world)[-1] == ("on_track", "on_track")


def test_an_alarm_says_when_the_check_in_was_recorded_that_it_follows_from(world: World) -> None:
    record(world, 50.0)
    settle(world)
    record(world, 0.0)
    settle(world)
    (achieved,) = world.heard(say.KeyResultAchieved)
    assert achieved.caused_at == achieved.noted_at == at(50)


def test_an_alarm_follows_from_no_check_in_where_a_definition_made_it_so(world: World) -> None:
    record(world, 50.0)
    settle(world)
    world.learn(replace(KEY_RESULT, target=50.0), seq=2)
    settle(world)
    (achieved,) = world.heard(say.KeyResultAchieved)
    assert (achieved.caused_at, achieved.noted_at) == (None, at(50))


def test_falling_behind_alarms_with_all_the_numbers_of_the_mail(world: World) -> None:
    record(world, 60.0)
    settle(world)
    record(world, 80.0, confidence=5, note="The runbook was not used.")
    settle(world)
    (alarm,) = world.heard(say.KeyResultAtRisk)
    assert (alarm.previous_status, alarm.standing.status, alarm.epoch) == ("on_track", "at_risk", 1)
    assert (alarm.note, alarm.author_id, alarm.noted_at) == ("The runbook was not used.", OWNER, at(50))
    assert (alarm.title, alarm.unit, alarm.start, alarm.target, alarm.ends_on) == (
        KEY_RESULT.title,
        "min",
        100.0,
        0.0,
        CYCLE.ends_on,
    )
    reasons = {
        reason.rule: (reason.value, reason.limit, reason.decisive) for reason in alarm.standing.reasons
    }
    assert reasons == {
        "progress": (0.2, None, False),
        "expected": (0.5, None, False),
        "gap": (0.3, 0.25, True),
        "confidence": (5, 3, False),
    }


def test_reaching_the_target_is_celebrated_once_a_cycle(world: World) -> None:
    for value in (0.0, 10.0, 0.0):
        record(world, value)
        settle(world)
        world.pass_time(minutes=1)
    (said,) = world.heard(say.KeyResultAchieved)
    assert said.standing.progress == 1.0


def test_recovering_from_at_risk_is_said(world: World) -> None:
    for value in (90.0, 45.0):
        record(world, value)
        settle(world)
    (said,) = world.heard(say.KeyResultRecovered)
    assert (said.previous_status, said.standing.status, said.epoch) == ("at_risk", "on_track", 2)


@pytest.mark.parametrize(("value", "kind"), [(95.0, say.KeyResultAtRisk), (0.0, say.KeyResultAchieved)])
def test_what_a_late_check_in_says_of_the_past_alarms_nobody(
    world: World, value: float, kind: type[say.KeyResultAlarm]
) -> None:
    record(world, value, as_of=world.now - timedelta(hours=24, seconds=1))
    settle(world)
    assert not world.heard(kind)
    assert standing(world).current == value


def test_a_check_in_of_yesterday_noon_is_still_news(world: World) -> None:
    record(world, 95.0, as_of=world.now - timedelta(hours=24))
    settle(world)
    assert world.heard(say.KeyResultAtRisk)


def test_an_undo_alarms_nobody(world: World) -> None:
    record(world, 95.0, as_of=world.now - timedelta(hours=30))
    slip = record(world, 40.0).check_in
    settle(world)
    world.said.clear()
    undo_check_in(slip.id, viewer(OWNER), world.ports)
    settle(world)
    assert [said.standing.status for said in world.heard(say.ProgressRecorded)] == ["at_risk"]
    assert not world.heard(say.KeyResultAtRisk)


def test_low_confidence_alone_is_a_risk(world: World) -> None:
    record(world, 45.0, confidence=3)
    settle(world)
    (alarm,) = world.heard(say.KeyResultAtRisk)
    assert [reason.rule for reason in alarm.standing.reasons if reason.decisive] == ["confidence"]


def test_nothing_is_judged_before_its_time(world: World) -> None:
    record(world, 45.0)
    settle(world)
    world.said.clear()
    world.pass_time(hours=11, minutes=59)
    assert judge_day(world.ports) == 0
    world.pass_time(minutes=1)
    assert judge_day(world.ports) == 2
    assert changes(world) == [("on_track", "on_track")]  # the expected line moved


def test_a_day_begins_at_the_organisations_midnight(world: World) -> None:
    world.learn(replace(ORGANISATION, time_zone="Asia/Tokyo"), seq=2)
    settle(world)
    world.now = at(50, 14, 59)
    assert judge_day(world.ports) == 0
    world.now = at(50, 15)
    assert judge_day(world.ports) == 2


def days_of(world: World, days: int) -> list[tuple[int, str | None, str]]:
    """What time alone changes, with the day on which it does."""
    seen = []
    for _ in range(days):
        world.now = (world.now + timedelta(days=1)).replace(hour=0, minute=0)
        settle(world)
        number = (world.now - at(0, 0)).days
        seen += [(number, before, after) for before, after in changes(world) if before != after]
    return seen


def test_time_alone_makes_behind_then_stale(world: World) -> None:
    """Checked in on day 50 (a Tuesday) with 45 %: due on day 56, missed by three days on day 59."""
    record(world, 55.0)
    settle(world)
    world.said.clear()
    assert days_of(world, 12) == [(56, "on_track", "behind"), (59, "behind", "stale")]
    assert len(world.heard(say.KeyResultAtRisk)) == 1


def test_time_alone_makes_at_risk(world: World) -> None:
    """A monthly rhythm, kept on its day, leaves five weeks to fall behind and further."""
    world.learn(replace(TEAM, rhythm=Rhythm("monthly", 0)), seq=2)
    world.now = at(56)
    record(world, 50.0)
    settle(world)
    world.said.clear()
    assert days_of(world, 31) == [(61, "on_track", "behind"), (76, "behind", "at_risk")]
    assert [said.standing.status for said in world.heard(say.KeyResultAtRisk)] == ["behind", "at_risk"]


def test_the_end_of_the_span_makes_overdue(world: World) -> None:
    world.learn(replace(KEY_RESULT, due_on=(at(52)).date()), seq=2)
    record(world, 5.0)
    settle(world)
    world.said.clear()
    assert days_of(world, 4) == [(53, "on_track", "overdue")]
    assert not world.heard(say.KeyResultAtRisk)


def test_a_closed_cycle_stands_still_and_alarms_nobody(world: World) -> None:
    record(world, 95.0)
    settle(world)
    world.said.clear()
    world.learn(replace(CYCLE, state="closed"), seq=2)
    settle(world)
    assert changes(world) == [("at_risk", "closed")]
    found = standing(world)
    assert found.progress == pytest.approx(0.05)
    assert found.next_check_in_on is None
    world.pass_time(days=30)
    assert judge_day(world.ports) == 0


def test_before_the_cycle_nothing_is_measured(world: World) -> None:
    world.learn(replace(CYCLE, state="planning"), seq=2)
    settle(world)
    assert standing(world).status == "not_started"
    assert standing(world).progress is None


def test_a_deleted_key_result_says_nothing_more(world: World) -> None:
    record(world, 95.0)
    world.learn(replace(KEY_RESULT, state="deleted"), seq=2)
    world.said.clear()
    settle(world)
    assert [said for said in world.said if getattr(said, "key_result_id", "") == KEY_RESULT.id] == []


def test_every_standing_can_be_said_again(world: World) -> None:
    settle(world)
    world.said.clear()
    assert reannounce_standings(world.ports) == 2
    assert {said.key_result_id for said in world.heard(say.StandingChanged)} == {KEY_RESULT.id, RUNBOOKS.id}


GARBLED = (
    replace(KEY_RESULT, kind="riddle"),
    replace(KEY_RESULT, target=KEY_RESULT.start),
    replace(TEAM, rhythm=Rhythm("weekly", 0, "nine")),
)


@pytest.mark.parametrize("garbled", GARBLED)
def test_one_that_cannot_be_judged_holds_up_no_neighbour_and_is_tried_again_later(
    world: World, garbled: KeyResult | Team
) -> None:
    world.learn(replace(RUNBOOKS, team_id=None), seq=2)
    record(world, 60.0)
    world.check_ins.add(check_in(1, id="other", key_result_id=RUNBOOKS.id), [])
    world.learn(garbled, seq=2)
    assert settle_standings(world.ports) == 1
    assert judge_day(world.ports) == 1
    neighbour = world.situations.get(ORG, RUNBOOKS.id)
    assert neighbour is not None
    assert neighbour.standing is not None
    assert (settle_standings(world.ports), judge_day(world.ports)) == (0, 0)
    assert not world.check_ins.unsettled(world.now, 10)
    world.learn(KEY_RESULT, TEAM, seq=3)
    world.pass_time(seconds=TRY_AGAIN.total_seconds())
    settle(world)
    assert standing(world).current == 60.0


@pytest.mark.parametrize("person_id", [OWNER, LEAD])
def test_an_alarm_says_who_checked_in(world: World, person_id: str) -> None:
    record(world, 0.0, person_id)
    settle(world)
    (achieved,) = world.heard(say.KeyResultAchieved)
    assert achieved.actor_id == person_id


def test_who_revises_is_the_one_who_did_it(world: World) -> None:
    made = record(world, 50.0).check_in
    settle(world)
    revise_check_in(ReviseCheckIn(check_in_id=made.id, changes={"value": 0.0}), viewer(ADMIN), world.ports)
    settle(world)
    (achieved,) = world.heard(say.KeyResultAchieved)
    assert (achieved.actor_id, achieved.author_id) == (ADMIN, ADMIN)


def test_who_changes_the_target_is_the_one_who_did_it(world: World) -> None:
    record(world, 50.0)
    settle(world)
    world.learn(replace(KEY_RESULT, target=50.0), seq=2, actor_id=BOSS)
    settle(world)
    (achieved,) = world.heard(say.KeyResultAchieved)
    assert achieved.actor_id == BOSS


def test_nobody_did_what_time_does(world: World) -> None:
    world.learn(replace(TEAM, rhythm=Rhythm("monthly")), seq=2)  # so that it does not go stale
    world.learn(KEY_RESULT, seq=2, actor_id=BOSS)
    record(world, 55.0)
    settle(world)
    assert world.heard(say.KeyResultAtRisk) == []
    world.now = at(57)
    settle(world)
    (worse,) = world.heard(say.KeyResultAtRisk)
    assert worse.actor_id is None
