"""A new company: five steps lead from an empty platform to the first check-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.chassis.problems import FieldError, Unavailable, Unprocessable
from services.gateway.domain import okr
from services.gateway.web.choices import preferred_locale
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')
PASTED = "Jun Alder <jun.alder@new.example>\nwanjiru.moss@new.example, odo@new.example"


@pytest.fixture
def empty(company: Store) -> Store:
    """The company on its first day: nobody but Ines, who set it up."""
    ines = company.people["ines"]
    company.cycles.clear()
    for things in (company.people, company.teams, company.objectives, company.key_results, company.owed):
        things.clear()
    company.people["ines"] = ines
    return company


@pytest.fixture
def ines(empty: Store, as_person: As) -> Browser:
    assert empty.people
    return as_person("ines")


def page(browser: Browser, path: str) -> str:
    return browser.open(path).get_data(as_text=True)


def send(browser: Browser, step: str, **typed: str) -> str:
    """Fill in the form of a step as it is shown, with this typed over it; the page that follows."""
    shown = page(browser, f"/first-steps/{step}")
    values = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', shown))
    return browser.send(f"/first-steps/{step}", {**values, **typed}).get_data(as_text=True)


def test_today_leads_an_admin_to_the_next_step(ines: Browser) -> None:
    today = page(ines, "/")
    assert "Set up in five steps" in today
    assert "1 of 5" in today
    assert 'href="/first-steps"' in today
    assert "An admin opens the first one" not in today


def test_a_member_is_led_nowhere_they_may_not_go(as_person: As, empty: Store, company: Store) -> None:
    company.people["jun"] = okr.Person(id="jun", name="Jun", email="jun@new.example", role="member")
    jun = as_person("jun")
    assert "Set up in five steps" not in page(jun, "/")
    for path in ("/first-steps", "/first-steps/cycle"):
        assert jun.open(path).status_code == 403
    for step in ("company", "cycle", "team", "people", "objective", "cycle/skip"):
        assert jun.send(f"/first-steps/{step}").status_code == 403
    assert not empty.cycles


def test_five_steps_make_a_company(ines: Browser, empty: Store) -> None:
    send(ines, "company", time_zone="Europe/Lisbon", locale="de")
    assert (empty.organisation.time_zone, empty.organisation.locale) == ("Europe/Lisbon", "de")
    shown = send(ines, "cycle")
    assert re.fullmatch(r"Q[1-4] \d{4}", empty.cycles[0].name)
    assert "Step 3 of 5" in shown
    send(ines, "team", name="Platform")
    (team,) = empty.teams.values()
    assert (team.name, team.lead_id, list(team.member_ids)) == ("Platform", "ines", ["ines"])
    send(ines, "people", people=PASTED, team_id=team.id, role="member")
    assert {person.name for person in empty.people.values()} >= {"Jun Alder", "Wanjiru Moss", "Odo"}
    assert set(empty.teams[team.id].member_ids) == set(empty.people)
    shown = send(
        ines,
        "objective",
        title="Nights are quiet",
        key_result_title="Calls",
        start="12",
        target="2",
        unit="calls",
    )
    assert [known.title for known in empty.key_results.values()] == ["Calls"]
    assert "Go to Today" in shown
    assert "Set up in five steps" not in page(ines, "/")


def test_each_step_can_be_skipped_and_done_later(ines: Browser, empty: Store) -> None:
    for step in ("cycle", "team", "people", "objective"):
        assert path_of(ines.send(f"/first-steps/{step}/skip")) == "/first-steps"
    assert "Go to Today" in page(ines, "/first-steps")
    today = page(ines, "/")
    assert "Set up in five steps" not in today
    assert 'href="/first-steps/cycle"' in today  # the page without a cycle is still no dead end
    assert "Step 3 of 5" in page(ines, "/first-steps/team")
    send(ines, "team", name="Platform")
    assert empty.teams


def test_what_was_skipped_is_resumed_from_admin(ines: Browser, empty: Store) -> None:
    for step in ("cycle", "team", "people", "objective"):
        ines.send(f"/first-steps/{step}/skip")
    link = 'href="/first-steps">Continue</a>'
    assert link in page(ines, "/admin")
    assert "1 of 5 done" in page(ines, "/admin")
    send(ines, "team", name="Platform")
    assert empty.teams
    assert "2 of 5 done" in page(ines, "/admin")


def test_the_same_paste_twice_invites_nobody_twice(ines: Browser, empty: Store) -> None:
    send(ines, "people", people=PASTED)
    count = len(empty.people)
    shown = send(ines, "people", people=PASTED.upper())
    assert len(empty.people) == count
    assert "Nobody new was in the list." in shown


def test_what_is_said_of_many_people_fits_into_a_cookie(ines: Browser, empty: Store) -> None:
    typed = "\n".join(f"{'long-local-part-' * 3}{number}@new.example" for number in range(100))
    send(ines, "people", people=typed)
    assert len(empty.people) == 101
    shown = send(ines, "people", people=typed)
    assert "Nobody new was in the list." in shown
    assert "and 95 more: here already." in shown


def test_mistakes_are_told_by_line_and_nothing_is_lost(ines: Browser, empty: Store) -> None:
    typed = f"{PASTED}\nnobody\n<b>x@"
    shown = send(ines, "people", people=typed)
    assert len(empty.people) == 1
    assert "Nobody is invited yet: 2 lines need a change." in shown
    assert "Line 3: " in shown
    assert "Line 4: " in shown
    assert "nobody\n&lt;b&gt;x@</textarea>" in shown
    assert "<b>x@" not in shown


def test_who_goals_refuses_is_told_by_line(ines: Browser, empty: Store) -> None:
    empty.refusal = Unprocessable(errors=[FieldError("/name", "Use at least one visible character.")])
    shown = send(ines, "people", people="odo@new.example")
    assert "Line 1: " in shown
    assert "Use at least one visible character." in shown


def test_one_refused_line_holds_up_no_other(ines: Browser, empty: Store) -> None:
    empty.refusal = Unprocessable(errors=[FieldError("/name", "Use at least one visible character.")])
    shown = send(ines, "people", people="odo@new.example\nteo@new.example")
    assert "1 person is invited; 1 line needs a change." in shown
    assert "Line 1: " in shown
    assert "odo@new.example\nteo@new.example</textarea>" in shown
    assert {person.email for person in empty.people.values()} >= {"teo@new.example"}


def test_an_outage_keeps_what_was_typed(ines: Browser, empty: Store) -> None:
    empty.refusal = Unavailable("away")
    assert "odo@new.example</textarea>" in send(ines, "people", people="odo@new.example")
    assert len(empty.people) == 1


def test_an_objective_is_not_stored_without_its_key_result(ines: Browser, empty: Store) -> None:
    send(ines, "cycle")
    shown = send(ines, "objective", title="Nights are quiet", key_result_title="Calls", start="2", target="2")
    assert "Change one." in shown
    assert "Nights are quiet</textarea>" in shown
    assert not empty.objectives


def test_an_objective_waits_for_a_cycle(ines: Browser) -> None:
    shown = page(ines, "/first-steps/objective")
    assert "An objective belongs to a cycle." in shown
    assert "Step 2 of 5" in shown


def test_a_first_visit_leads_to_the_first_check_in(as_person: As, company: Store) -> None:
    for key_result_id, known in list(company.key_results.items()):
        company.key_results[key_result_id] = replace(known, as_of=None, status="awaiting_first_check_in")
    company.owed.clear()
    shown = page(as_person("jun"), "/")
    assert "Your first check-in" in shown
    assert re.search(r'href="/key-results/[\w-]+#check-in"', shown)


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        (["de-AT", "de"], "de-AT"),
        (["de-LU"], "de"),
        (["xx", "da"], "da"),
        (["EN-us"], "en-US"),
        (["xx"], "en"),
        ([], "en"),
    ],
)
def test_the_language_is_the_browsers(languages: list[str], chosen: str) -> None:
    assert preferred_locale(languages) == chosen


OBJECTIVE = {"title": "Nights are quiet", "key_result_title": "Calls", "start": "12", "target": "2"}


@pytest.mark.parametrize(
    ("step", "first", "then"),
    [
        ("cycle", {}, {"name": "Autumn"}),
        ("team", {"name": "Platform"}, {"name": "Platform Operations"}),
        ("objective", OBJECTIVE, {"title": "Nights and weekends are quiet"}),
        ("objective", OBJECTIVE, {"key_result_title": "Calls at night"}),
    ],
)
def test_other_text_after_a_lost_answer_is_offered_as_an_edit(
    ines: Browser, empty: Store, step: str, first: dict[str, str], then: dict[str, str]
) -> None:
    if step == "objective":
        send(ines, "cycle")
    shown = page(ines, f"/first-steps/{step}")
    form = {**dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', shown)), **first}
    assert ines.send(f"/first-steps/{step}", form).status_code == 200
    count = (len(empty.cycles), len(empty.teams), len(empty.objectives), len(empty.key_results))
    again = ines.send(f"/first-steps/{step}", {**form, **then}).get_data(as_text=True)
    assert "This was saved already" in again
    assert all(text in again for text in then.values())
    assert count == (len(empty.cycles), len(empty.teams), len(empty.objectives), len(empty.key_results))
