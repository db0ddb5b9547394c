"""The whole way as plain forms, in a browser without a script, over the real services."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from services.checkins.usecases import undo_check_in
from tests.fixtures.waiting import until
from tests.integration.gateway.people import Browser
from tests.integration.gateway.platform import Answer

TODAY = datetime.now(UTC).date()
KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')
REV = re.compile(r'name="rev" value="(\d+)"')


def key_of(browser: Browser) -> str:
    found = KEY.search(browser.page)
    assert found is not None, browser.page[:300]
    return found.group(1)


def followed(browser: Browser, answer: Answer) -> str:
    assert answer.status == 303, answer.body[:2000]
    to = str(answer.headers["Location"])
    assert browser.open(to).status == 200
    return to


def drafted(ines: Browser, ines_id: str) -> tuple[str, str]:
    """An objective with a key result, made by forms; their addresses."""
    ines.open("/admin/cycles/new")
    span = {
        "starts_on": (TODAY - timedelta(days=30)).isoformat(),
        "ends_on": (TODAY + timedelta(days=60)).isoformat(),
    }
    name = f"Cycle {uuid.uuid4().hex[:6]}"
    followed(ines, ines.send("/admin/cycles/new", {"name": name, **span, "idempotency_key": key_of(ines)}))
    cycle = re.search(rf"<td><b[^>]*>{name}</b>.*?/admin/cycles/([\w-]+)", ines.page, re.DOTALL)
    assert cycle is not None
    ines.open(f"/objectives/new?in={cycle.group(1)}")
    typed = {
        "title": "Nights are quiet",
        "level": "company",
        "visibility": "organisation",
        "owner_id": ines_id,
        "team_id": "",
        "parent": "",
        "cycle_id": cycle.group(1),
        "weight": "1",
        "idempotency_key": key_of(ines),
    }
    objective = followed(ines, ines.send("/objectives/new", typed))
    ines.open(f"{objective}/key-results/new")
    typed = {
        "title": "Night calls",
        "kind": "metric",
        "unit": "calls",
        "start": "12",
        "target": "2",
        "weight": "1",
        "commitment": "committed",
        "owner_id": ines_id,
        "idempotency_key": key_of(ines),
    }
    followed(ines, ines.send(f"{objective}/key-results/new", typed))
    key_result = re.search(r'href="(/key-results/[\w-]+)" title="Night calls', ines.page)
    assert key_result is not None
    return objective, key_result.group(1)


def test_from_a_draft_to_a_check_in_and_back(
    ines: Browser, ines_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The roll-up is awaited before it is undone; on a busy machine that takes longer than ten seconds.
    monkeypatch.setattr(undo_check_in, "UNDO_WITHIN", timedelta(minutes=10))
    objective, key_result = drafted(ines, ines_id)
    ines.open(key_result)
    said = {"value": "7", "confidence": "6", "note": "Half the way.", "idempotency_key": key_of(ines)}
    refused = ines.send(f"{key_result}/check-in?back=key-result", {**said, "value": "many"})
    assert refused.status == 422
    assert "Half the way." in refused.body
    followed(ines, ines.send(f"{key_result}/check-in?back=key-result", said))
    assert "Checked in:" in ines.page
    assert "50%" in ines.page
    undo = re.search(r'action="(/check-ins/[\w-]+/undo\?then=[^"]+)"', ines.page)
    assert undo is not None
    until(lambda: "50%" in ines.open(objective).body, 30, because="the objective has followed")
    followed(ines, ines.send(undo.group(1), {}))
    assert "Undone." in ines.page
    assert "withdrawn" in ines.page


def test_the_same_form_sent_twice_counts_once(ines: Browser, ines_id: str) -> None:
    _, key_result = drafted(ines, ines_id)
    ines.open(key_result)
    said = {"value": "7", "confidence": "6", "note": "Once.", "idempotency_key": key_of(ines)}
    for _ in range(2):
        followed(ines, ines.send(f"{key_result}/check-in?back=key-result", said))
    ines.open(key_result)
    assert ines.page.count('id="check-in-') == 1


def test_other_text_after_a_lost_answer_revises_the_check_in(ines: Browser, ines_id: str) -> None:
    _, key_result = drafted(ines, ines_id)
    ines.open(key_result)
    said = {"value": "7", "confidence": "6", "note": "First.", "idempotency_key": key_of(ines)}
    followed(ines, ines.send(f"{key_result}/check-in?back=key-result", said))
    again = ines.send(f"{key_result}/check-in?back=key-result", {**said, "note": "Second."})
    assert again.status == 409
    assert "This was saved already" in again.body
    assert 'name="note" value="First."' in again.body
    revise = re.search(rf'action="({key_result}/check-ins/[\w-]+)"', again.body)
    rev = REV.search(again.body)
    assert revise is not None
    assert rev is not None
    typed = {"rev": rev.group(1), "shown_note": "First.", "note": "Second."}
    typed |= {"value": "7", "shown_value": "7", "confidence": "6", "shown_confidence": "6"}
    followed(ines, ines.send(revise.group(1), typed))
    assert "Second." in ines.page
    assert ines.page.count('id="check-in-') == 1


def test_a_check_in_is_revised_and_both_are_shown(ines: Browser, ines_id: str) -> None:
    _, key_result = drafted(ines, ines_id)
    ines.open(key_result)
    said = {"value": "8", "confidence": "6", "idempotency_key": key_of(ines)}
    followed(ines, ines.send(f"{key_result}/check-in?back=key-result", said))
    revise = re.search(rf'href="({key_result}/check-ins/[\w-]+)"', ines.page)
    assert revise is not None
    ines.open(revise.group(1))
    followed(ines, ines.send(revise.group(1), {"value": "6", "confidence": "7", "note": "Miscounted."}))
    assert "<del>8</del>" in ines.page
    assert "<ins>6" in ines.page


def test_two_who_change_the_same_thing_both_keep_their_words(ines: Browser, ines_id: str) -> None:
    objective, _ = drafted(ines, ines_id)
    ines.open(f"{objective}/edit")
    rev = REV.search(ines.page)
    assert rev is not None
    typed = {"visibility": "organisation", "owner_id": ines_id, "team_id": "", "parent": "", "weight": "1"}
    first = {**typed, "title": "Nights stay quiet", "rev": rev.group(1)}
    followed(ines, ines.send(f"{objective}/edit", first))
    late = ines.send(f"{objective}/edit", {**first, "title": "Nights are calm"})
    assert late.status == 412
    assert "while you were editing it. Nothing of yours is lost." in late.body
    assert 'name="title" value="Nights are calm"' in late.body
    assert 'name="title" value="Nights stay quiet"' in late.body


def test_settings_and_admin_answer_over_the_real_services(ines: Browser) -> None:
    assert ines.open("/settings").status == 200
    kinds = re.findall(r'type="radio" name="(\w+)" value="off"', ines.page)
    followed(
        ines, ines.send("/settings/notifications", dict.fromkeys(kinds, "at_once") | {"celebration": "off"})
    )
    assert re.search(r'name="celebration" value="off" checked', ines.page)
    assert ines.open("/admin").status == 200
    assert re.search("Set up the organisation|>Older<", ines.page)
    typed = {
        "on_track_gap": "10",
        "behind_gap": "5",
        "too_early_share": "15",
        "low_confidence": "3",
        "stale_after_days": "3",
        "rev": "1",
    }
    rev = re.search(r'action="/admin/thresholds#thresholds".*?name="rev" value="(\d+)"', ines.page, re.DOTALL)
    assert rev is not None
    refused = ines.send("/admin/thresholds", {**typed, "rev": rev.group(1)})
    assert refused.status == 422
    assert "must not be smaller" in refused.body


def test_what_a_form_made_stands_in_the_audit_log_with_a_link_and_without_its_title(
    ines: Browser, ines_id: str
) -> None:
    objective, key_result = drafted(ines, ines_id)
    page = ines.open("/admin").body
    audit = page[page.index('id="audit"') :]
    assert f'href="{objective}">Drafted an objective' in audit
    assert f'href="{key_result}">Added a key result' in audit
    assert "Nights are quiet" not in audit
    assert "Night calls" not in audit


def test_a_form_that_was_sent_compressed_is_refused_with_one_way_on(ines: Browser) -> None:
    ines.open("/admin/cycles/new")
    refused = ines.send("/admin/cycles/new", {"name": "x"}, **{"Content-Encoding": "gzip"})
    assert refused.status == 415
    assert refused.headers["Accept-Encoding"] == "identity"
    assert "Go back and send it again" in refused.body
