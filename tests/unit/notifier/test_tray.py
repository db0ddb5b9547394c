"""What lies ready for the senders: claimed together, read together, and never composed from what is old."""

from __future__ import annotations

from services.notifier.domain.copies import Person
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.mail.tray import FRESH, Tray
from services.notifier.usecases.read_ahead import Sources
from services.notifier.usecases.send_next_mail import send_next_mail
from tests.unit.notifier.world import ORGANISATION, World, person


def tray(world: World, size: int = 10) -> Tray:
    sources = Sources(world.copies, world.preferences, world.suppressions)
    return Tray(world.ledger, sources, world.archive, size)


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
