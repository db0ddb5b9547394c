"""Objectives: their page, drafting, changing, aligning, following, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.chassis.problems import Conflict, FieldError, Unavailable, Unprocessable
from services.gateway.domain import okr
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
TYPED = {
    "title": "Recover before anybody notices",
    "why": "They renew in spring.",
    "visibility": "organisation",
    "owner_id": "jun",
    "team_id": "ops",
    "parent": "objective:o-trust",
    "weight": "2",
    "rev": "2",
}


def test_the_weakest_is_named_under_the_bar(as_person: As) -> None:
    page = as_person("jun").open("/objectives/o-trust").get_data(as_text=True)
    assert 'Weakest 26%: <a class="a" href="/key-results/k-restore">' in page


def test_an_average_on_track_does_not_hide_a_key_result_at_risk(as_person: As) -> None:
    page = as_person("jun").open("/objectives/o-trust").get_data(as_text=True)
    assert "On average on track, but one key result is at risk." in page


def test_whoever_carries_it_is_listed_with_their_sentence(as_person: As) -> None:
    page = as_person("jun").open("/objectives/o-trust").get_data(as_text=True)
    assert "Platform Operations: Rehearsed runbooks." in page


def test_crumbs_lead_up(as_person: As) -> None:
    page = as_person("jun").open("/objectives/o-recover").get_data(as_text=True)
    assert '<a href="/okrs?cycle=now">Q4</a>' in page
    assert '<a href="/objectives/o-trust">' in page


def test_buttons_are_offered_to_those_who_may(as_person: As) -> None:
    assert "/objectives/o-recover/edit" in as_person("jun").open("/objectives/o-recover").get_data(
        as_text=True
    )
    assert "/objectives/o-recover/edit" not in as_person("odo").open("/objectives/o-recover").get_data(
        as_text=True
    )


def test_following_and_no_longer_following(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    jun.send("/objectives/o-trust/follow", {"follow": "yes"})
    assert "jun" in company.objectives["o-trust"].follower_ids
    jun.send("/objectives/o-trust/follow", {"follow": "no"})
    assert "jun" not in company.objectives["o-trust"].follower_ids


def test_a_draft_is_stored_and_leads_to_its_page(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    page = jun.open("/objectives/new").get_data(as_text=True)
    assert 'name="idempotency_key"' in page
    typed = {**TYPED, "level": "team", "cycle_id": "now", "idempotency_key": "one"}
    answer = jun.send("/objectives/new", typed)
    assert path_of(answer) == "/objectives/o-new"
    made = company.objectives["o-new"]
    assert (made.level, made.team_id, made.weight) == ("team", "ops", 2)
    assert made.parent is not None
    assert made.parent.id == "o-trust"


@pytest.mark.parametrize(("person", "offered"), [("odo", ["call"]), ("jun", ["ops", "call"])])
def test_a_draft_offers_the_teams_that_one_may_choose(as_person: As, person: str, offered: list[str]) -> None:
    page = as_person(person).open("/objectives/new").get_data(as_text=True)
    _, _, field = page.partition('name="team_id"')
    assert re.findall(r'<option value="(\w+)"', field.partition("</select>")[0]) == offered


LEVEL = re.compile(r'<input type="(\w+)" name="level"[^>]* value="(\w+)"( checked)?')


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ("wanjiru", [("hidden", "person", "")]),
        ("odo", [("radio", "team", " checked"), ("radio", "person", "")]),
        ("ines", [("radio", "company", ""), ("radio", "team", ""), ("radio", "person", " checked")]),
    ],
)
def test_a_draft_offers_the_levels_that_one_may_choose(
    as_person: As, person: str, offered: list[tuple[str, str, str]]
) -> None:
    page = as_person(person).open("/objectives/new").get_data(as_text=True)
    assert LEVEL.findall(page) == offered


def test_who_may_only_look_is_offered_no_draft(as_person: As, company: Store) -> None:
    company.people["odo"] = replace(company.people["odo"], role="viewer")
    odo = as_person("odo")
    assert "/objectives/new" not in odo.open("/objectives/o-trust").get_data(as_text=True)
    company.objectives.clear()
    company.key_results.clear()
    assert "/objectives/new" not in odo.open("/").get_data(as_text=True)
    assert "/objectives/new" in as_person("jun").open("/").get_data(as_text=True)
    # Whoever types the address finds no team there either, though odo leads one.
    assert LEVEL.findall(odo.open("/objectives/new").get_data(as_text=True)) == [("hidden", "person", "")]


def test_a_draft_without_a_title_keeps_the_rest(as_person: As, company: Store) -> None:
    typed = {**TYPED, "title": " ", "level": "team", "cycle_id": "now", "idempotency_key": "one"}
    answer = as_person("jun").send("/objectives/new", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Say what will be true for whom." in page
    assert "They renew in spring." in page
    assert "o-new" not in company.objectives


def test_a_change_is_stored(as_person: As, company: Store) -> None:
    answer = as_person("jun").send("/objectives/o-recover/edit", TYPED)
    assert path_of(answer) == "/objectives/o-recover"
    assert company.objectives["o-recover"].title == "Recover before anybody notices"


def test_a_change_that_somebody_overtook_shows_both_and_can_be_sent_again(as_person: As) -> None:
    jun = as_person("jun")
    answer = jun.send("/objectives/o-recover/edit", {**TYPED, "rev": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "while you were editing it. Nothing of yours is lost." in page
    assert 'name="title" value="Recover before anybody notices"' in page
    assert 'name="title" value="Recover before customers notice"' in page
    assert 'name="rev" value="2"' in page
    assert jun.send("/objectives/o-recover/edit", TYPED).status_code == 200


def test_what_the_service_refuses_stands_at_its_field(as_person: As, company: Store) -> None:
    company.refusal = Unprocessable(errors=[FieldError("/title", "At most 200 characters.")])
    page = as_person("jun").send("/objectives/o-recover/edit", TYPED).get_data(as_text=True)
    assert 'id="f-title-error"' in page
    assert 'name="rev" value="2"' in page


def test_an_unknown_outcome_keeps_everything(as_person: As, company: Store) -> None:
    company.refusal = Unavailable()
    answer = as_person("jun").send("/objectives/o-recover/edit", TYPED)
    assert answer.status_code == 503
    assert "it will not count twice" in answer.get_data(as_text=True)
    assert "Recover before anybody notices" in answer.get_data(as_text=True)


def test_aligning_beneath_itself_is_refused_at_the_picker(as_person: As) -> None:
    typed = {"parent": "objective:o-recover", "contribution": "", "rev": "2"}
    answer = as_person("jun").send("/objectives/o-recover/align", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This would put the objective beneath itself. Choose another parent." in page
    assert 'id="f-parent-error"' in page


def test_aligning_moves_it_and_says_how_it_contributes(as_person: As, company: Store) -> None:
    typed = {"parent": "key_result:k-restore", "contribution": "Most of the minutes we lose.", "rev": "2"}
    as_person("jun").send("/objectives/o-recover/align", typed)
    moved = company.objectives["o-recover"]
    assert moved.parent is not None
    assert (moved.parent.kind, moved.contribution) == ("key_result", "Most of the minutes we lose.")


def test_the_picker_finds_by_words_and_never_offers_the_objective_itself(as_person: As) -> None:
    found = (
        as_person("jun")
        .open("/objectives/parents?cycle_id=now&but=o-recover&parent_words=RE")
        .get_data(as_text=True)
    )
    assert "Median time to restore service" in found
    assert "Recover before customers notice" not in found
    assert "<html" not in found


def test_the_picker_never_offers_what_hangs_below_the_objective(as_person: As) -> None:
    page = as_person("ines").open("/objectives/o-trust/edit").get_data(as_text=True)
    _, _, offered = page.partition('id="parents"')
    assert "Recover before customers notice" not in offered
    assert "Services with a rehearsed runbook" not in offered


@pytest.mark.parametrize(
    "path",
    [
        "/objectives/o-recover/edit",
        "/objectives/o-recover/align",
        "/objectives/o-recover/key-results/new",
        "/key-results/k-runbook/edit",
    ],
)
def test_a_form_whose_saving_would_be_refused_is_not_shown(as_person: As, path: str) -> None:
    assert as_person("jun").open(path).status_code == 200
    answer = as_person("odo").open(path)
    assert answer.status_code == 403
    assert "This isn&#39;t yours to change" in answer.get_data(as_text=True)


def test_whoever_carries_it_shows_how_their_weakest_stands(as_person: As) -> None:
    page = as_person("jun").open("/objectives/o-trust").get_data(as_text=True)
    _, _, kid = page.partition('id="kid-o-recover"')
    assert '<svg data-s="awaiting_first_check_in"' in kid.partition("</article>")[0]


def test_the_form_of_an_objective_is_shown_also_where_its_cycle_is_not_among_those_listed(
    as_person: As, company: Store
) -> None:
    company.cycles.clear()
    page = as_person("ines").open("/objectives/o-trust/edit")
    assert page.status_code == 200
    assert "Recover before customers notice" not in page.get_data(as_text=True).partition('id="parents"')[2]


def test_without_a_script_the_picker_is_searched_by_its_button(as_person: As, company: Store) -> None:
    typed = {**TYPED, "parent_words": "restore", "find": "yes"}
    answer = as_person("jun").send("/objectives/o-recover/edit", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Median time to restore service" in page
    assert "Recover before anybody notices" in page
    assert company.objectives["o-recover"].rev == 2


def test_deleting_what_still_has_children_says_what_to_do(as_person: As, company: Store) -> None:
    company.refusal = Conflict("Two objectives hang beneath it. Move them first.")
    page = as_person("ines").send("/objectives/o-trust/delete", {"rev": "4"}).get_data(as_text=True)
    assert "Two objectives hang beneath it. Move them first." in page
    assert "o-trust" in company.objectives


def test_deleting_leads_to_the_tree(as_person: As, company: Store) -> None:
    answer = as_person("jun").send("/objectives/o-recover/delete", {"rev": "2"})
    assert path_of(answer) == "/okrs"
    assert "o-recover" not in company.objectives


def test_what_one_may_not_see_is_not_there(as_person: As) -> None:
    answer = as_person("jun").open("/objectives/somebody-elses")
    assert answer.status_code == 404
    assert "This page isn" in answer.get_data(as_text=True)


def test_a_weakest_that_one_may_not_see_leaves_the_page_standing(as_person: As, company: Store) -> None:
    weakest = okr.Weakest(key_result_id="private", progress=0.1)
    company.objectives["o-recover"] = replace(company.objectives["o-recover"], weakest=weakest)
    assert as_person("jun").open("/objectives/o-recover").status_code == 200


def test_a_form_that_comes_back_keeps_the_ruler_round_it(as_person: As) -> None:
    page = as_person("jun").send("/objectives/o-recover/edit", {**TYPED, "title": ""}).get_data(as_text=True)
    assert '<svg class="ruler"' in page


def test_a_line_break_in_a_title_becomes_a_space(as_person: As, company: Store) -> None:
    typed = {**TYPED, "title": "Recover before\r\nanybody notices"}
    as_person("jun").send("/objectives/o-recover/edit", typed)
    assert company.objectives["o-recover"].title == "Recover before anybody notices"
