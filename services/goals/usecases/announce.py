"""Every document as the event that announces it whole."""

from __future__ import annotations

from libs.contracts import goals as say
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Measured, Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.recompute import Turn
from services.goals.domain.team import Team


def organisation_changed(organisation: Organisation) -> say.OrganisationChanged:
    """The organisation as it is now."""
    lines = organisation.thresholds
    return say.OrganisationChanged(
        organisation_id=organisation.id,
        name=organisation.name,
        time_zone=organisation.time_zone,
        locale=organisation.locale,
        thresholds=say.ThresholdSettings(
            on_track_gap=lines.on_track_gap,
            behind_gap=lines.behind_gap,
            too_early_share=lines.too_early_share,
            low_confidence=lines.low_confidence,
            stale_after_days=lines.stale_after_days,
        ),
    )


def person_changed(person: Person) -> say.PersonChanged:
    """The person as they are now."""
    return say.PersonChanged(
        person_id=person.id,
        name=person.name,
        email=person.email,
        time_zone=person.time_zone,
        locale=person.locale,
        role=person.role,
        state=person.state,
        invitation=person.invitation,
        invited_by=person.invited_by,
    )


def team_changed(team: Team) -> say.TeamChanged:
    """The team as it is now."""
    return say.TeamChanged(
        team_id=team.id,
        name=team.name,
        slug=team.slug,
        parent_id=team.parent_id,
        lead_id=team.lead_id,
        member_ids=team.member_ids,
        rhythm=say.Rhythm(every=team.rhythm.every, weekday=team.rhythm.weekday, time=team.rhythm.time),
        state=team.state,
    )


def cycle_changed(cycle: Cycle) -> say.CycleChanged:
    """The cycle as it is now."""
    return say.CycleChanged(
        cycle_id=cycle.id,
        name=cycle.name,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        state=cycle.state,
    )


def objective_changed(objective: Objective) -> say.ObjectiveChanged:
    """The objective's definition as it is now."""
    return say.ObjectiveChanged(
        objective_id=objective.id,
        title=objective.title,
        level=objective.level,
        cycle_id=objective.cycle_id,
        team_id=objective.team_id,
        owner_id=objective.owner_id,
        parent=_parent(objective),
        visibility=objective.visibility,
        follower_ids=objective.follower_ids,
        state=objective.state,
    )


def key_result_changed(key_result: KeyResult, actor_id: str | None = None) -> say.KeyResultChanged:
    """The key result's definition as it is now; ``actor_id`` is who changed it."""
    return say.KeyResultChanged(
        key_result_id=key_result.id,
        objective_id=key_result.objective_id,
        objective_title=key_result.objective_title,
        objective_owner_id=key_result.objective_owner_id,
        title=key_result.title,
        kind=key_result.kind,
        unit=key_result.unit,
        start=key_result.start,
        target=key_result.target,
        weight=key_result.weight,
        commitment=key_result.commitment,
        owner_id=key_result.owner_id,
        delegate_id=key_result.delegate_id,
        due_on=key_result.due_on,
        cycle_id=key_result.cycle_id,
        team_id=key_result.team_id,
        visibility=key_result.visibility,
        state=key_result.state,
        created_on=key_result.created_at.date(),
        objective_state=key_result.objective_state,
        actor_id=actor_id,
    )


def objective_progressed(
    objective: Objective, measured: Measured, expected: float
) -> say.ObjectiveProgressed:
    """What rolled up into the objective."""
    weakest = measured.weakest
    return say.ObjectiveProgressed(
        objective_id=objective.id,
        cycle_id=objective.cycle_id,
        team_id=objective.team_id,
        parent=_parent(objective),
        progress=measured.progress,
        expected=expected,
        status=measured.status or "not_started",
        weakest=say.Weakest(key_result_id=weakest.key_result_id, progress=weakest.progress)
        if weakest
        else None,
        visibility=objective.visibility,
    )


def objective_turned(
    objective: Objective,
    measured: Measured,
    turn: Turn,
    cycle: Cycle,
    expected: float,
    actor_id: str | None,
) -> say.ObjectiveAchieved | say.ObjectiveAtRisk | say.ObjectiveRecovered:
    """The turn that the objective's status took, and who alone caused it."""
    who = {
        "objective_id": objective.id,
        "title": objective.title,
        "owner_id": objective.owner_id,
        "team_id": objective.team_id,
        "actor_id": actor_id,
    }
    if turn is Turn.ACHIEVED:
        return say.ObjectiveAchieved(**who, epoch=measured.epoch, ends_on=cycle.ends_on)  # type: ignore[arg-type]
    how = {
        "epoch": measured.epoch,
        "status": measured.status,
        "progress": measured.progress or 0.0,
        "expected": expected,
    }
    if turn is Turn.RECOVERED:
        return say.ObjectiveRecovered(**who, **how)  # type: ignore[arg-type]
    previous = objective.measured.status or "not_started"
    return say.ObjectiveAtRisk(**who, **how, previous_status=previous)  # type: ignore[arg-type]


def _parent(objective: Objective) -> say.ParentRef | None:
    return say.ParentRef(kind=objective.parent.kind, id=objective.parent.id) if objective.parent else None
