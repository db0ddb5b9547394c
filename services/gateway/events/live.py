"""Which events open pages are told of, and what of each: the event on the left, the change on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from libs.chassis.bus import Event
from libs.contracts.checkins import ProgressRecorded, StandingChanged
from libs.contracts.goals import KeyResultChanged, ObjectiveChanged, ObjectiveProgressed
from services.gateway.domain.live import CHECK_IN, DEFINITION, ROLLED_UP, STANDING, LiveChange

EVERYBODY: Final = "organisation"


def change_of(event: Event) -> LiveChange | None:
    """What open pages are told of this event, or None when it is none of their concern."""
    make = CHANGES.get(event.type)
    return make(event) if make is not None else None


def _change(kind: str) -> Callable[[Event], LiveChange]:
    def make(event: Event) -> LiveChange:
        return LiveChange(
            organisation_id=event.organisation_id,
            kind=kind,
            objective_id=_text(event, "objective_id"),
            key_result_id=_text(event, "key_result_id"),
            by=_text(event, "author_id"),
            restricted=_text(event, "visibility") != EVERYBODY,
        )

    return make


def _text(event: Event, name: str) -> str | None:
    value = event.data.get(name)
    return value if isinstance(value, str) else None


CHANGES: Final[dict[str, Callable[[Event], LiveChange]]] = {
    ProgressRecorded.TYPE: _change(CHECK_IN),
    StandingChanged.TYPE: _change(STANDING),
    ObjectiveProgressed.TYPE: _change(ROLLED_UP),
    ObjectiveChanged.TYPE: _change(DEFINITION),
    KeyResultChanged.TYPE: _change(DEFINITION),
}
