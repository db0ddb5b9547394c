"""The rows of the OKRs table as JSON text, written once for as long as what they tell is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from json.encoder import encode_basestring as quoted
from typing import Any, Final

import orjson

from services.goals.api.represent import weakest_json
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.recompute import expected_of
from services.goals.domain.shown import key_result_shown, unread_status
from services.goals.domain.tree import Place
from services.goals.usecases.read_tree import TreePage

Json = dict[str, Any]
Key = tuple[object, ...]
KEPT: Final = 8192
_WRITTEN: Final[dict[Key, str]] = {}


@dataclass(frozen=True)
class Light:
    """What every row is seen in: its cycle, the day, and the statuses of weakest key results."""

    cycle: Cycle
    on: date
    statuses: Mapping[str, str]


def rows_text(page: TreePage) -> str:
    """The rows as a JSON array."""
    light = Light(page.cycle, page.on, page.weakest_statuses)
    return f"[{','.join([_row(place, light) for place in page.places])}]"


def json_text(value: object) -> str:
    """Any value as compact JSON."""
    return orjson.dumps(value).decode()


def _row(place: Place, light: Light) -> str:
    parent = "null" if place.parent_id is None else quoted(place.parent_id)
    hidden = '"parent_hidden":true,' if place.parent_hidden else ""
    return (
        f'{{"depth":{place.depth},"parent_id":{parent},"has_children":{_flag(flag=place.has_children)},'
        f'"more_below":{_flag(flag=place.more_below)},"collapsed":{_flag(flag=place.collapsed)},'
        f'"rows_below":{place.rows_below},{hidden}{_beneath(place, light)}{_cells(place.thing, light)}'
    )


def _beneath(place: Place, light: Light) -> str:
    """What an objective shows of the rows beneath it: it changes without a write of the objective."""
    if not isinstance(place.thing, Objective):
        return ""
    weakest = weakest_json(place.thing)
    if weakest is not None and (status := light.statuses.get(weakest["key_result_id"])):
        weakest["status"] = status
    day = "null" if place.next_check_in_on is None else f'"{place.next_check_in_on.isoformat()}"'
    return f'"weakest":{json_text(weakest)},"next_check_in_on":{day},'


def _flag(*, flag: bool) -> str:
    return "true" if flag else "false"


def _cells(thing: Objective | KeyResult, light: Light) -> str:
    """What the thing itself tells, up to the closing brace.

    ``seq`` counts every write of a document, so the thing, its cycle and the day decide every cell.
    """
    key = (thing.id, thing.seq, light.cycle.id, light.cycle.seq, light.on)
    text = _WRITTEN.get(key)
    if text is None:
        if len(_WRITTEN) >= KEPT:
            _WRITTEN.clear()
        text = _WRITTEN[key] = json_text(_of(thing, light))[1:]
    return text


def _of(thing: Objective | KeyResult, light: Light) -> Json:
    cells = (
        _objective_cells(thing, expected_of(light.cycle, light.on), unread_status(light.cycle, light.on))
        if isinstance(thing, Objective)
        else _key_result_cells(thing, light.cycle, light.on)
    )
    return {
        "id": thing.id,
        "rev": thing.rev,
        "title": thing.title,
        "owner_id": thing.owner_id,
        "team_id": thing.team_id,
        "cycle_id": thing.cycle_id,
        "weight": thing.weight,
        "state": thing.state,
        **cells,
    }


def _objective_cells(item: Objective, expected: float, unread: str) -> Json:
    return {
        "kind": "objective",
        "level": item.level,
        "progress": item.measured.progress,
        "expected": expected,
        "status": item.measured.status or unread,
        "confidence": item.measured.confidence,
    }


def _key_result_cells(item: KeyResult, cycle: Cycle, on: date) -> Json:
    shown = item.standing or key_result_shown(item, cycle, on)
    return {
        "kind": "key_result",
        "measure": item.kind,
        "objective_id": item.objective_id,
        "delegate_id": item.delegate_id,
        "unit": item.unit,
        "start": item.start,
        "target": item.target,
        "current": shown.current,
        "raw_progress": shown.raw_progress,
        "commitment": item.commitment,
        "due_on": None if item.due_on is None else item.due_on.isoformat(),
        "progress": shown.progress,
        "expected": shown.expected,
        "status": shown.status,
        "confidence": shown.confidence,
        "weakest": None,
        "next_check_in_on": None if shown.next_check_in_on is None else shown.next_check_in_on.isoformat(),
    }
