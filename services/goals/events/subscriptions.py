"""What this service hears.

event                              what happens
checkins.progress.recorded.v1      the key result has the standing; its objective is due to be recomputed
checkins.standing.changed.v1       the same
gateway.account.activated.v1       the person is active
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from libs.chassis.bus import Event, Permanent, Subscription
from libs.contracts import checkins, gateway
from libs.contracts.codec import PayloadError, decode
from services.goals.domain.key_result import Reason, Standing
from services.goals.usecases.activate_person import activate_person
from services.goals.usecases.apply_progress import apply_progress
from services.goals.usecases.ports import Applied, Ports

PROGRESS_QUEUE = "goals.progress.v1"
ACCOUNTS_QUEUE = "goals.accounts.v1"
T = TypeVar("T")


def progress_subscriptions(ports: Ports, applied: Callable[[], None]) -> list[Subscription]:
    """What feeds the roll-up; ``applied`` is called after each batch."""

    def recorded(events: Sequence[Event]) -> None:
        told = [(event, _decoded(checkins.ProgressRecorded, event)) for event in events]
        apply_progress((_applied(event, said) for event, said in told), ports)
        applied()

    def changed(events: Sequence[Event]) -> None:
        told = [(event, _decoded(checkins.StandingChanged, event)) for event in events]
        apply_progress((_applied(event, said) for event, said in told), ports)
        applied()

    return [
        Subscription(checkins.ProgressRecorded.TYPE, recorded),
        Subscription(checkins.StandingChanged.TYPE, changed),
    ]


def account_subscriptions(ports: Ports) -> list[Subscription]:
    """What the gateway tells of accounts."""

    def activated(events: Sequence[Event]) -> None:
        for event in events:
            said = _decoded(gateway.AccountActivated, event)
            activate_person(event.organisation_id, said.person_id, ports)

    return [Subscription(gateway.AccountActivated.TYPE, activated)]


def _decoded(payload: type[T], event: Event) -> T:
    try:
        return decode(payload, event.data)
    except PayloadError as error:
        raise Permanent(str(error)) from error


def _applied(event: Event, said: checkins.ProgressRecorded | checkins.StandingChanged) -> Applied:
    return Applied(
        event.organisation_id,
        said.key_result_id,
        said.objective_id,
        _standing(said.standing),
        said.author_id if isinstance(said, checkins.ProgressRecorded) else None,
    )


def _standing(facts: checkins.StandingFacts) -> Standing:
    return Standing(
        seq=facts.seq,
        at=facts.at,
        current=facts.current,
        raw_progress=facts.raw_progress,
        progress=facts.progress,
        expected=facts.expected,
        status=facts.status,
        confidence=facts.confidence,
        as_of=facts.as_of,
        reasons=tuple(
            Reason(reason.rule, reason.value, reason.limit, reason.decisive) for reason in facts.reasons
        ),
        next_check_in_on=facts.next_check_in_on,
    )
