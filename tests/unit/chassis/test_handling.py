"""What becomes of a batch of messages when some of them cannot be handled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from libs.chassis.bus import Event, Permanent, Subscription
from libs.chassis.bus.delivery import DEAD, HANDLED, LEFT, RETRIED, Delivery
from libs.chassis.bus.handling import Handling
from libs.chassis.problems import Unavailable

TYPE = "tests.thing.changed.v1"


def delivery(number: int) -> Delivery:
    """A message as the broker would deliver it."""
    event = Event.new(
        type=TYPE, source="tests", subject=f"thing-{number}", organisation_id="org", seq=number, data={}
    )
    headers, body = event.to_message()
    return Delivery(1, number, headers, body, 1)


def judged(
    count: int, handler: Callable[[Sequence[Event]], None], stop: threading.Event | None = None
) -> dict[str, list[int]]:
    """The tags of the messages by what became of them."""
    handling = Handling("tests", [Subscription(TYPE, handler)], None)
    became: dict[str, list[int]] = {}
    for each, verdict in handling.judge([delivery(n) for n in range(count)], stop or threading.Event()):
        became.setdefault(verdict.outcome, []).append(each.tag)
    return became


def test_one_poison_message_among_a_thousand_costs_its_neighbours_a_dozen_calls() -> None:
    sizes: list[int] = []
    seen: Counter[int] = Counter()

    def handle(events: Sequence[Event]) -> None:
        sizes.append(len(events))
        if any(event.seq == 700 for event in events):
            raise Permanent("poison")
        seen.update(event.seq for event in events)

    became = judged(1000, handle)
    assert became[DEAD] == [700]
    assert became[HANDLED] == [number for number in range(1000) if number != 700]
    assert set(seen.values()) == {1}
    assert len(sizes) <= 21


def test_when_everything_fails_every_message_is_tried_alone() -> None:
    alone: list[int] = []

    def handle(events: Sequence[Event]) -> None:
        alone.extend(event.seq for event in events if len(events) == 1)
        raise Permanent("no")

    assert judged(9, handle) == {DEAD: list(range(9))}
    assert alone == list(range(9))


def test_a_process_that_ends_during_an_outage_leaves_the_batch_to_the_broker_at_once() -> None:
    calls: list[int] = []
    stop = threading.Event()

    def handle(events: Sequence[Event]) -> None:
        calls.append(len(events))
        stop.set()
        raise Unavailable("no primary")

    assert judged(100, handle, stop) == {LEFT: list(range(100))}
    assert calls == [100]


@pytest.mark.parametrize(
    ("failures", "became"),
    [
        ((None, None), HANDLED),
        ((Permanent("no"), None), DEAD),
        ((None, Permanent("no")), DEAD),
        ((RuntimeError("soon"), Permanent("no")), RETRIED),
        ((Permanent("no"), RuntimeError("soon")), DEAD),
    ],
)
def test_of_several_handlers_the_first_failure_decides(
    failures: tuple[Exception | None, ...], became: str
) -> None:
    def failing(error: Exception | None) -> Callable[[Sequence[Event]], None]:
        def handle(_events: Sequence[Event]) -> None:
            if error is not None:
                raise error

        return handle

    handling = Handling("tests", [Subscription(TYPE, failing(error)) for error in failures], None)
    [(_, verdict)] = handling.judge([delivery(1)], threading.Event())
    assert verdict.outcome == became
