"""What lies ready for the senders: claimed together, read together, and never composed from what is old."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.notifier.domain.copies import Person
from services.notifier.domain.deliveries import Answer, Verdict
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.domain.ledger import State
from services.notifier.domain.letters import Outgoing
from services.notifier.mail.tray import FRESH, Tray
from services.notifier.usecases.read_ahead import Sources
from services.notifier.usecases.send_next_mail import send_next_mail
from tests.unit.notifier.fakes import LEASES, ScriptedPost
from tests.unit.notifier.world import ORGANISATION, World, person


def tray(world: World, size: int = 10) -> Tray:
    sources = Sources(world.copies, world.preferences, world.suppressions)
    return Tray(world.ledger, sources, world.archive, size, LEASES)


def test_mails_taken_together_are_read_up_on_together() -> None:
    world = World()
    world.alert()
    lying = tray(world)
    archives = [taken[1] for taken in iter(lying.take, None)]
    assert len(archives) == 3
    assert archives[0] is archives[1] is archives[2]


def test_what_was_read_ahead_says_what_the_stores_say() -> None:
    world = World()
    world.alert()
    world.preferences.change(ORGANISATION, "jun", {MailKind.AT_RISK: Delivery.OFF})
    world.suppressions.add(ORGANISATION, "odo@example.com", "550 no")
    taken = tray(world).take()
    assert taken is not None
    read, stored = taken[1], world.archive
    people = ["jun", "odo", "brisa"]
    assert read.copies.people(ORGANISATION, people) == stored.copies.people(ORGANISATION, people)
    assert read.copies.organisation(ORGANISATION) == stored.copies.organisation(ORGANISATION)
    assert read.preferences.of(ORGANISATION, "jun") == {MailKind.AT_RISK: Delivery.OFF}
    assert [read.suppressions.has(ORGANISATION, f"{each}@example.com") for each in people] == [
        False,
        True,
        False,
    ]


def test_a_preference_changed_while_a_mail_lies_here_is_heeded() -> None:
    world = World()
    world.alert()
    desk = world.desk()
    first = send_next_mail(desk)
    assert first is not None
    for name in ("jun", "odo", "brisa"):
        world.preferences.change(ORGANISATION, name, {MailKind.AT_RISK: Delivery.OFF})
    world.pass_time(seconds=FRESH.total_seconds() + 1)
    while send_next_mail(desk) is not None:
        pass
    assert len(world.post.delivered) == 1


def test_what_is_put_back_is_there_for_another_sender() -> None:
    world = World()
    world.alert()
    lying = tray(world)
    assert lying.take() is not None
    lying.put_back()
    other = tray(world)
    assert len(list(iter(other.take, None))) == 2


def test_a_copy_that_cannot_be_read_stops_its_own_mail_alone() -> None:
    world = World()
    world.know(person("odo"))
    world.alert()
    people = world.copies.people

    def unreadable(organisation_id: str, ids: object) -> dict[str, Person]:
        if "odo" in ids:  # type: ignore[operator]  # whatever collection it is
            raise TypeError("odo")
        return people(organisation_id, ids)  # type: ignore[arg-type]  # the same

    world.copies.people = unreadable  # type: ignore[method-assign]  # one copy is garbled
    world.send_all()
    assert sorted(world.sent_to()) == ["brisa", "jun"]


def test_a_claim_that_lapsed_while_it_lay_here_is_not_composed() -> None:
    world = World()
    world.alert()
    lying, other = tray(world), tray(world)
    assert lying.take() is not None
    world.now += LEASES.claim
    assert len(list(iter(other.take, None))) == 3
    assert lying.take() is None


def test_what_a_killed_sender_had_claimed_is_sent_by_another_within_seconds() -> None:
    world = World()
    world.alert()
    assert tray(world).take() is not None
    assert world.send_all() == []
    world.now += LEASES.claim
    world.send_all()
    assert sorted(world.sent_to()) == ["brisa", "jun", "odo"]
    assert {row.doubts for row in world.ledger.rows()} == {0}


def test_a_claim_in_hand_is_renewed_for_as_long_as_a_conversation_may_last_and_no_longer() -> None:
    world = World()
    world.invite()
    lying, other = tray(world), tray(world)
    assert lying.take() is not None
    began = world.now
    while world.now - began < LEASES.conversation:
        assert other.take() is None
        lying.renew()
        world.now += LEASES.claim / 2
    lying.renew()
    world.now += LEASES.claim / 2
    assert other.take() is not None


def test_what_its_sender_is_done_with_is_renewed_no_more() -> None:
    world = World()
    world.invite()
    lying, other = tray(world), tray(world)
    taken = lying.take()
    assert taken is not None
    lying.done(taken[0])
    world.now += LEASES.claim / 2
    lying.renew()
    world.now += LEASES.claim / 2
    assert other.take() is not None


def test_a_sender_that_dawdled_before_data_gives_up_and_no_attempt_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another sender took the row over and sends it; there is one mail."""
    world = World()
    row = world.invite()
    at_once = ScriptedPost.deliver
    slow = iter([True])

    def deliver(self: ScriptedPost, outgoing: Outgoing, begin_data: Callable[[], bool]) -> Answer:
        if next(slow, False):
            world.now += LEASES.claim
            assert world.send().state is State.SENT
        return at_once(self, outgoing, begin_data)

    monkeypatch.setattr(ScriptedPost, "deliver", deliver)
    outcome = world.send()
    assert (outcome.state, outcome.verdict) == (None, Verdict.CLAIM_LOST)
    assert world.sent_to() == ["new"]
    sent = world.ledger.row(row.id)
    assert (sent.state, sent.attempts, sent.doubts) == (State.SENT, 0, 0)


def test_two_doubts_are_the_end_even_where_the_sender_that_saw_the_second_died_as_well() -> None:
    world = World()
    row = world.invite()
    for _ in range(2):
        (claim,) = world.ledger.claim()
        assert world.ledger.begin_data(claim)
        world.now += LEASES.message
    assert tray(world).take() is not None
    world.now += LEASES.claim
    assert world.send().state is State.AMBIGUOUS
    assert (world.ledger.row(row.id).doubts, world.post.delivered) == (2, [])
