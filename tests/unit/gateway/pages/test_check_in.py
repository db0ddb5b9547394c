"""Checking in: what is stored, what is kept, and what can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from libs.chassis.problems import Conflict, FieldError, Unavailable, Unprocessable
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import Fields
from services.gateway.usecases.record_check_in import record_check_in
from services.gateway.web.forms import UNKNOWN
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import MemoryCheckIns, MemoryGoals, Store, services

As = Callable[[str], Browser]
SAID = {"value": "74", "confidence": "5", "note": "Second rehearsal.", "idempotency_key": "one"}


def test_one_screen_holds_everything_owed_and_opens_the_first(as_person: As) -> None:
    page = as_person("jun").open("/check-in").get_data(as_text=True)
    assert page.count("novalidate data-check-in") == 1
    assert "Services with a rehearsed runbook" in page
    assert "Will it reach 30 by" in page


def test_skipping_opens_the_next(as_person: As) -> None:
    page = as_person("jun").open("/check-in?key_result=k-runbook").get_data(as_text=True)
    assert 'action="/key-results/k-runbook/check-in?back=check-in"' in page


def test_a_form_brings_the_key_that_it_was_shown_with(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    jun.send("/key-results/k-restore/check-in", SAID)
    jun.send("/key-results/k-restore/check-in", SAID)
    assert [entry.note for entry in company.check_ins["k-restore"]].count("Second rehearsal.") == 1


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"value": "a lot"}, "value", "Write a number"),
        ({"value": ""}, "value", "Say where it stands now."),
        ({"value": "inf"}, "value", "Write a number"),
        ({"confidence": ""}, "confidence", "Choose low, fair or high."),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    as_person: As, company: Store, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = as_person("jun").send("/key-results/k-restore/check-in?back=today", {**SAID, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="f-k-restore-{field}-error"' in page
    assert "Second rehearsal." in page
    assert 'name="idempotency_key" value="one"' in page
    assert len(company.check_ins["k-restore"]) == 3


@pytest.mark.parametrize("back", ["today", "check-in", "key-result"])
def test_a_missing_confidence_is_said_once_beside_its_field(as_person: As, back: str) -> None:
    answer = as_person("jun").send(f"/key-results/k-restore/check-in?back={back}", {**SAID, "confidence": ""})
    page = answer.get_data(as_text=True)
    assert page.count("Choose low, fair or high.") == 1
    assert page.index("f-k-restore-confidence-error") < page.index("Choose low, fair or high.")
    assert '<a href="#f-k-restore-confidence">one field needs attention</a>' in page


def test_the_hint_says_what_is_chosen_and_what_was(as_person: As) -> None:
    jun = as_person("jun")
    begun = jun.open("/check-in").get_data(as_text=True)
    assert "<span data-chosen></span>You said low (3) last time." in begun
    again = jun.send("/key-results/k-restore/check-in", {**SAID, "confidence": "8", "value": "many"})
    page = again.get_data(as_text=True)
    assert "<span data-chosen>High (8). </span>You said low (3) last time." in page


def test_a_refusal_of_the_service_is_shown_at_its_field(as_person: As, company: Store) -> None:
    company.refusal = Unprocessable(errors=[FieldError("/value", "Done or not is 1 or 0.")])
    page = as_person("jun").send("/key-results/k-restore/check-in", SAID).get_data(as_text=True)
    assert "Done or not is 1 or 0." in page


def test_an_unknown_outcome_says_so_and_keeps_the_key(as_person: As, company: Store) -> None:
    company.refusal = Unavailable()
    jun = as_person("jun")
    answer = jun.send("/key-results/k-restore/check-in", SAID)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert UNKNOWN.split(";")[1] in page
    assert 'name="idempotency_key" value="one"' in page
    assert "Checked in:" in jun.send("/key-results/k-restore/check-in", SAID).get_data(as_text=True)


def test_a_closed_cycle_is_said_and_nothing_is_lost(as_person: As, company: Store) -> None:
    company.refusal = Conflict("The cycle is closed.")
    answer = as_person("jun").send("/key-results/k-restore/check-in", SAID)
    assert answer.status_code == 409
    assert "The cycle is closed." in answer.get_data(as_text=True)
    assert "Second rehearsal." in answer.get_data(as_text=True)


def test_a_boolean_is_done_or_not_yet(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    assert "Is it done?" in jun.open("/check-in?key_result=k-drill").get_data(as_text=True)
    jun.send("/key-results/k-drill/check-in", {"value": "1", "confidence": "8", "idempotency_key": "two"})
    assert company.check_ins["k-drill"][-1].value == 1


def test_an_undo_takes_the_check_in_back(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    jun.send("/key-results/k-restore/check-in", SAID)
    answer = jun.send("/check-ins/new-3/undo?then=/check-in")
    assert path_of(answer) == "/check-in"
    assert "Undone." in answer.get_data(as_text=True)
    assert company.check_ins["k-restore"][-1].withdrawn


def test_an_undo_that_comes_too_late_says_what_to_do_instead(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    jun.send("/key-results/k-restore/check-in", SAID)
    company.refusal = Conflict()
    assert "Revise it in the history" in jun.send("/check-ins/new-3/undo").get_data(as_text=True)


def test_an_undo_leads_nowhere_else(as_person: As) -> None:
    jun = as_person("jun")
    jun.send("/key-results/k-restore/check-in", SAID)
    answer = jun.send("/check-ins/new-3/undo?then=//elsewhere.example/", follow=False)
    assert answer.headers["Location"] == "/"


def test_a_form_of_another_site_is_refused(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    jun.token = "made up"
    assert jun.send("/key-results/k-restore/check-in", SAID).status_code == 403
    assert len(company.check_ins["k-restore"]) == 3


def test_somebody_elses_key_result_cannot_be_opened(as_person: As) -> None:
    assert as_person("odo").open("/check-in?key_result=k-restore").status_code == 403


def test_what_is_not_owed_can_be_checked_in_all_the_same(as_person: As, company: Store) -> None:
    company.owed["jun"] = ()
    page = as_person("jun").open("/check-in?key_result=k-restore").get_data(as_text=True)
    assert 'action="/key-results/k-restore/check-in?back=check-in"' in page


def test_a_check_in_for_another_day_speaks_of_that_day_and_one_for_today_of_now(
    as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    record = MemoryCheckIns.record

    def listen(
        checkins: MemoryCheckIns, key_result_id: str, fields: Fields, idempotency_key: str
    ) -> okr.CheckIn:
        said.append(fields.get("as_of"))
        return record(checkins, key_result_id, fields, idempotency_key)

    monkeypatch.setattr(MemoryCheckIns, "record", listen)
    jun = as_person("jun")
    today = re.findall(r'max="([0-9-]{10})"', jun.open("/check-in").get_data(as_text=True))[0]
    before = (date.fromisoformat(today) - timedelta(days=2)).isoformat()
    for day in (before, today, ""):
        key = {"idempotency_key": f"key {day}", "as_of": day}
        jun.send("/key-results/k-restore/check-in", {**SAID, **key})
    assert said == [f"{before}T12:00:00+00:00", None, None]


NOW = datetime(2031, 11, 18, 20, tzinfo=UTC)


def as_of_sent(
    company: Store,
    monkeypatch: pytest.MonkeyPatch,
    day: str,
    *,
    now: datetime = NOW,
    organisation: str = "UTC",
) -> object:
    """The moment that the service is told, where a check-in of this organisation is for that day."""
    company.organisation = replace(company.organisation, time_zone=organisation)
    told: list[Fields] = []

    def listen(_checkins: MemoryCheckIns, _id: str, fields: Fields, _key: str) -> okr.CheckIn:
        told.append(fields)
        return company.check_ins["k-restore"][-1]

    monkeypatch.setattr(MemoryCheckIns, "record", listen)
    acting = services(company, "jun")
    typed = {**SAID, "as_of": day}
    record_check_in(acting, acting.goals.key_result("k-restore"), typed, "one", now=now)
    return told[0].get("as_of")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Auckland", "2031-11-17T12:00:00+13:00"),
        ("Europe/Lisbon", "2031-11-17T12:00:00+00:00"),
        ("America/Los_Angeles", "2031-11-17T12:00:00-08:00"),
    ],
)
def test_a_check_in_for_a_day_before_speaks_of_noon_where_the_organisation_is(
    company: Store, monkeypatch: pytest.MonkeyPatch, zone: str, moment: str
) -> None:
    assert as_of_sent(company, monkeypatch, "2031-11-17", organisation=zone) == moment


def test_a_day_before_whose_noon_is_still_to_come_at_the_organisation_is_now(
    company: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = datetime(2031, 11, 18, 0, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert as_of_sent(company, monkeypatch, "2031-11-17", now=early) is None
    assert as_of_sent(company, monkeypatch, "2031-11-16", now=early) == "2031-11-16T12:00:00+00:00"


def test_a_day_to_come_is_left_to_the_service_to_refuse(
    company: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert as_of_sent(company, monkeypatch, "2031-11-20") == "2031-11-20T12:00:00+00:00"


def laid(browser: Browser, *names: str) -> str:
    """The page after checking in on these."""
    for name in names:
        said = {"value": "1", "confidence": "8", "idempotency_key": name}
        page = browser.send(f"/key-results/{name}/check-in?back=check-in", said).get_data(as_text=True)
    return page


def test_the_page_counts_what_was_stored_and_no_copy_of_it(
    as_person: As, company: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goals has not heard of any check-in yet."""
    lagging = dict(company.key_results)
    monkeypatch.setattr(MemoryGoals, "key_results", lambda *_: okr.Page(items=tuple(lagging.values())))
    jun = as_person("jun")
    assert "<h1>1 of 3 done</h1>" in laid(jun, "k-restore")
    assert "<h1>2 of 3 done</h1>" in laid(jun, "k-runbook")
    assert "<h1>All three done. Thank you, Jun</h1>" in laid(jun, "k-drill")


def test_the_last_one_ends_at_a_cairn_with_what_was_done_and_wins(as_person: As, company: Store) -> None:
    company.next_check_in_on = date(2099, 11, 25)
    company.key_results["k-win"] = replace(
        company.key_results["k-runbook"],
        id="k-win",
        title="All customers certified",
        status="achieved",
        as_of=datetime(2031, 11, 13, tzinfo=UTC),
    )
    page = laid(as_person("jun"), "k-restore", "k-runbook", "k-drill")
    assert 'class="big-cairn"' in page
    assert "Your next check-in is on 25 Nov" in page
    assert "Nothing due" not in page
    assert "<bdi>All customers certified</bdi>." in page
    assert "<b>14 of 18 done.</b>" in page
    assert 'href="/key-results/k-restore/check-ins/new-3"' in page
    assert "1\u00a0min, was 78" in page


def test_an_undo_takes_the_end_back(as_person: As) -> None:
    jun = as_person("jun")
    page = laid(jun, "k-restore", "k-runbook", "k-drill")
    address = re.findall(r'action="(/check-ins/[^"]+/undo\?then=[^"]*)"', page)[0]
    page = jun.send(address).get_data(as_text=True)
    assert "<h1>2 of 3 done</h1>" in page
    assert 'class="big-cairn"' not in page


def test_every_part_that_lists_check_ins_hears_of_an_undo(as_person: As) -> None:
    """What is done is named too, so that a page that counts it is drawn anew."""
    jun = as_person("jun")
    laid(jun, "k-restore")
    for path, part in (("/check-in", "check-in-list"), ("/check-in", "check-in-head"), ("/", "owed")):
        page = jun.open(path).get_data(as_text=True)
        live = re.findall(rf'id="{part}" data-live="([^"]*)"', page)
        assert set(live[0].split()) == {"k-restore", "k-runbook", "k-drill"}, part


def test_what_is_due_later_this_week_stands_apart(as_person: As, company: Store) -> None:
    *due, later = company.owed["jun"]
    company.owed["jun"], company.later = tuple(due), (later,)
    jun = as_person("jun")
    for path in ("/", "/check-in"):
        page = jun.open(path).get_data(as_text=True)
        assert "Two check-ins" in page
        assert page.index("Later this week") > page.index(due[-1].key_result.title)
        assert page.index("Later this week") < page.index(f'id="owed-{later.key_result.id}"')


def test_the_badge_counts_what_is_due_and_no_more(as_person: As, company: Store) -> None:
    *due, later = company.owed["jun"]
    company.owed["jun"], company.later = tuple(due), (later,)
    jun = as_person("jun")
    for path in ("/", "/check-in", "/okrs", "/settings"):
        page = jun.open(path).get_data(as_text=True)
        assert '<span class="sr">due: </span>2</span>' in page, path


@pytest.mark.parametrize("due", [True, False])
def test_all_pages_believe_the_service_about_what_is_due(as_person: As, company: Store, *, due: bool) -> None:
    """Whatever day stands in the key result's copy."""
    for day in (date(2000, 1, 3), date(2099, 1, 5)):
        known = replace(company.key_results["k-restore"], next_check_in_on=day, check_in_due=due)
        company.key_results["k-restore"] = known
        company.owed["jun"] = (okr.Owed(key_result=known, due_on=day),) if due else ()
        jun = as_person("jun")
        assert ('id="owed-k-restore"' in jun.open("/").get_data(as_text=True)) == due
        assert ('class="sheet cif"' in jun.open("/check-in").get_data(as_text=True)) == due
        page = jun.open("/key-results/k-restore").get_data(as_text=True)
        assert ('<span class="stone owed"></span>' in page) == due, day
        assert ('<span class="sr">due: </span>1</span>' in page) == due


def test_a_page_after_a_write_counts_anew_and_others_may_remember(
    as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def count(_checkins: MemoryCheckIns, *, fresh: bool = False) -> int:
        asked.append(fresh)
        return 0

    monkeypatch.setattr(MemoryCheckIns, "due_count", count)
    jun = as_person("jun")
    jun.open("/key-results/k-restore")
    jun.send("/key-results/k-restore/check-in?back=key-result", SAID)
    jun.open("/key-results/k-restore")
    assert asked == [False, False, True, False]
