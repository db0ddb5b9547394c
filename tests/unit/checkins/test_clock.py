"""What falls due at once is done at once, however much it is, and by one clock alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from libs.contracts import checkins as say
from services.checkins.events.clock import BATCH, REMIND_AT_ONCE, Clock
from services.checkins.usecases.judge_day import judge_day
from tests.unit.checkins.examples import KEY_RESULT, PEOPLE, at
from tests.unit.checkins.memory import World

MANY = 2 * BATCH + REMIND_AT_ONCE + 1


class UntilItRests(threading.Event):
    """Tells the clock to stop as soon as it would wait."""

    def wait(self, timeout: float | None = None) -> bool:
        """Nobody waits here."""
        del timeout
        self.set()
        return True


@dataclass
class Lent:
    """A lease that is lent so many times."""

    times: int = 10**6
    asked: list[str] = field(default_factory=list)

    def hold(self, name: str, ttl: float) -> Any:
        """The lease, while it is lent."""
        del name, ttl
        return self._lend("hold")

    def renew(self, lease: Any) -> Any:
        """The same."""
        del lease
        return self._lend("renew")

    def release(self, lease: Any) -> None:
        """It is given back."""
        del lease
        self.asked.append("release")

    def _lend(self, how: str) -> object:
        self.asked.append(how)
        self.times -= 1
        return object() if self.times >= 0 else None


@pytest.fixture
def monday(world: World) -> World:
    """Nine o'clock of a Monday, on which each of many people owes a check-in, of which nothing was judged."""
    for number in range(MANY):
        person = replace(PEOPLE[0], id=f"person-{number}")
        world.learn(
            person, replace(KEY_RESULT, id=f"key-result-{number}", owner_id=person.id, delegate_id=None)
        )
    world.now = at(62)
    while judge_day(world.ports):
        pass
    world.now = at(63, 9)
    world.said.clear()
    return world


def run(world: World, leases: Lent) -> None:
    """The clock has run until it would rest. Each look at the watch is four seconds after the last."""
    ticks = count(0, 4)
    Clock(world.ports, leases, lambda: float(next(ticks))).run(UntilItRests())


def test_all_who_owe_something_on_monday_morning_are_reminded_before_the_clock_rests(monday: World) -> None:
    run(monday, Lent())
    reminded = {said.person_id for said in monday.heard(say.CheckInDue) + monday.heard(say.CheckInOverdue)}
    assert {f"person-{number}" for number in range(MANY)} <= reminded


def test_every_standing_of_a_new_day_is_judged_before_the_clock_rests(monday: World) -> None:
    run(monday, Lent())
    assert judge_day(monday.ports) == 0


def test_the_lease_is_kept_while_there_is_more_to_do(monday: World) -> None:
    leases = Lent()
    run(monday, leases)
    assert leases.asked == ["hold", *["renew"] * (MANY // REMIND_AT_ONCE), "release"]


def test_who_lost_the_lease_leaves_the_rest_to_its_holder(monday: World) -> None:
    run(monday, Lent(times=1))
    assert 0 < len(monday.heard(say.CheckInDue) + monday.heard(say.CheckInOverdue)) <= REMIND_AT_ONCE
