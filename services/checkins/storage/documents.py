"""Entities as documents and back. Days are kept as ``YYYY-MM-DD``, which sorts; instants as dates in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from libs.measures.status import Reason, Thresholds
from services.checkins.domain.alarm import Alarm
from services.checkins.domain.check_in import CheckIn, Seen
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Rhythm, Team
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing

Document = dict[str, Any]
SURROUNDINGS_AT = "surroundings_at"
OUTDATED_BELOW = "outdated_below"
"""In a key result: when it or what it stands in was last told anew, a timestamp of the database."""

_DEFINITION = (
    "organisation_id",
    "objective_id",
    "objective_title",
    "objective_owner_id",
    "title",
    "kind",
    "unit",
    "start",
    "target",
    "owner_id",
    "delegate_id",
    "cycle_id",
    "team_id",
    "visibility",
    "state",
)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def check_in_document(check_in: CheckIn) -> Document:
    """The check-in as it is kept, without what is owed and its events."""
    document = {name: value for name, value in vars(check_in).items() if name not in ("id", "state", "seen")}
    document["_id"] = check_in.id
    document["state_after"] = dict(vars(check_in.state))
    document["seen"] = dict(vars(check_in.seen))
    return document


def check_in_from(document: Mapping[str, Any]) -> CheckIn:
    """The check-in that is kept."""
    plain = (
        "organisation_id",
        "key_result_id",
        "objective_id",
        "seq",
        "value",
        "confidence",
        "note",
        "challenge",
        "adjustment",
        "author_id",
        "as_of",
        "recorded_at",
        "revision_of",
        "withdrawn",
    )
    return CheckIn(
        id=document["_id"],
        state=State(**document["state_after"]),
        seen=Seen(**document["seen"]),
        **{name: document[name] for name in plain},
    )


def definition_document(key_result: KeyResult) -> Document:
    """The fields of a key result that its owner announces."""
    return {
        **{name: getattr(key_result, name) for name in _DEFINITION},
        "due_on": _text(key_result.due_on),
        "created_on": _text(key_result.created_on),
        "objective_state": key_result.objective_state,
    }


def key_result_from(document: Mapping[str, Any]) -> KeyResult:
    """The definition that is kept."""
    return KeyResult(
        id=document["_id"],
        due_on=_day(document["due_on"]),
        created_on=_day(document["created_on"]),
        objective_state=document.get("objective_state", "open"),
        **{name: document[name] for name in _DEFINITION},
    )


def standing_document(standing: Standing) -> Document:
    """The standing as it is kept."""
    # Not asdict, which copies deeply: it would cost more than the judgement.
    return {
        **vars(standing),
        "reasons": [dict(vars(reason)) for reason in standing.reasons],
        "next_check_in_on": _text(standing.next_check_in_on),
    }


def standing_from(document: Mapping[str, Any] | None) -> Standing | None:
    """The standing that is kept."""
    if document is None:
        return None
    fields = dict(document)
    fields["reasons"] = tuple(Reason(**reason) for reason in fields["reasons"])
    fields["next_check_in_on"] = _day(fields["next_check_in_on"])
    return Standing(**fields)


def reminder_document(reminder: Reminder | None) -> Document | None:
    """Return what is said next, as it is kept."""
    if reminder is None:
        return None
    return {
        "due_on": _text(reminder.due_on),
        "person_id": reminder.person_id,
        "kind": reminder.kind,
        "at": reminder.at,
    }


def reminded_document(reminder: Reminder | None) -> Document | None:
    """Return what was said already, as it is kept beside the reminder ``of`` which it tells.

    It stands apart, because a worker of an earlier version fails on a reminder with fields that it does not
    know.
    """
    if reminder is None:
        return None
    return {
        "of": reminder_document(reminder),
        "since": reminder.since,
        "told": [list(each) for each in sorted(reminder.told)],
        "not_before": _text(reminder.not_before),
    }


def reminder_from(document: Mapping[str, Any]) -> Reminder | None:
    """Return the reminder that is kept in this key result.

    Where a worker of an earlier version wrote it last, its kind tells what was said.
    """
    kept = document.get("reminder")
    if kept is None:
        return None
    fields = {**kept, "due_on": date.fromisoformat(kept["due_on"])}
    reminded = document.get("reminded")
    if reminded is not None and reminded["of"] == kept:
        return Reminder(
            **fields,
            since=reminded["since"],
            told=frozenset((person_id, kind) for person_id, kind in reminded["told"]),
            not_before=_day(reminded["not_before"]),
        )
    told = {"due": (), "overdue": ("due",), "done": ("due", "overdue")}[kept["kind"]]
    return Reminder(
        **fields,
        since=document.get("state_of_series", {}).get("as_of"),
        told=frozenset((kept["person_id"], kind) for kind in told),
    )


def situation_from(document: Mapping[str, Any]) -> Situation | None:
    """The key result with what was looked up beside it; None where its cycle is not known."""
    organisation_id = document["organisation_id"]
    cycle = _own(document["cycle"], organisation_id)
    if cycle is None:
        return None
    team = _own(document["team"], organisation_id)
    organisation = next(iter(document["organisation"]), None)
    return situation_of(
        document,
        cycle_from(cycle),
        team_from(team) if team else None,
        organisation_from(organisation) if organisation else Organisation(id=organisation_id),
    )


def situation_of(
    document: Mapping[str, Any],
    cycle: Cycle,
    team: Team | None,
    organisation: Organisation,
    *,
    is_team_outdated: bool = False,
) -> Situation:
    """The key result of this document in these surroundings."""
    return Situation(
        key_result=key_result_from(document),
        cycle=cycle,
        team=team,
        organisation=organisation,
        state=State(**document.get("state_of_series", {})),
        standing=standing_from(document.get("standing")),
        alarm=Alarm(**document.get("alarm", {}), **_told(document)),
        reminder=reminder_from(document),
        defined_by=document.get("defined_by"),
        rev=document["rev"],
        is_outdated=is_team_outdated or is_outdated(document, "definition_seq"),
    )


def is_outdated(document: Mapping[str, Any], seq: str) -> bool:
    """Whether the owner has written this since ``seq``, which its copy has."""
    return bool(document.get(OUTDATED_BELOW, 0) > document.get(seq, 0))


def alarm_documents(alarm: Alarm) -> Document:
    """Return the fields of a key result that keep its alarm.

    What was told stands apart, with the instant of the telling: a worker of an earlier version fails on an
    alarm with more fields, and does not keep them up to date.
    """
    plain = dict(vars(alarm))
    told = {"progress": plain.pop("told_progress"), "confidence": plain.pop("told_confidence")}
    return {"alarm": plain, "alarm_told": {**told, "at": alarm.at_risk_said_at}}


def _told(document: Mapping[str, Any]) -> Document:
    told = document.get("alarm_told")
    if told is None or told["at"] != document.get("alarm", {}).get("at_risk_said_at"):
        return {}
    return {"told_progress": told["progress"], "told_confidence": told["confidence"]}


def _own(found: list[Document], organisation_id: str) -> Document | None:
    """What was looked up by id, unless it is another organisation's."""
    return next((document for document in found if document["organisation_id"] == organisation_id), None)


def cycle_document(cycle: Cycle) -> Document:
    """The cycle as it is kept."""
    document = asdict(cycle)
    document["starts_on"], document["ends_on"] = _text(cycle.starts_on), _text(cycle.ends_on)
    return document


def cycle_from(document: Mapping[str, Any]) -> Cycle:
    """The cycle that is kept."""
    return Cycle(
        id=document["_id"],
        organisation_id=document["organisation_id"],
        starts_on=date.fromisoformat(document["starts_on"]),
        ends_on=date.fromisoformat(document["ends_on"]),
        state=document["state"],
    )


def team_from(document: Mapping[str, Any]) -> Team:
    """The team that is kept."""
    return Team(
        id=document["_id"],
        organisation_id=document["organisation_id"],
        name=document["name"],
        lead_id=document["lead_id"],
        member_ids=tuple(document["member_ids"]),
        rhythm=Rhythm(**document["rhythm"]),
        state=document["state"],
    )


def organisation_from(document: Mapping[str, Any]) -> Organisation:
    """The organisation that is kept."""
    return Organisation(
        id=document["_id"],
        time_zone=document["time_zone"],
        thresholds=Thresholds(**document["thresholds"]),
    )


def person_from(document: Mapping[str, Any]) -> Person:
    """The person that is kept."""
    return Person(
        id=document["_id"],
        organisation_id=document["organisation_id"],
        name=document["name"],
        time_zone=document["time_zone"],
        state=document["state"],
        role=document.get("role", "member"),
    )
