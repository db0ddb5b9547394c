"""The services' JSON as the pages' resources. Tolerant: what a page does not need may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from services.gateway.domain import okr

Json = Mapping[str, Any]


def person(body: Json) -> okr.Person:
    """A person."""
    return okr.Person(
        id=str(body["id"]),
        name=str(body.get("name", "")),
        email=str(body.get("email", "")),
        time_zone=str(body.get("time_zone") or "UTC"),
        locale=str(body.get("locale") or "en"),
        role=str(body.get("role", "member")),
        state=str(body.get("state", "active")),
        rev=int(body.get("rev", 0)),
    )


def team(body: Json) -> okr.Team:
    """A team with its rhythm."""
    rhythm = body.get("rhythm") or {}
    return okr.Team(
        id=str(body["id"]),
        name=str(body.get("name", "")),
        slug=str(body.get("slug", "")),
        parent_id=body.get("parent_id"),
        lead_id=body.get("lead_id"),
        member_ids=tuple(body.get("member_ids") or ()),
        rhythm=okr.Rhythm(
            every=str(rhythm.get("every", "weekly")),
            weekday=int(rhythm.get("weekday", 0)),
            time=str(rhythm.get("time", "09:00")),
        ),
        rev=int(body.get("rev", 0)),
    )


def cycle(body: Json) -> okr.Cycle:
    """A cycle."""
    return okr.Cycle(
        id=str(body["id"]),
        name=str(body.get("name", "")),
        starts_on=date.fromisoformat(body["starts_on"]),
        ends_on=date.fromisoformat(body["ends_on"]),
        state=str(body.get("state", "active")),
        rev=int(body.get("rev", 0)),
    )


def organisation(body: Json) -> okr.Organisation:
    """The organisation with its thresholds."""
    known = okr.Thresholds.__dataclass_fields__
    given = {name: value for name, value in (body.get("thresholds") or {}).items() if name in known}
    return okr.Organisation(
        id=str(body["id"]),
        name=str(body.get("name", "")),
        time_zone=str(body.get("time_zone") or "UTC"),
        locale=str(body.get("locale") or "en"),
        thresholds=okr.Thresholds(**given),
        rev=int(body.get("rev", 0)),
    )


def objective(body: Json) -> okr.Objective:
    """An objective with its rolled-up numbers."""
    parent, weakest = body.get("parent"), body.get("weakest")
    return okr.Objective(
        id=str(body["id"]),
        title=str(body.get("title", "")),
        why=str(body.get("why") or ""),
        contribution=str(body.get("contribution") or ""),
        level=str(body.get("level", "team")),
        cycle_id=str(body.get("cycle_id", "")),
        owner_id=str(body.get("owner_id", "")),
        team_id=body.get("team_id"),
        parent=okr.Parent(kind=parent["kind"], id=parent["id"]) if parent else None,
        weight=float(body.get("weight", 1)),
        visibility=str(body.get("visibility", "organisation")),
        roll_up=str(body.get("roll_up", "both")),
        state=str(body.get("state", "open")),
        follower_ids=tuple(body.get("follower_ids") or ()),
        progress=body.get("progress"),
        expected=body.get("expected"),
        status=str(body.get("status", "not_started")),
        confidence=body.get("confidence"),
        weakest=_weakest(weakest) if weakest else None,
        parent_hidden=bool(body.get("parent_hidden", False)),
        rev=int(body.get("rev", 0)),
    )


def key_result(body: Json) -> okr.KeyResult:
    """A key result with its standing."""
    return okr.KeyResult(
        id=str(body["id"]),
        objective_id=str(body.get("objective_id", "")),
        title=str(body.get("title", "")),
        # In a row of the tree `kind` tells objective from key result, and `measure` the kind of key result.
        kind=str(body.get("measure") or body.get("kind", "metric")),
        unit=str(body.get("unit") or ""),
        start=float(body.get("start") or 0),
        target=float(1 if body.get("target") is None else body["target"]),
        current=body.get("current"),
        weight=float(body.get("weight", 1)),
        commitment=str(body.get("commitment", "committed")),
        owner_id=str(body.get("owner_id", "")),
        delegate_id=body.get("delegate_id"),
        due_on=_day(body.get("due_on")),
        description=str(body.get("description") or ""),
        cycle_id=str(body.get("cycle_id", "")),
        team_id=body.get("team_id"),
        state=str(body.get("state", "open")),
        progress=body.get("progress"),
        raw_progress=body.get("raw_progress"),
        expected=body.get("expected"),
        status=str(body.get("status", "not_started")),
        confidence=body.get("confidence"),
        reasons=tuple(_reason(reason) for reason in body.get("reasons") or ()),
        as_of=_instant(body.get("as_of")),
        next_check_in_on=_day(body.get("next_check_in_on")),
        rev=int(body.get("rev", 0)),
    )


def check_in(body: Json) -> okr.CheckIn:
    """A check-in or a revision of one."""
    recorded = _instant(body.get("recorded_at")) or datetime.now(UTC)
    return okr.CheckIn(
        id=str(body.get("id", "")),
        key_result_id=str(body.get("key_result_id", "")),
        seq=int(body.get("seq", 0)),
        value=body.get("value"),
        confidence=body.get("confidence"),
        note=str(body.get("note") or ""),
        challenge=str(body.get("challenge") or ""),
        adjustment=str(body.get("adjustment") or ""),
        author_id=str(body.get("author_id", "")),
        as_of=_instant(body.get("as_of")) or recorded,
        recorded_at=recorded,
        progress=body.get("progress"),
        status=str(body.get("status", "")),
        withdrawn=bool(body.get("withdrawn", False)),
        versions=tuple(check_in(version) for version in body.get("revisions") or ()),
    )


def tree_row(body: Json) -> okr.TreeRow:
    """A row of the tree: an objective or a key result with its depth.

    The same row was read a moment ago for somebody else, most often: rows are values that can be shared.
    """
    weakest = body.get("weakest")
    content = tuple(body.values())
    if weakest:
        content = tuple([value for value in content if value is not weakest])
    return _row(tuple(body), content, tuple(weakest.items()) if weakest else None)


@lru_cache(maxsize=8192)
def _row(
    names: tuple[str, ...], values: tuple[Any, ...], weakest: tuple[tuple[str, Any], ...] | None
) -> okr.TreeRow:
    if weakest:
        names = tuple(name for name in names if name != "weakest")
    body: dict[str, Any] = dict(zip(names, values, strict=True))
    body["weakest"] = dict(weakest) if weakest else None
    is_objective = body["kind"] == "objective"
    return okr.TreeRow(
        depth=int(body["depth"]),
        has_children=bool(body.get("has_children", False)),
        more_below=bool(body.get("more_below", False)),
        collapsed=bool(body.get("collapsed", False)),
        rows_below=int(body.get("rows_below", 0)),
        next_check_in_on=_day(body.get("next_check_in_on")) if is_objective else None,
        objective=objective(body) if is_objective else None,
        key_result=None if is_objective else key_result(body),
    )


def objective_detail(body: Json) -> okr.ObjectiveDetail:
    """An objective with the way to it and what hangs beneath."""
    return okr.ObjectiveDetail(
        objective=objective(body),
        ancestors=tuple(
            okr.Crumb(
                kind=crumb["kind"],
                id=crumb["id"],
                title=crumb["title"],
                below_hidden=bool(crumb.get("below_hidden", False)),
            )
            for crumb in body["ancestors"]
        ),
        key_results=tuple(key_result(found) for found in body["key_results"]),
        children=tuple(objective(found) for found in body["children"]),
    )


def judged(body: Json, known: okr.KeyResult) -> okr.KeyResult:
    """The key result as the writer of its standing judges it now."""
    return replace(
        known,
        current=body["current"],
        raw_progress=body["raw_progress"],
        progress=body["progress"],
        expected=body["expected"],
        status=body["status"],
        confidence=body["confidence"],
        reasons=tuple(_reason(reason) for reason in body["reasons"]),
        as_of=_instant(body["as_of"]),
        next_check_in_on=_day(body["next_check_in_on"]),
    )


def owed(body: Json) -> okr.Owed:
    """A check-in that is owed: the definition, where it stands, and when it falls due."""
    defined = body["definition"]
    known = key_result({**defined, "id": defined["key_result_id"]})
    return okr.Owed(key_result=judged(body["standing"], known), due_on=_day(body["due_on"]))


def owed_list(body: Json) -> okr.OwedList:
    """All that a person owes and has done; a service of an earlier version tells only what is due."""
    return okr.OwedList(
        due=tuple(owed(item) for item in body["items"]),
        later=tuple(owed(item) for item in body.get("later") or ()),
        done=tuple(_done(item) for item in body.get("done") or ()),
        next_on=_day(body.get("next_on")),
    )


def _done(body: Json) -> okr.Done:
    defined = body["definition"]
    known = key_result({**defined, "id": defined["key_result_id"]})
    return okr.Done(
        key_result=judged(body["standing"], known),
        check_in_id=str(body["check_in_id"]),
        before=body["value_before"],
    )


def week(body: Json) -> okr.Week:
    """A team's current period."""
    return okr.Week(
        laid=int(body["laid"]),
        total=int(body["total"]),
        open_by_person={person["person_id"]: int(person["owed"]) for person in body["people"]},
        open_titles=tuple(
            str(stone["title"])
            for person in body["people"]
            for stone in person.get("key_results") or ()
            if not stone["laid"]
        ),
    )


def mail_choices(body: Json) -> okr.MailChoices:
    """Every kind of mail that one may choose about, and the choice."""
    chosen = body["preferences"]
    choices = tuple(
        okr.MailChoice(
            kind=kind["kind"],
            label=kind["label"],
            hint=kind["hint"],
            delivery=chosen.get(kind["kind"], "at_once"),
        )
        for kind in body["kinds"]
    )
    return okr.MailChoices(choices=choices, rev=int(body.get("rev", 0)))


def mail(body: Json) -> okr.Mail:
    """A row of the mail log; bodies where the service sent them."""
    return okr.Mail(
        id=str(body["id"]),
        kind=str(body.get("kind", "")),
        subject=str(body.get("subject") or ""),
        recipient=str(body.get("recipient_name") or body.get("recipient") or ""),
        address=str(body.get("recipient") or ""),
        state=str(body.get("state", "")),
        created_at=_instant(body.get("created_at")),
        sent_at=_instant(body.get("sent_at")),
        reason=str(body.get("reason") or ""),
        attempts=int(body.get("attempts") or 0),
        last_answer=str(body.get("last_answer") or ""),
        text=str(body.get("text") or ""),
        html=str(body.get("html") or ""),
    )


def _weakest(body: Json) -> okr.Weakest:
    return okr.Weakest(
        key_result_id=str(body["key_result_id"]),
        progress=float(body["progress"]),
        title=body.get("title"),
        status=body.get("status"),
    )


def _reason(body: Json) -> okr.Reason:
    return okr.Reason(
        rule=str(body.get("rule", "")),
        value=body.get("value"),
        limit=body.get("limit"),
        decisive=bool(body.get("decisive", False)),
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
