"""Announcements of other services, translated into copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from libs.chassis.bus import Event, Permanent
from libs.contracts import checkins, codec, gateway, goals
from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.usecases.keep_copies import keep_copies
from services.notifier.usecases.keep_standings import keep_standings
from services.notifier.usecases.note_activations import note_activations
from services.notifier.usecases.ports import Copied, Copies, Versioned


def read(payload: type[codec.T], event: Event) -> codec.T:
    """The payload of an event.

    Raises:
        Permanent: it lacks what we need, now and for ever.
    """
    try:
        return codec.decode(payload, event.data)
    except codec.PayloadError as error:
        raise Permanent(str(error)) from error


def person(event: Event) -> Person:
    """A person as announced."""
    said = read(goals.PersonChanged, event)
    return Person(
        id=said.person_id,
        organisation_id=event.organisation_id,
        name=said.name,
        email=said.email,
        time_zone=said.time_zone,
        locale=said.locale,
        role=said.role,
        state=said.state,
    )


def team(event: Event) -> Team:
    """A team as announced."""
    said = read(goals.TeamChanged, event)
    return Team(
        id=said.team_id,
        organisation_id=event.organisation_id,
        name=said.name,
        lead_id=said.lead_id,
        member_ids=said.member_ids,
        every=said.rhythm.every,
        weekday=said.rhythm.weekday,
        state=said.state,
    )


def objective(event: Event) -> Objective:
    """An objective's definition as announced."""
    said = read(goals.ObjectiveChanged, event)
    return Objective(
        id=said.objective_id,
        organisation_id=event.organisation_id,
        title=said.title,
        owner_id=said.owner_id,
        team_id=said.team_id,
        visibility=said.visibility,
        follower_ids=said.follower_ids,
        state=said.state,
    )


def key_result(event: Event) -> KeyResult:
    """A key result's definition as announced."""
    said = read(goals.KeyResultChanged, event)
    return KeyResult(
        id=said.key_result_id,
        organisation_id=event.organisation_id,
        objective_id=said.objective_id,
        objective_title=said.objective_title,
        objective_owner_id=said.objective_owner_id,
        title=said.title,
        owner_id=said.owner_id,
        delegate_id=said.delegate_id,
        team_id=said.team_id,
        visibility=said.visibility,
        state=said.state,
    )


def organisation(event: Event) -> Organisation:
    """An organisation as announced."""
    said = read(goals.OrganisationChanged, event)
    return Organisation(id=said.organisation_id, organisation_id=event.organisation_id, name=said.name)


def key_result_judged(event: Event) -> Standing:
    """A key result's standing as judged."""
    said = read(checkins.StandingChanged, event)
    return _standing(event, said.key_result_id, said.standing)


def key_result_checked_in(event: Event) -> Standing:
    """A key result's standing as its check-in left it; a reminder does not ask for that again."""
    said = read(checkins.ProgressRecorded, event)
    return replace(_standing(event, said.key_result_id, said.standing), checked_in_at=event.time)


def _standing(event: Event, key_result_id: str, facts: checkins.StandingFacts) -> Standing:
    return Standing(
        id=key_result_id,
        organisation_id=event.organisation_id,
        seq=facts.seq,
        at=facts.at,
        status=facts.status,
        progress=facts.progress,
        expected=facts.expected,
        confidence=facts.confidence,
        next_check_in_on=facts.next_check_in_on.isoformat() if facts.next_check_in_on else None,
    )


def objective_standing(event: Event) -> Standing:
    """An objective's standing as rolled up."""
    said = read(goals.ObjectiveProgressed, event)
    return Standing(
        id=said.objective_id,
        organisation_id=event.organisation_id,
        seq=event.seq,
        at=event.time,
        status=said.status,
        progress=said.progress,
        expected=said.expected,
    )


def copying(translate: Callable[[Event], Copied], copies: Copies) -> Callable[[Sequence[Event]], None]:
    """A handler that keeps copies of what such events announce."""

    def handle(events: Sequence[Event]) -> None:
        keep_copies([Versioned(translate(event), event.seq) for event in events], copies)

    return handle


def judging(translate: Callable[[Event], Standing], copies: Copies) -> Callable[[Sequence[Event]], None]:
    """A handler that keeps the standings that such events tell."""

    def handle(events: Sequence[Event]) -> None:
        keep_standings([translate(event) for event in events], copies)

    return handle


def noting_activations(copies: Copies) -> Callable[[Sequence[Event]], None]:
    """A handler that remembers who accepted their invitation."""

    def handle(events: Sequence[Event]) -> None:
        note_activations(
            [(event.organisation_id, read(gateway.AccountActivated, event).person_id) for event in events],
            copies,
        )

    return handle
