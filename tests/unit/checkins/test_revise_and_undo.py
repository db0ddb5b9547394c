"""What is written stays written; what counts can be corrected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.checkins.domain.check_in import MOST_VERSIONS, CheckIn
from services.checkins.domain.errors import (
    AlreadyWithdrawn,
    CycleIsClosed,
    InvalidFields,
    NotAllowed,
    RevisedTooOften,
    Stale,
    UndoExpired,
    Unknown,
)
from services.checkins.usecases.find_entry import find_entry
from services.checkins.usecases.list_check_ins import list_check_ins
from services.checkins.usecases.ports import Window
from services.checkins.usecases.revise_check_in import ReviseCheckIn, revise_check_in
from services.checkins.usecases.undo_check_in import undo_check_in
from tests.unit.checkins.examples import ADMIN, CYCLE, DELEGATE, KEY_RESULT, LEAD, OWNER, at, viewer
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record


def revise(
    world: World, check_in_id: str, person_id: str = OWNER, if_seq: int | None = None, **changes: object
) -> CheckIn:
    command = ReviseCheckIn(check_in_id=check_in_id, changes=changes, if_seq=if_seq)
    return revise_check_in(command, viewer(person_id), world.ports)


def test_a_revision_replaces_the_value_but_keeps_both_versions(world: World) -> None:
    first = record(world, 68.0, note="mean").check_in
    world.pass_time(minutes=7)
    second = revise(world, first.id, value=78.0, note="median")
    assert (second.seq, second.revision_of, second.as_of) == (2, first.id, first.as_of)
    assert second.recorded_at == at(50, 12, 7)
    assert second.seen.progress == 0.22
    entry, _ = find_entry(first.id, viewer(OWNER), world.ports)
    assert [version.value for version in entry.versions] == [68.0, 78.0]


def test_a_revision_of_a_revision_is_of_the_first_version(world: World) -> None:
    first = record(world, 68.0).check_in
    second = revise(world, first.id, value=78.0)
    third = revise(world, second.id, confidence=2)
    assert (third.revision_of, third.value, third.confidence) == (first.id, 78.0, 2)


def test_revising_an_older_check_in_does_not_move_the_current_value(world: World) -> None:
    old = record(world, 90.0, as_of=at(20)).check_in
    record(world, 60.0)
    assert revise(world, old.id, value=5.0).state.current == 60.0


def test_saying_what_stands_there_already_writes_nothing(world: World) -> None:
    first = record(world, 68.0).check_in
    assert revise(world, first.id, value=68.0) == first
    assert len(world.check_ins.entries) == 1


def test_what_stands_there_only_until_a_failover_is_not_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OutageError(Exception):
        """The database is not certain yet."""

    def uncertain(organisation_id: str, check_in_id: str) -> CheckIn | None:
        raise OutageError(organisation_id, check_in_id)

    first = record(world, 68.0).check_in
    slip = record(world, 8.0).check_in
    undo_check_in(slip.id, viewer(OWNER), world.ports)
    monkeypatch.setattr(world.check_ins, "durable", uncertain)
    with pytest.raises(OutageError):
        revise(world, first.id, value=68.0)
    with pytest.raises(OutageError):
        undo_check_in(slip.id, viewer(OWNER), world.ports)


def test_a_check_in_is_said_anew_fifty_times_at_most(world: World) -> None:
    first = record(world, 1.0).check_in
    for value in range(2, MOST_VERSIONS + 1):
        revise(world, first.id, value=float(value))
    with pytest.raises(RevisedTooOften, match=f"has {MOST_VERSIONS} versions"):
        revise(world, first.id, value=99.0)
    assert revise(world, first.id, value=float(MOST_VERSIONS)).seq == MOST_VERSIONS
    assert undo_check_in(first.id, viewer(OWNER), world.ports).withdrawn
    assert record(world, 99.0).check_in.seq == MOST_VERSIONS + 2


def test_the_author_and_admins_may_revise_and_nobody_else(world: World) -> None:
    first = record(world, 68.0, DELEGATE).check_in
    for person_id in (OWNER, LEAD):
        with pytest.raises(NotAllowed):
            revise(world, first.id, person_id, value=1.0)
    assert revise(world, first.id, DELEGATE, value=67.0).author_id == DELEGATE
    assert revise(world, first.id, ADMIN, value=66.0).author_id == ADMIN


def test_who_read_an_older_version_may_ask_to_be_refused(world: World) -> None:
    first = record(world, 68.0).check_in
    revise(world, first.id, value=78.0)
    with pytest.raises(Stale):
        revise(world, first.id, if_seq=first.seq, value=79.0)


def test_a_revision_must_fit_the_kind(world: World) -> None:
    world.learn(replace(KEY_RESULT, kind="boolean", start=0.0, target=1.0), seq=2)
    first = record(world, 0.0).check_in
    with pytest.raises(InvalidFields):
        revise(world, first.id, value=0.5)


def test_a_closed_cycle_is_not_rewritten(world: World) -> None:
    first = record(world, 68.0).check_in
    world.learn(replace(CYCLE, state="closed"), seq=2)
    with pytest.raises(CycleIsClosed):
        revise(world, first.id, value=1.0)
    with pytest.raises(CycleIsClosed):
        undo_check_in(first.id, viewer(OWNER), world.ports)


def test_an_undo_within_ten_seconds_brings_back_what_was_before(world: World) -> None:
    record(world, 80.0)
    slip = record(world, 8.0).check_in
    world.pass_time(seconds=10)
    undone = undo_check_in(slip.id, viewer(OWNER), world.ports)
    assert (undone.withdrawn, undone.revision_of, undone.seq) == (True, slip.id, 3)
    assert (undone.state.current, undone.seen.progress) == (80.0, 0.2)


def test_after_ten_seconds_it_is_too_late(world: World) -> None:
    slip = record(world, 8.0).check_in
    world.pass_time(seconds=10, milliseconds=1)
    with pytest.raises(UndoExpired):
        undo_check_in(slip.id, viewer(OWNER), world.ports)


def test_undoing_twice_is_undoing_once(world: World) -> None:
    slip = record(world, 8.0).check_in
    undone = undo_check_in(slip.id, viewer(OWNER), world.ports)
    world.pass_time(minutes=5)
    assert undo_check_in(slip.id, viewer(OWNER), world.ports) == undone
    assert len(world.check_ins.entries) == 2


@pytest.mark.parametrize("person_id", [DELEGATE, LEAD, ADMIN])
def test_only_its_author_undoes(world: World, person_id: str) -> None:
    slip = record(world, 8.0).check_in
    with pytest.raises(NotAllowed):
        undo_check_in(slip.id, viewer(person_id), world.ports)


def test_what_was_undone_cannot_be_revised(world: World) -> None:
    slip = record(world, 8.0).check_in
    undo_check_in(slip.id, viewer(OWNER), world.ports)
    with pytest.raises(AlreadyWithdrawn):
        revise(world, slip.id, value=80.0)


def test_a_check_in_of_another_organisation_is_unknown(world: World) -> None:
    first = record(world, 68.0).check_in
    with pytest.raises(Unknown):
        find_entry(first.id, viewer(ADMIN, "another"), world.ports)


def test_history_shows_the_latest_first_with_all_versions(world: World) -> None:
    late = record(world, 90.0, as_of=at(20)).check_in
    now = record(world, 60.0).check_in
    revise(world, late.id, value=91.0)
    undo_check_in(now.id, viewer(OWNER), world.ports)
    history = list_check_ins(KEY_RESULT.id, Window(), viewer(OWNER), world.ports)
    shown = [(entry.first.id, entry.latest.value, entry.latest.withdrawn) for entry in history.entries.items]
    assert shown == [(now.id, 60.0, True), (late.id, 91.0, False)]
