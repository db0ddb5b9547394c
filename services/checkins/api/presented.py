"""Domain objects as the schemas show them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from libs.measures.progress import BOOLEAN, clamp, expected_progress, raw_progress
from services.checkins.domain.check_in import CheckIn, Entry
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.usecases.count_week import Stone, Week
from services.checkins.usecases.list_owed import Done, Owed, OwedList
from services.checkins.usecases.tell_standing import Told

Json = dict[str, Any]
_POINTS = 14


def check_in(version: CheckIn) -> Json:
    """One version."""
    return {
        "id": version.id,
        "key_result_id": version.key_result_id,
        "objective_id": version.objective_id,
        "seq": version.seq,
        "value": version.value,
        "confidence": version.confidence,
        "note": version.note,
        "challenge": version.challenge,
        "adjustment": version.adjustment,
        "author_id": version.author_id,
        "as_of": version.as_of,
        "recorded_at": version.recorded_at,
        "raw_progress": version.seen.raw_progress,
        "progress": version.seen.progress,
        "expected": version.seen.expected,
        "status": version.seen.status,
        "revision_of": version.revision_of,
        "withdrawn": version.withdrawn,
    }


def entry(found: Entry, situation: Situation) -> Json:
    """A check-in with its versions, under the id of the first."""
    definition = situation.key_result
    raw = raw_progress(definition.kind, definition.start, definition.target, found.latest.value)
    return {
        **check_in(found.latest),
        "id": found.first.id,
        "revision_of": None,
        "value_progress": clamp(raw or 0.0),
        "revisions": [check_in(version) for version in found.versions] if len(found.versions) > 1 else [],
    }


def standing(judged: Standing, situation: Situation) -> Json:
    """A judgement with its numbers."""
    return {
        "key_result_id": situation.key_result.id,
        "seq": judged.seq,
        "at": judged.at,
        "current": judged.current,
        "raw_progress": judged.raw_progress,
        "progress": judged.progress,
        "expected": judged.expected,
        "expected_value": _value_at(situation, judged.expected),
        "status": judged.status,
        "confidence": judged.confidence,
        "as_of": judged.as_of,
        "reasons": [
            {"rule": reason.rule, "value": reason.value, "limit": reason.limit, "decisive": reason.decisive}
            for reason in judged.reasons
        ],
        "next_check_in_on": judged.next_check_in_on,
    }


def definition(situation: Situation) -> Json:
    """What is measured."""
    key_result = situation.key_result
    return {
        "key_result_id": key_result.id,
        "objective_id": key_result.objective_id,
        "objective_title": key_result.objective_title,
        "title": key_result.title,
        "kind": key_result.kind,
        "unit": key_result.unit,
        "start": key_result.start,
        "target": key_result.target,
        "starts_on": situation.cycle.starts_on,
        "due_on": situation.due_on,
        "owner_id": key_result.owner_id,
        "delegate_id": key_result.delegate_id,
        "team_id": key_result.team_id,
        "cycle_id": key_result.cycle_id,
    }


def told(found: Told) -> Json:
    """All of a key result's standing."""
    rhythm = found.situation.rhythm
    return {
        "standing": standing(found.standing, found.situation),
        "definition": definition(found.situation),
        "schedule": {
            "every": rhythm.every,
            "weekday": rhythm.weekday,
            "time": rhythm.time,
            "next_check_in_on": found.standing.next_check_in_on,
            "due": found.owing.due,
            "person_id": found.owing.person_id,
        },
        "expected_line": _expected_line(found.situation),
        "may_check_in": found.may_check_in,
    }


def owed_list(found: OwedList) -> Json:
    """All that a person owes, and what they did today."""
    return {
        "items": [owed(one) for one in found.due],
        "later": [owed(one) for one in found.later],
        "done": [_done(one) for one in found.done],
        "next_on": found.next_on,
        "next": None,
    }


def _done(found: Done) -> Json:
    return {
        "definition": definition(found.situation),
        "standing": standing(found.standing, found.situation),
        "check_in_id": found.situation.state.reading_id,
        "recorded_at": found.situation.state.noted_at,
        "value_before": found.before.current,
    }


def owed(found: Owed) -> Json:
    """One owed check-in, with the last one beside it."""
    state = found.situation.state
    last = None
    if state.current is not None:
        last = {
            "value": state.current,
            "confidence": state.confidence,
            "note": state.note,
            "as_of": state.as_of,
            "author_id": state.author_id,
        }
    return {
        "definition": definition(found.situation),
        "standing": standing(found.standing, found.situation),
        "last": last,
        "due_on": found.due_on,
        "days_missed": (found.today - found.due_on).days,
    }


def week(counted: Week) -> Json:
    """A team's period, person by person."""
    by_person: dict[str, list[Stone]] = defaultdict(list)
    for stone in counted.stones:
        by_person[stone.person_id].append(stone)
    return {
        "team_id": counted.team.id,
        "team_name": counted.team.name,
        "due_on": counted.due_on,
        "laid": counted.laid,
        "owed": len(counted.stones) - counted.laid,
        "total": len(counted.stones),
        "people": [_person(person_id, stones) for person_id, stones in by_person.items()],
    }


def _person(person_id: str, stones: list[Stone]) -> Json:
    laid = sum(stone.laid for stone in stones)
    return {
        "person_id": person_id,
        "laid": laid,
        "owed": len(stones) - laid,
        "key_results": [
            {
                "key_result_id": stone.key_result_id,
                "title": stone.title,
                "due_on": stone.due_on,
                "laid": stone.laid,
            }
            for stone in stones
        ],
    }


def _expected_line(situation: Situation) -> list[Json]:
    """The line from the span's first day to its last, in about a dozen points."""
    begin, end = situation.cycle.starts_on, situation.due_on
    span = max(0, (end - begin).days)
    step = max(1, -(-span // _POINTS))
    days = [*(begin + timedelta(days=number) for number in range(0, span, step)), max(begin, end)]
    return [_point(situation, begin, end, day) for day in days]


def _point(situation: Situation, begin: date, end: date, day: date) -> Json:
    share = expected_progress(begin, end, day)
    return {"on": day, "share": share, "value": _value_at(situation, share)}


def _value_at(situation: Situation, share: float) -> float:
    key_result = situation.key_result
    start, target = (0.0, 1.0) if key_result.kind == BOOLEAN else (key_result.start, key_result.target)
    return start * (1 - share) + target * share
