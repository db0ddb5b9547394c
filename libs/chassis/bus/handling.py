"""Runs handlers over a batch and decides about each message alone."""

from __future__ import annotations

import threading
import time
from collections import Counter as Counts
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from prometheus_client import Counter, Histogram

from libs.chassis import problems, telemetry
from libs.chassis.bus.delivery import (
    DEAD,
    HANDLED,
    IGNORED,
    LEFT,
    RETRIED,
    Delivery,
    Permanent,
    Subscription,
    Verdict,
)
from libs.chassis.bus.event import Event, UndecodableError
from libs.chassis.failpoints import failpoint

_OUTAGE_SECONDS: Final = 600.0
_OUTAGE_PAUSE_FIRST: Final = 0.25
_OUTAGE_PAUSE_LAST: Final = 10.0
_log = structlog.get_logger("bus")

MESSAGES = Counter(
    "cairn_bus_messages_total", "Messages by what became of them.", ["queue", "type", "outcome"]
)
SECONDS = Histogram(
    "cairn_bus_handling_seconds",
    "Time that a handler took for a batch.",
    ["queue", "type"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class _StoppedError(Exception):
    """The process is to end while something needed is out of reach."""


Item = tuple[Delivery, Event]


class Handling:
    """Judges deliveries by calling the handlers of their events."""

    def __init__(
        self, queue: str, subscriptions: Sequence[Subscription], outage: Callable[[Exception], object] | None
    ) -> None:
        """``outage`` recognises, besides ``problems.Unavailable``, what is only out of reach."""
        self._queue, self._subscriptions, self._outage = queue, subscriptions, outage

    def judge(self, deliveries: Sequence[Delivery], stop: threading.Event) -> list[tuple[Delivery, Verdict]]:
        """A verdict for each delivery."""
        verdicts: dict[int, Verdict] = {}
        items: list[Item] = []
        for delivery in deliveries:
            try:
                items.append((delivery, Event.from_message(delivery.headers, delivery.body)))
            except UndecodableError as error:
                verdicts[delivery.tag] = Verdict(DEAD, f"undecodable: {error}")
                MESSAGES.labels(self._queue, "undecodable", DEAD).inc()
                _log.error("event.undecodable", queue=self._queue, reason=str(error))
        for delivery, _ in items:
            verdicts[delivery.tag] = Verdict(IGNORED)
        for subscription in self._subscriptions:
            heard = [item for item in items if subscription.hears(item[1])]
            if heard:
                self._call(subscription, heard, verdicts, stop)
        became = Counts((event.type, verdicts[delivery.tag].outcome) for delivery, event in items)
        for (event_type, outcome), count in became.items():
            MESSAGES.labels(self._queue, event_type, outcome).inc(count)
        return [(delivery, verdicts[delivery.tag]) for delivery in deliveries]

    def _call(
        self,
        subscription: Subscription,
        items: Sequence[Item],
        verdicts: dict[int, Verdict],
        stop: threading.Event,
    ) -> None:
        """Handled together; where that fails, each half by itself, down to the single message that fails.

        So one poison message among thousands costs its neighbours a dozen calls, not thousands.
        """
        began = time.perf_counter()
        error = self._attempt(subscription, items, stop)
        seconds = time.perf_counter() - began
        SECONDS.labels(self._queue, items[0][1].type).observe(seconds)
        if len(items) == 1:
            self._note(items[0], error, verdicts, seconds)
        elif isinstance(error, _StoppedError):
            for item in items:
                self._note(item, error, verdicts, seconds / len(items))
        elif error is None:
            self._note_all(items, verdicts, seconds)
        else:
            _log.warning("event.batch_failed", queue=self._queue, count=len(items), error=repr(error))
            middle = len(items) // 2
            for half in (items[:middle], items[middle:]):
                self._call(subscription, half, verdicts, stop)

    def _attempt(
        self, subscription: Subscription, items: Sequence[Item], stop: threading.Event
    ) -> Exception | None:
        pause = _OUTAGE_PAUSE_FIRST
        deadline = time.monotonic() + _OUTAGE_SECONDS
        while True:
            try:
                with telemetry.bind_correlation(items[0][1].correlation_id):
                    failpoint("consumer.before", self._queue)
                    subscription.handler([event for _, event in items])
                    failpoint("consumer.after", self._queue)
            except Exception as error:  # noqa: BLE001  # a handler may raise anything; the verdict follows from it
                if not self._is_outage(error) or time.monotonic() > deadline:
                    return error
                _log.warning("event.outage", queue=self._queue, error=repr(error), pause=pause)
            else:
                return None
            if stop.wait(pause):
                return _StoppedError()
            pause = min(pause * 2, _OUTAGE_PAUSE_LAST)

    def _is_outage(self, error: Exception) -> bool:
        return isinstance(error, problems.Unavailable) or bool(self._outage and self._outage(error))

    def _note_all(self, items: Sequence[Item], verdicts: dict[int, Verdict], seconds: float) -> None:
        """One line for a batch without a failure, which says the correlation of each of its events.

        Where events come by the hundred, a line for each would cost more than handling them.
        """
        for delivery, _ in items:
            if verdicts[delivery.tag].outcome == IGNORED:
                verdicts[delivery.tag] = Verdict(HANDLED)
        _log.info(
            f"events.{HANDLED}",
            queue=self._queue,
            type=items[0][1].type,
            count=len(items),
            ms=round(seconds * 1000, 1),
            correlations=list(dict.fromkeys(event.correlation_id for _, event in items)),
        )

    def _note(
        self, item: Item, error: Exception | None, verdicts: dict[int, Verdict], seconds: float
    ) -> None:
        delivery, event = item
        verdict = _verdict(error)
        known = verdicts[delivery.tag]
        if known.outcome in (IGNORED, HANDLED):  # of several handlers the one that failed decides
            verdicts[delivery.tag] = verdict
        with telemetry.bind_correlation(event.correlation_id):
            line = _log.info if error is None else _log.error if verdict.outcome == DEAD else _log.warning
            line(
                f"event.{verdict.outcome}",
                queue=self._queue,
                type=event.type,
                id=event.id,
                subject=event.subject,
                organisation=event.organisation_id,
                attempt=delivery.attempt,
                ms=round(seconds * 1000, 1),
                **({"reason": verdict.reason, "exc_info": error} if error is not None else {}),
            )


def _verdict(error: Exception | None) -> Verdict:
    if error is None:
        return Verdict(HANDLED)
    if isinstance(error, Permanent):
        return Verdict(DEAD, error.reason)
    if isinstance(error, _StoppedError):
        return Verdict(LEFT)
    return Verdict(RETRIED, f"{type(error).__name__}: {error}")
