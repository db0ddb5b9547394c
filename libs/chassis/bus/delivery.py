"""What arrives at a consumer, whom it is for, and what is decided about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from libs.chassis.bus.event import Event, routing_key_of
from libs.chassis.bus.topology import ATTEMPT_HEADER

HANDLED: Final = "handled"
IGNORED: Final = "ignored"
RETRIED: Final = "retried"
DEAD: Final = "dead"
LEFT: Final = "left"

Handler = Callable[[Sequence[Event]], None]


class Permanent(Exception):  # it says how the failure is, as handlers raise it
    """A message can never be handled.

    Raised by handlers; the reason goes with it to the dead-letter queue.
    """

    def __init__(self, reason: str) -> None:
        """``reason`` is for the operator who reads dead letters."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Subscription:
    """Which events a handler hears.

    ``event_type`` is a full type (``goals.team.changed.v1``) or a pattern of routing keys (``goals.#``, where
    ``*`` stands for one word and ``#`` for any number).
    """

    event_type: str
    handler: Handler
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """The pattern is compiled once."""
        words = [_word(word) for word in self.binding_key.split(".")]
        expression = r"\.".join(words).replace(r"\.(?:.+)?", r"(?:\..+)?")
        object.__setattr__(self, "_pattern", re.compile(expression))

    @property
    def binding_key(self) -> str:
        """What the queue is bound with."""
        return routing_key_of(self.event_type)

    def hears(self, event: Event) -> bool:
        """Whether the event is for this handler: the very type, or a routing key that fits the pattern."""
        if self.event_type != self.binding_key:
            return event.type == self.event_type
        return self._pattern.fullmatch(event.routing_key) is not None


def _word(word: str) -> str:
    return {"*": r"[^.]+", "#": r"(?:.+)?"}.get(word, re.escape(word))


@dataclass(frozen=True)
class Delivery:
    """A message as it came.

    ``generation`` tells which connection its ``tag`` belongs to; attempts count from 1.
    """

    generation: int
    tag: int
    headers: Mapping[str, Any]
    body: bytes
    attempt: int

    @classmethod
    def received(cls, generation: int, tag: int, props: Any, body: bytes) -> Delivery:
        """The delivery that the broker made."""
        headers: dict[str, Any] = dict(props.headers or {})
        attempt = headers.get(ATTEMPT_HEADER, 1)
        return cls(generation, tag, headers, body, attempt if isinstance(attempt, int) and attempt > 0 else 1)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a delivery.

    Handled, ignored, retried, dead, or left for the broker to deliver again.
    """

    outcome: str
    reason: str = ""
