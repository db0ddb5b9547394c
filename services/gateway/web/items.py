"""Resources as the component macros read them: one mapping per kind of row, with its addresses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.gateway.domain.okr import (
    Directory,
    KeyResult,
    Objective,
    Owed,
    OwedList,
)
from services.gateway.usecases.preview_check_in import preview_check_in
from services.gateway.usecases.show_key_result import Entry, KeyResultPage
from services.gateway.web import formatting, sentences
from services.gateway.web.by_script import is_by_script
from services.gateway.web.frame import local_now, locale, services
from services.gateway.web.links import link

Item = dict[str, Any]


def key_result(known: KeyResult, directory: Directory) -> Item:
    """A key result for check-in forms, rows and notices."""
    team = directory.team(known.team_id)
    return {
        "id": known.id,
        "title": known.title,
        "url": f"/key-results/{known.id}",
        "open_url": link("/check-in", query={"key_result": known.id}),
        "kind": known.kind,
        "measure": known.kind,
        "status": known.status,
        "unit": known.unit,
        "start": known.start,
        "target": known.target,
        "current": known.current,
        "reads": sentences.reads(known),
        "last_as_of": known.as_of,
        "progress": known.progress,
        "raw_progress": known.raw_progress,
        "expected": known.expected,
        "confidence": known.confidence,
        "due_on": None,
        "team": team.name if team else None,
        "owner": directory.person(known.owner_id),
        "weakest": None,
    }


def owed(entry: Owed, directory: Directory, person_id: str) -> Item:
    """An owed check-in: the key result with the day on which the check-in falls due."""
    item = key_result(entry.key_result, directory)
    item["due_on"] = entry.due_on
    if entry.key_result.team_id is None and entry.key_result.owner_id == person_id:
        item["team"] = "Personal"
    return item


def live_ids(owed: OwedList) -> str:
    """Return what a part that lists check-ins is about, for `data-live`; what is done may be undone."""
    listed = [*(one.key_result.id for one in (*owed.due, *owed.later)), *(d.key_result.id for d in owed.done)]
    return " ".join(listed) or "none"


def win(known: KeyResult, directory: Directory) -> Item:
    """Something that was achieved, for the list of wins."""
    by = directory.person(known.owner_id)
    return {
        "title": known.title,
        "url": f"/key-results/{known.id}",
        "reads": sentences.reads(known),
        "as_of": known.as_of,
        "by": by.name if by else None,
    }


def risk(known: KeyResult, directory: Directory, today: date) -> Item:
    """A key result that needs attention, with the sentence that says why."""
    return {**key_result(known, directory), "why": sentences.why(known, today)}


def objective(known: Objective, directory: Directory, statuses: Mapping[str, str] | None = None) -> Item:
    """An objective; ``statuses`` by key result gives the weakest mark its colour."""
    team = directory.team(known.team_id)
    weakest = known.weakest
    return {
        "id": known.id,
        "title": known.title,
        "url": f"/objectives/{known.id}",
        "status": known.status,
        "progress": known.progress,
        "raw_progress": known.progress,
        "expected": known.expected,
        "confidence": known.confidence,
        "weakest": {
            "progress": weakest.progress,
            "status": (statuses or {}).get(weakest.key_result_id) or weakest.status or known.status,
        }
        if weakest
        else None,
        "owner": directory.person(known.owner_id),
        "team": team.name if team else None,
        "contribution": known.contribution,
    }


def check_in_form(
    known: KeyResult,
    *,
    key: str,
    back: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    skip: str | None = None,
    days: tuple[date, date] | None = None,
) -> Item:
    """What a check-in form needs beside the key result.

    ``back`` is the page that shows the form; ``days`` are the first and the last that it may speak of.
    """
    action = link("/key-results/{}/check-in", known.id, query={"back": back})
    # Shown from the start, so that choosing a confidence moves nothing.
    begun = typed or ({} if known.current is None else {"value": sentences.editable(known.current)})
    return {
        "action": action,
        "key": key,
        "value_attrs": {"autofocus": ""} if back == "check-in" or is_by_script() else {},
        "values": dict(typed) if typed is not None else {"value": None, "confidence": None, "note": ""},
        "errors": errors or None,
        "preview_url": link("/key-results/{}/check-in/preview", known.id),
        "previews": previews(known, begun) if begun and "value" not in (errors or {}) else [],
        "skip": skip,
        "days": days,
    }


def previews(known: KeyResult, typed: Mapping[str, str]) -> list[Item]:
    """What a check-in would lead to, for each number that the typed text could be."""
    found = preview_check_in(services(), known, typed, now=local_now(), locale=locale())
    return [
        {
            "reads": formatting.reading(preview.value, known.kind, known.unit, locale()),
            "typed": sentences.editable(preview.value),
            "progress": preview.progress,
            "raw_progress": preview.raw_progress,
            "expected": preview.expected,
            "status": preview.status,
        }
        for preview in found
    ]


def entry(page: KeyResultPage, known: Entry, *, latest: bool) -> Item:
    """One check-in of the history, with what it replaced."""
    check_in = known.check_in
    first = check_in.versions[0] if check_in.versions else check_in
    owner = page.directory.person(page.key_result.owner_id)
    stands_in = owner is not None and first.author_id not in {"", owner.id}
    return {
        "id": check_in.id,
        "as_of": check_in.as_of,
        "value": check_in.value,
        "previous": known.before,
        "confidence": check_in.confidence,
        "author": page.directory.person(first.author_id),
        "on_behalf_of": owner.name.split(" ")[0] if stands_in and owner else None,
        "note": check_in.note,
        "challenge": check_in.challenge,
        "adjustment": check_in.adjustment,
        "latest": latest,
        "withdrawn": check_in.withdrawn,
        "edit_url": f"/key-results/{page.key_result.id}/check-ins/{check_in.id}"
        if known.may_revise
        else None,
        "revisions": _revisions(page, known),
    }


def _revisions(page: KeyResultPage, known: Entry) -> list[Item]:
    """Each replacement of one version by the next, newest first; an undo is told by the entry itself."""
    versions = [version for version in known.check_in.versions if not version.withdrawn]
    replaced = [
        {
            "at": newer.recorded_at,
            "author": page.directory.person(newer.author_id),
            "was": older.value,
            "value": newer.value,
            "reason": None,
        }
        for older, newer in itertools.pairwise(versions)
    ]
    return list(reversed(replaced))
