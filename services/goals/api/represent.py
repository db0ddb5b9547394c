"""Entities as JSON, with the names that stand on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.recompute import expected_of
from services.goals.domain.shown import key_result_shown, objective_status
from services.goals.domain.team import Team
from services.goals.usecases.read_key_result import KeyResultView
from services.goals.usecases.read_objective import Crumb, ObjectiveView

Json = dict[str, Any]


def organisation_json(item: Organisation) -> Json:
    """The organisation."""
    return {
        "id": item.id,
        "name": item.name,
        "slug": item.slug,
        "time_zone": item.time_zone,
        "locale": item.locale,
        "thresholds": asdict(item.thresholds),
        "rev": item.rev,
    }


def person_json(item: Person) -> Json:
    """A person."""
    return {
        "id": item.id,
        "name": item.name,
        "email": item.email,
        "time_zone": item.time_zone,
        "locale": item.locale,
        "role": item.role,
        "state": item.state,
        "rev": item.rev,
    }


def team_json(item: Team) -> Json:
    """A team."""
    return {
        "id": item.id,
        "name": item.name,
        "slug": item.slug,
        "parent_id": item.parent_id,
        "lead_id": item.lead_id,
        "member_ids": list(item.member_ids),
        "rhythm": asdict(item.rhythm),
        "rev": item.rev,
    }


def cycle_json(item: Cycle) -> Json:
    """A cycle."""
    return {
        "id": item.id,
        "name": item.name,
        "starts_on": item.starts_on,
        "ends_on": item.ends_on,
        "state": item.state,
        "rev": item.rev,
    }


def objective_json(item: Objective, cycle: Cycle, on: date) -> Json:
    """An objective as it is shown on this day."""
    measured = item.measured
    return {
        "id": item.id,
        "title": item.title,
        "why": item.why,
        "level": item.level,
        "cycle_id": item.cycle_id,
        "team_id": item.team_id,
        "owner_id": item.owner_id,
        "parent": None if item.parent is None else {"kind": item.parent.kind, "id": item.parent.id},
        "contribution": item.contribution,
        "weight": item.weight,
        "visibility": item.visibility,
        "roll_up": item.roll_up,
        "state": item.state,
        "follower_ids": list(item.follower_ids),
        "progress": measured.progress,
        "expected": expected_of(cycle, on),
        "status": objective_status(item, cycle, on),
        "confidence": measured.confidence,
        "weakest": weakest_json(item),
        "rev": item.rev,
    }


def key_result_json(item: KeyResult, cycle: Cycle, on: date) -> Json:
    """A key result as it is shown on this day."""
    shown = key_result_shown(item, cycle, on)
    return {
        "id": item.id,
        "objective_id": item.objective_id,
        "objective_title": item.objective_title,
        "objective_owner_id": item.objective_owner_id,
        "title": item.title,
        "kind": item.kind,
        "unit": item.unit,
        "start": item.start,
        "target": item.target,
        "current": shown.current,
        "weight": item.weight,
        "commitment": item.commitment,
        "owner_id": item.owner_id,
        "delegate_id": item.delegate_id,
        "due_on": item.due_on,
        "description": item.description,
        "cycle_id": item.cycle_id,
        "team_id": item.team_id,
        "visibility": item.visibility,
        "state": item.state,
        "created_on": item.created_at.date(),
        "progress": shown.progress,
        "raw_progress": shown.raw_progress,
        "expected": shown.expected,
        "status": shown.status,
        "confidence": shown.confidence,
        "reasons": [asdict(reason) for reason in shown.reasons],
        "as_of": None if item.standing is None else item.standing.as_of,
        "next_check_in_on": shown.next_check_in_on,
        "rev": item.rev,
    }


def objective_view_json(view: ObjectiveView) -> Json:
    """An objective with what surrounds it."""
    return {
        **objective_json(view.objective, view.cycle, view.on),
        "ancestors": [crumb_json(crumb) for crumb in view.ancestors.crumbs],
        "parent_hidden": view.ancestors.parent_hidden,
        "cycle": cycle_json(view.cycle),
        "people": people_json(view.people),
        "teams": teams_json(view.teams),
        "can": dict(view.can),
        "key_results": [key_result_json(item, view.cycle, view.on) for item in view.key_results],
        "children": [objective_json(item, view.cycle, view.on) for item in view.children],
    }


def key_result_view_json(view: KeyResultView) -> Json:
    """A key result with what surrounds it."""
    return {
        **key_result_json(view.key_result, view.cycle, view.on),
        "ancestors": [crumb_json(crumb) for crumb in view.ancestors],
        "cycle": cycle_json(view.cycle),
        "people": people_json(view.people),
        "teams": teams_json(view.teams),
        "can": dict(view.can),
    }


def crumb_json(crumb: Crumb) -> Json:
    """One step of the way from the top."""
    return {
        "kind": crumb.kind,
        "id": crumb.id,
        "title": crumb.title,
        "below_hidden": crumb.below_hidden,
    }


def people_json(names: Mapping[str, str]) -> Json:
    """Names by id."""
    return {person_id: {"name": name} for person_id, name in names.items()}


def teams_json(names: Mapping[str, tuple[str, str]]) -> Json:
    """Names and slugs by id."""
    return {team_id: {"name": name, "slug": slug} for team_id, (name, slug) in names.items()}


def weakest_json(item: Objective) -> Json | None:
    """The weakest key result below, if any has been read."""
    weakest = item.measured.weakest
    return None if weakest is None else {"key_result_id": weakest.key_result_id, "progress": weakest.progress}
