"""The incremental roll-up: what is owed, what is paid, and what happens when two meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from libs.contracts import goals as say
from services.goals.domain.objective import Parent, Weakest
from services.goals.usecases.apply_progress import apply_progress
from services.goals.usecases.delete_key_result import delete_key_result
from services.goals.usecases.ports import Applied
from services.goals.usecases.roll_up import roll_up
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import ORG, key_result, objective, standing
from tests.unit.goals.conftest import ANN, Company


def chain(company: Company) -> None:
    """o0 above o1 above o2, which k1 and k2 measure."""
    company.objectives.add(objective("o0"))
    company.objectives.add(objective("o1", under="o0"))
    company.objectives.add(objective("o2", under="o1"))
    company.key_results.add(key_result("k1", "o2"))
    company.key_results.add(key_result("k2", "o2"))


def tell(
    company: Company, name: str, progress: float, seq: int = 1, by: str | None = None, **fields: object
) -> None:
    """checkins tells how a key result stands, and who checked in."""
    told = standing(progress, seq, company.instant, **fields)
    objective_id = company.key_results.items[name].objective_id
    apply_progress([Applied(ORG, name, objective_id, told, by)], company.ports)


def test_a_check_in_moves_everything_above_it(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.8)
    company.settle()
    for name in ("o2", "o1", "o0"):
        measured = company.objectives.items[name].measured
        assert (measured.progress, measured.weakest, measured.confidence) == (0.4, Weakest("k2", 0.0), 7.0)


def test_each_level_is_written_once_however_many_check_ins_meet(company: Company) -> None:
    chain(company)
    for number in range(3, 203):
        company.key_results.add(key_result(f"k{number}", "o2"))
        tell(company, f"k{number}", 0.5)
    company.settle()
    assert [done.written for done in company.rounds] == [1, 1, 1, 0]


def test_an_objective_that_did_not_change_says_and_owes_nothing(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.8)
    company.settle()
    said, above = len(company.objectives.said), company.objectives.items["o1"].seq
    tell(company, "k1", 0.8, seq=2)
    company.settle()
    assert (len(company.objectives.said), company.objectives.items["o1"].seq) == (said, above)


def test_a_slow_roller_does_not_bring_back_what_was_so_for_a_moment(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.8)
    company.settle()
    tell(company, "k1", 0.2, seq=2)

    def meanwhile() -> None:
        company.roller.after_reading = lambda: None
        tell(company, "k1", 0.8, seq=3)
        company.settle()

    company.roller.after_reading = meanwhile
    company.settle()
    assert company.objectives.items["o2"].measured.progress == 0.4


def test_a_change_is_told_with_its_numbers(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.8)
    company.settle()
    seq, payload = company.objectives.said[0]
    assert seq == company.objectives.items["o2"].seq
    assert isinstance(payload, say.ObjectiveProgressed)
    assert (payload.objective_id, payload.progress, payload.status) == ("o2", 0.4, "behind")
    assert payload.parent == say.ParentRef(kind="objective", id="o1")


def test_a_child_that_changes_while_it_is_counted_stays_due(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.2)

    def meanwhile() -> None:
        company.roller.after_reading = lambda: None
        tell(company, "k1", 0.6, seq=2)

    company.roller.after_reading = meanwhile
    first = roll_up(company.ports, company.roller)
    assert first.debts == 1
    assert company.objectives.items["o2"].measured.progress == 0.1
    assert [debt.id for debt in company.roller.debts(10) if debt.kind == "key_result"] == ["k1"]
    company.settle()
    assert company.objectives.items["o0"].measured.progress == 0.3


def test_a_slow_roller_does_not_overwrite_one_that_counted_newer_children(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.2)

    def meanwhile() -> None:
        company.roller.after_reading = lambda: None
        tell(company, "k1", 0.6, seq=2)
        roll_up(company.ports, company.roller)

    company.roller.after_reading = meanwhile
    slow = roll_up(company.ports, company.roller)
    assert slow.lost == 1
    assert company.objectives.items["o2"].measured.progress == 0.3
    company.settle()
    assert company.objectives.items["o0"].measured.progress == 0.3


def test_an_edit_while_it_is_counted_wins_and_is_counted_next(company: Company) -> None:
    chain(company)
    tell(company, "k1", 0.2)

    def meanwhile() -> None:
        company.roller.after_reading = lambda: None
        edited = replace(company.objectives.items["o2"], title="Edited")
        company.objectives.save(edited)

    company.roller.after_reading = meanwhile
    assert roll_up(company.ports, company.roller).lost == 1
    company.settle()
    assert (company.objectives.items["o2"].title, company.objectives.items["o0"].measured.progress) == (
        "Edited",
        0.1,
    )


def test_an_achievement_is_told_once(company: Company) -> None:
    chain(company)
    for seq, progress in enumerate((1.0, 0.5, 1.0), start=1):
        tell(company, "k1", progress, seq)
        tell(company, "k2", progress, seq)
        company.settle()
    told = [
        payload.objective_id
        for _, payload in company.objectives.said
        if isinstance(payload, say.ObjectiveAchieved)
    ]
    assert told == ["o2", "o1", "o0"]


def test_a_late_update_of_the_past_alarms_nobody(company: Company) -> None:
    chain(company)
    past = NOON - timedelta(days=3)
    tell(company, "k1", 1.0, as_of=past)
    tell(company, "k2", 1.0, as_of=past)
    company.settle()
    assert {type(payload) for _, payload in company.objectives.said} == {say.ObjectiveProgressed}


def test_time_alone_can_alarm(company: Company) -> None:
    company.objectives.add(objective("o0"))
    company.key_results.add(key_result("k1", "o0"))
    tell(company, "k1", 0.45)
    company.settle()
    company.instant = NOON + timedelta(days=10)
    company.objectives.owe_themselves(ORG, ["q4"])
    company.settle()
    told = [payload for _, payload in company.objectives.said if isinstance(payload, say.ObjectiveAtRisk)]
    assert [(alarm.status, alarm.previous_status) for alarm in told] == [("behind", "on_track")]


def test_what_hangs_on_a_key_result_does_not_move_it(company: Company) -> None:
    company.objectives.add(objective("o0"))
    company.key_results.add(key_result("k1", "o0"))
    company.objectives.add(
        objective("o1", parent=Parent("key_result", "k1"), under_id="o0", level="team", team_id="t1")
    )
    company.key_results.add(key_result("k2", "o1"))
    tell(company, "k2", 1.0)
    company.settle()
    assert company.objectives.items["o1"].measured.progress == 1.0
    assert company.objectives.items["o0"].measured.progress is None


def test_debts_to_what_is_gone_are_paid_by_forgetting_them(company: Company) -> None:
    company.key_results.add(key_result("k1", "nowhere", rollup_due=("nowhere",)))
    company.settle()
    assert company.roller.debts(10) == []


def achieved(company: Company) -> dict[str, str | None]:
    """The objectives that say that they are achieved, and who they say did it."""
    said = [payload for _, payload in company.objectives.said if isinstance(payload, say.ObjectiveAchieved)]
    return {payload.objective_id: payload.actor_id for payload in said}


def test_who_checked_in_did_what_it_rolls_up_to(company: Company) -> None:
    chain(company)
    tell(company, "k1", 1.0, by="ann")
    company.settle()
    tell(company, "k2", 1.0, by="bo")
    company.settle()
    assert achieved(company) == {"o2": "bo", "o1": "bo", "o0": "bo"}


def test_what_two_did_at_once_nobody_did_alone(company: Company) -> None:
    chain(company)
    tell(company, "k1", 1.0, by="ann")
    tell(company, "k2", 1.0, by="bo")
    company.settle()
    assert achieved(company) == {"o2": None, "o1": None, "o0": None}


def test_what_time_does_nobody_did(company: Company) -> None:
    chain(company)
    tell(company, "k1", 1.0, by="ann")
    tell(company, "k2", 1.0)
    company.settle()
    assert set(achieved(company).values()) == {None}


def test_a_check_in_does_not_answer_for_a_later_edit(company: Company) -> None:
    chain(company)
    tell(company, "k1", 1.0, by="ann")
    company.settle()
    delete_key_result("k2", None, ANN, company.ports)
    company.settle()
    assert achieved(company)["o2"] == ANN.person_id
