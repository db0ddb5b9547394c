"""Everything that this service hears: the event on the left, what is kept of it on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from libs.chassis.bus import Event, Permanent, Subscription
from libs.contracts import goals as told
from libs.contracts.codec import PayloadError, decode
from libs.measures.status import Thresholds
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Rhythm, Team
from services.checkins.usecases.ports import Copies, Learnt

QUEUE: Final = "checkins.copies.v1"

Payload = TypeVar("Payload")
Kept = TypeVar("Kept")


def subscriptions(copies: Copies) -> list[Subscription]:
    """The table. An event that cannot be read is dead-lettered; its neighbours are kept."""
    return [
        Subscription(
            told.OrganisationChanged.TYPE,
            _keeping(told.OrganisationChanged, _organisation, copies.organisations),
        ),
        Subscription(told.PersonChanged.TYPE, _keeping(told.PersonChanged, _person, copies.people)),
        Subscription(told.TeamChanged.TYPE, _keeping(told.TeamChanged, _team, copies.teams)),
        Subscription(told.CycleChanged.TYPE, _keeping(told.CycleChanged, _cycle, copies.cycles)),
        Subscription(
            told.KeyResultChanged.TYPE, _keeping(told.KeyResultChanged, _key_result, copies.key_results)
        ),
    ]


def _keeping(
    payload: type[Payload],
    translate: Callable[[Payload, str], Kept],
    keep: Callable[[Sequence[Learnt[Kept]]], None],
) -> Callable[[Sequence[Event]], None]:
    def handle(events: Sequence[Event]) -> None:
        newest: dict[str, tuple[int, Learnt[Kept]]] = {}
        for event in events:
            try:
                said = decode(payload, event.data)
                actor_id = getattr(said, "actor_id", None)
                learnt = Learnt(translate(said, event.organisation_id), event.seq, actor_id)
            except PayloadError as error:
                raise Permanent(str(error)) from error
            if event.subject not in newest or newest[event.subject][0] < event.seq:
                newest[event.subject] = (event.seq, learnt)
        keep([learnt for _, learnt in newest.values()])

    return handle


def _organisation(payload: told.OrganisationChanged, organisation_id: str) -> Organisation:
    lines = payload.thresholds
    return Organisation(
        id=organisation_id,
        time_zone=payload.time_zone,
        thresholds=Thresholds(
            on_track_gap=lines.on_track_gap,
            behind_gap=lines.behind_gap,
            too_early_share=lines.too_early_share,
            low_confidence=lines.low_confidence,
            stale_after_days=lines.stale_after_days,
        ),
    )


def _person(payload: told.PersonChanged, organisation_id: str) -> Person:
    return Person(
        id=payload.person_id,
        organisation_id=organisation_id,
        name=payload.name,
        time_zone=payload.time_zone,
        state=payload.state,
        role=payload.role,
    )


def _team(payload: told.TeamChanged, organisation_id: str) -> Team:
    rhythm = payload.rhythm
    return Team(
        id=payload.team_id,
        organisation_id=organisation_id,
        name=payload.name,
        lead_id=payload.lead_id,
        member_ids=payload.member_ids,
        rhythm=Rhythm(every=rhythm.every, weekday=rhythm.weekday, time=rhythm.time),
        state=payload.state,
    )


def _cycle(payload: told.CycleChanged, organisation_id: str) -> Cycle:
    return Cycle(
        id=payload.cycle_id,
        organisation_id=organisation_id,
        starts_on=payload.starts_on,
        ends_on=payload.ends_on,
        state=payload.state,
    )


def _key_result(payload: told.KeyResultChanged, organisation_id: str) -> KeyResult:
    return KeyResult(
        id=payload.key_result_id,
        organisation_id=organisation_id,
        objective_id=payload.objective_id,
        objective_title=payload.objective_title,
        objective_owner_id=payload.objective_owner_id,
        title=payload.title,
        kind=payload.kind,
        unit=payload.unit,
        start=payload.start,
        target=payload.target,
        owner_id=payload.owner_id,
        delegate_id=payload.delegate_id,
        due_on=payload.due_on,
        cycle_id=payload.cycle_id,
        team_id=payload.team_id,
        visibility=payload.visibility,
        state=payload.state,
        created_on=payload.created_on,
        objective_state=payload.objective_state,
    )
