"""The tree of a cycle, filtered by what stands in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import TreeQuery
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import MemoryGoals, Store

As = Callable[[str], Browser]


def rows(page: str) -> list[str]:
    return re.findall(r'<tr class="[ok]\d" id="row-([\w-]+)"', page)


def test_rows_stand_below_what_they_belong_to(as_person: As) -> None:
    page = as_person("jun").open("/okrs?open=all").get_data(as_text=True)
    assert rows(page) == ["o-trust", "k-restore", "k-available", "o-recover", "k-runbook", "k-drill"]


def toggles(page: str) -> list[tuple[str, str]]:
    """Where a row's rows are shown or hidden: the address, and whether they are shown."""
    found = re.findall(r'class="tw" (?:href="([^"]*)" role|type)="button"[^>]* aria-expanded="(\w+)"', page)
    return [(address.replace("&amp;", "&"), state) for address, state in found]


def test_a_first_visit_shows_what_is_directly_below_the_top(as_person: As) -> None:
    page = as_person("jun").open("/okrs").get_data(as_text=True)
    assert rows(page) == ["o-trust", "k-restore", "k-available", "o-recover"]
    assert toggles(page) == [
        ("/okrs?collapsed=o-trust#row-o-trust", "true"),
        ("/okrs?open=o-trust,o-recover#row-o-recover", "false"),
    ]
    assert "data-remember" in page


def test_links_expand_and_collapse_without_a_script(as_person: As) -> None:
    jun = as_person("jun")
    page = jun.open("/okrs?open=o-trust,o-recover").get_data(as_text=True)
    assert rows(page)[-2:] == ["k-runbook", "k-drill"]
    assert toggles(page)[-1] == ("/okrs?open=o-trust#row-o-recover", "true")
    assert rows(jun.open("/okrs?collapsed=o-trust").get_data(as_text=True)) == ["o-trust"]


def test_the_rows_below_one_are_fetched_alone(as_person: As) -> None:
    jun = as_person("jun")
    part = jun.open("/okrs/o-recover/rows?depth=1").get_data(as_text=True)
    assert part.startswith('<tr class="k2" id="row-k-runbook" data-d="2"')
    assert rows(part) == ["k-runbook", "k-drill"]
    assert jun.open("/okrs/nowhere/rows").status_code == 404
    for depth in ("-1", "7e9", "x", "99999"):
        assert jun.open(f"/okrs/o-recover/rows?depth={depth}").status_code == 200


def test_what_stands_in_the_address_is_never_trusted(as_person: As) -> None:
    long = ",".join(f"x{number}" for number in range(500))
    for ids in (long, "a,,b", "%00", "$where", "all,all", "x" * 200):
        page = as_person("jun").open(f"/okrs?open={ids}&collapsed={ids}")
        assert page.status_code == 200


def test_a_filtered_tree_shows_every_match_expanded(as_person: As) -> None:
    page = as_person("jun").open("/okrs?show=mine").get_data(as_text=True)
    assert toggles(page) == [("", "true"), ("", "true")]
    assert "data-remember" not in page


def test_an_objective_shows_the_next_check_in_below_it(as_person: As) -> None:
    page = as_person("jun").open("/okrs").get_data(as_text=True)
    row = page[page.index('id="row-o-recover"') : page.index("</tbody>")]
    assert "<b>Today</b>" in row


def test_the_weakest_mark_has_the_colour_of_its_key_result(as_person: As) -> None:
    page = as_person("jun").open("/okrs").get_data(as_text=True)
    row = page[page.index('id="row-o-trust"') : page.index('id="row-k-restore"')]
    assert 'class="weak" data-s="at_risk"' in row


def test_chips_count_and_toggle_in_the_address(as_person: As) -> None:
    jun = as_person("jun")
    assert 'href="/okrs?status=at_risk"' in jun.open("/okrs").get_data(as_text=True)
    page = jun.open("/okrs?status=at_risk").get_data(as_text=True)
    assert rows(page) == ["o-trust", "k-restore"]
    assert 'href="/okrs?status=at_risk,behind"' in page
    assert 'href="/okrs" aria-current="true"' in page


def test_a_year_is_listed_beside_its_quarter_not_chosen(as_person: As, company: Store) -> None:
    """They end on the same day, and the year has the smaller id."""
    now = company.cycles[0]
    begins = now.starts_on - timedelta(days=99)
    company.cycles.append(replace(now, id="a-year", name="The year", starts_on=begins))
    jun = as_person("jun")
    for path in ("/", "/okrs", "/check-in", "/objectives/new", "/settings"):
        page = jun.open(path).get_data(as_text=True)
        assert '<span class="sr">Cycle </span><b>Q4</b>' in page, path
        assert "?cycle=a-year" in page, path
    chosen = jun.open("/okrs?cycle=a-year").get_data(as_text=True)
    assert '<span class="sr">Cycle </span><b>The year</b>' in chosen


def test_a_filter_that_matches_nothing_says_so_and_clears(as_person: As, company: Store) -> None:
    company.objectives.clear()
    page = as_person("jun").open("/okrs?status=stale&team=ops").get_data(as_text=True)
    assert "Nothing matches these filters" in page
    assert "Stale, in Platform Operations." in page


def test_a_closed_cycle_can_be_read_and_offers_no_new_objective(as_person: As) -> None:
    page = as_person("jun").open("/okrs?cycle=before").get_data(as_text=True)
    assert "Q3 is closed." in page
    assert "/objectives/new" not in page


def test_choosing_a_cycle_elsewhere_leads_to_its_okrs(as_person: As) -> None:
    assert path_of(as_person("jun").open("/?cycle=before")) == "/okrs"


def test_an_unknown_status_in_the_address_is_ignored(as_person: As) -> None:
    assert as_person("jun").open("/okrs?status=%7B%22%24gt%22%3A1%7D").status_code == 200


def test_one_page_asks_one_question(as_person: As, company: Store) -> None:
    as_person("jun").open("/okrs")
    assert company.asked == ["tree"]


def test_the_key_to_check_in_is_there_where_one_may(as_person: As) -> None:
    own = as_person("jun").open("/okrs?open=all").get_data(as_text=True)
    assert 'data-check-in="/check-in?key_result=k-runbook"' in own
    others = as_person("odo").open("/okrs?open=all").get_data(as_text=True)
    assert 'data-check-in="/check-in?key_result=k-runbook"' not in others


def test_the_foot_counts_what_is_collapsed_apart(as_person: As) -> None:
    jun = as_person("jun")
    page = jun.open("/okrs").get_data(as_text=True)
    assert "4 shown, 2 collapsed</span>." in page
    assert '<a class="a" href="/okrs?open=all">Expand all</a>' in page
    page = jun.open("/okrs?open=all").get_data(as_text=True)
    assert "6 shown</span>." in page
    assert '<a class="a" href="/okrs">Collapse</a>' in page


def test_a_row_with_more_below_leads_to_all_of_it(as_person: As, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = MemoryGoals.tree

    def cut(goals: MemoryGoals, query: TreeQuery) -> okr.Tree:
        tree = whole(goals, query)
        return replace(tree, rows=(replace(tree.rows[0], more_below=True), *tree.rows[1:]))

    monkeypatch.setattr(MemoryGoals, "tree", cut)
    page = as_person("jun").open("/okrs").get_data(as_text=True)
    assert page.count("Show all below") == 1
    assert "root=o-trust" in page


def test_a_row_written_for_one_reader_is_not_shown_to_another(as_person: As, company: Store) -> None:
    """The name, the language and what one may do are part of what is kept."""
    assert "Jun Alder" in as_person("jun").open("/okrs").get_data(as_text=True)
    company.people["jun"] = replace(company.people["jun"], name="Jun Birch")
    page = as_person("odo").open("/okrs").get_data(as_text=True)
    assert "Jun Birch" in page
    assert "Jun Alder" not in page


def test_of_very_many_people_one_looks_for_a_name(as_person: As, company: Store) -> None:
    for number in range(60):
        company.people[f"p{number}"] = okr.Person(id=f"p{number}", name=f"Fern {number}")
    jun = as_person("jun")
    page = jun.open("/objectives/new").get_data(as_text=True)
    assert 'name="owner_id_words"' in page
    assert 'value="jun" checked' in page
    found = jun.open("/people/found?name=owner_id&owner_id=jun&owner_id_words=fern 4").get_data(as_text=True)
    assert re.findall(r"<span>(.*?)</span>", found)[:3] == ["Jun Alder", "Fern 4", "Fern 40"]
    typed = {"find": "owner_id", "owner_id": "jun", "owner_id_words": "fern 7", "title": "Typed"}
    again = jun.send("/objectives/new", typed).get_data(as_text=True)
    assert "Fern 7" in again
    assert "Typed" in again
