"""The rows of the OKRs table, and what reading them costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from libs.chassis.mongo import now
from libs.chassis.web import encode_cursor
from services.goals.domain.folding import Folding
from services.goals.domain.key_result import Standing
from services.goals.domain.viewer import Viewer
from services.goals.storage.opening import ports_on
from services.goals.usecases.identify_viewer import identify_viewer
from services.goals.usecases.list_goals import list_key_results, list_objectives
from services.goals.usecases.ports import Applied, KeyResultFilter, ObjectiveFilter, Ports, Window
from services.goals.usecases.read_tree import ReadTree, read_tree
from tests.integration.goals.conftest import Company

READS = ("find", "aggregate", "count", "distinct")


class Reads(CommandListener):
    """Remembers every read."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """A command leaves."""
        if event.command_name in READS:
            kept = (
                "find",
                "aggregate",
                "count",
                "filter",
                "sort",
                "limit",
                "pipeline",
                "cursor",
                "query",
                "hint",
                "distinct",
                "key",
            )
            self.commands.append({name: value for name, value in event.command.items() if name in kept})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to remember."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to remember."""


@pytest.fixture
def reads() -> Reads:
    """What was read."""
    return Reads()


@pytest.fixture
def watched(
    mongo_url: str, company: Company, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ports]:
    """The ports on a client whose reads are remembered; a count of a cycle stays for the whole test."""
    monkeypatch.setattr("services.goals.storage.tallies.KEPT_SECONDS", 3600)
    with MongoClient[dict[str, Any]](mongo_url, tz_aware=True, event_listeners=[reads]) as client:
        yield ports_on(client[company.database.name])


def tell(company: Company, key_result_id: str, objective_id: str, status: str) -> None:
    """checkins tells how a key result stands."""
    standing = Standing(
        seq=1,
        at=now(),
        current=50,
        raw_progress=0.5,
        progress=0.5,
        expected=0.5,
        status=status,
        confidence=6,
        as_of=now(),
    )
    applied = Applied(company.organisation_id, key_result_id, objective_id, standing)
    assert ports_on(company.database).key_results.apply([applied]) == 1


def shown(tree: Any) -> list[str]:
    """Titles, indented by depth."""
    return ["." * row["depth"] + row["title"] for row in tree["items"]]


def plant(company: Company) -> dict[str, str]:
    """Two company objectives; beneath the first a team's, beneath its key result a person's."""
    cycle_id = company.cycle()
    lea = company.hire("Lea")
    team_id = company.team("Ops", lead_id=lea.person_id)
    first, second = company.objective(cycle_id, "First"), company.objective(cycle_id, "Second")
    parent = {"kind": "objective", "id": first}
    of_team = company.objective(cycle_id, "Team", level="team", team_id=team_id, parent=parent)
    carrier = company.key_result(of_team, "Carrier", owner_id=lea.person_id)
    other = company.key_result(of_team, "Other")
    lone = company.key_result(second, "Lone")
    parent = {"kind": "key_result", "id": carrier}
    personal = company.objective(cycle_id, "Personal", level="person", owner_id=lea.person_id, parent=parent)
    return {
        "cycle": cycle_id,
        "lea": lea.person_id,
        "team": team_id,
        "first": first,
        "of_team": of_team,
        "carrier": carrier,
        "other": other,
        "second": second,
        "lone": lone,
        "personal": personal,
    }


def test_each_row_stands_beneath_what_it_hangs_under(company: Company) -> None:
    ids = plant(company)
    company.settle()
    tree = company.admin.get(f"/tree?cycle_id={ids['cycle']}")
    assert shown(tree) == ["First", ".Team", "..Carrier", "...Personal", "..Other", "Second", ".Lone"]
    assert tree["teams"] == {ids["team"]: {"name": "Ops", "slug": "ops"}}
    assert tree["people"][ids["lea"]] == {"name": "Lea"}
    carrier = tree["items"][2]
    assert (carrier["kind"], carrier["measure"], carrier["parent_id"], carrier["has_children"]) == (
        "key_result",
        "metric",
        ids["of_team"],
        True,
    )


def test_a_filter_shows_what_matches_and_what_is_above_it(company: Company) -> None:
    ids = plant(company)
    tell(company, ids["other"], ids["of_team"], "at_risk")
    company.settle()
    path = f"/tree?cycle_id={ids['cycle']}"
    assert shown(company.admin.get(f"{path}&status=at_risk,behind")) == ["First", ".Team", "..Other"]
    assert shown(company.admin.get(f"{path}&status=stale")) == []
    mine = company.admin.get(f"{path}&owner_id={ids['lea']}")
    assert shown(mine) == ["First", ".Team", "..Carrier", "...Personal"]
    assert shown(company.admin.get(f"{path}&team_id={ids['team']}")) == [
        "First",
        ".Team",
        "..Carrier",
        "..Other",
    ]
    assert mine["counts"] == {"at_risk": 1, "awaiting_first_check_in": 2, "total": 3, "mine": 2}
    awaiting = company.admin.get(f"{path}&status=awaiting_first_check_in")
    assert shown(awaiting) == ["First", ".Team", "..Carrier", "Second", ".Lone"]
    company.admin.get(f"{path}&status=wonderful", 422)


def test_a_root_narrows_to_what_is_beneath_it(company: Company) -> None:
    ids = plant(company)
    path = f"/tree?cycle_id={ids['cycle']}&root={ids['of_team']}"
    assert shown(company.admin.get(path)) == ["Team", ".Carrier", "..Personal", ".Other"]
    assert shown(company.admin.get(f"{path}&owner_id={ids['lea']}")) == ["Team", ".Carrier", "..Personal"]
    company.admin.get(f"/tree?cycle_id={ids['cycle']}&root=none", 404)


def test_collapsed_rows_are_counted_and_fetched_on_demand(company: Company) -> None:
    ids = plant(company)
    for name, status in (("other", "at_risk"), ("carrier", "behind")):
        tell(company, ids[name], ids["of_team"], status)
    company.settle()
    path = f"/tree?cycle_id={ids['cycle']}"
    tree = company.admin.get(f"{path}&rows=5")
    assert shown(tree) == ["First", ".Team", "Second", ".Lone"]
    of_team = tree["items"][1]
    assert (of_team["collapsed"], of_team["rows_below"], of_team["has_children"]) == (True, 3, True)
    assert of_team["weakest"] == {"key_result_id": ids["carrier"], "progress": 0.5, "status": "behind"}
    assert shown(company.admin.get(f"{path}&rows=2")) == ["First", "Second"]
    expanded = company.admin.get(f"{path}&rows=2&expand={ids['first']},{ids['of_team']}")
    assert shown(expanded) == ["First", ".Team", "..Carrier", "...Personal", "..Other", "Second"]
    below = company.admin.get(f"{path}&rows=2&root={ids['of_team']}")
    assert shown(below) == ["Team", ".Carrier", "..Personal", ".Other"]
    company.admin.get(f"{path}&rows=0", 422)
    company.admin.get(f"{path}&rows=5&expand=$where", 422)


def test_a_collapsed_row_counts_only_what_may_be_seen(company: Company) -> None:
    ids = plant(company)
    eve = company.hire("Eve")
    hidden = company.objective(
        ids["cycle"], "Hidden", level="person", visibility="private", parent=under(ids["of_team"])
    )
    company.key_result(hidden, "Hidden key")
    company.objective(ids["cycle"], "Shown", level="person", parent=under(hidden))
    company.settle()
    path = f"/tree?cycle_id={ids['cycle']}&rows=2"
    seen_by = {name: caller.get(path)["items"][0] for name, caller in (("all", company.admin), ("eve", eve))}
    assert {name: row["rows_below"] for name, row in seen_by.items()} == {"all": 7, "eve": 5}
    below = eve.get(f"{path}&root={ids['of_team']}")
    assert shown(below) == ["Team", ".Carrier", "..Personal", ".Other", ".Shown"]
    eve.get(f"{path}&root={hidden}", 404)


def under(objective_id: str) -> dict[str, str]:
    """As a parent."""
    return {"kind": "objective", "id": objective_id}


@pytest.mark.parametrize("query", ["", "&status=awaiting_first_check_in"])
def test_trees_are_read_a_page_at_a_time(company: Company, query: str) -> None:
    cycle_id = company.cycle()
    for number in range(5):
        company.key_result(company.objective(cycle_id, f"O{number}"), f"K{number}")
    path = f"/tree?cycle_id={cycle_id}&limit=2{query}"
    pages = [company.admin.get(path)]
    while pages[-1]["next"]:
        pages.append(company.admin.get(f"{path}&cursor={pages[-1]['next']}"))
    assert [shown(page) for page in pages] == [
        ["O0", ".K0", "O1", ".K1"],
        ["O2", ".K2", "O3", ".K3"],
        ["O4", ".K4"],
    ]
    assert {page["counts"]["total"] for page in pages} == {5}


@pytest.mark.parametrize("sort_keys", [(None, "x"), ("x", 1), (1,), (1, None)])
def test_a_cursor_that_is_none_of_ours_is_refused(company: Company, sort_keys: tuple[Any, ...]) -> None:
    cycle_id, cursor = company.cycle(), encode_cursor(*sort_keys)
    company.objective(cycle_id)
    for query in ("", f"&owner_id={company.admin_id}"):
        company.admin.get(f"/tree?cycle_id={cycle_id}&cursor={cursor}{query}", 400)
    company.admin.get(f"/objectives?cursor={cursor}", 400)


def test_what_hangs_under_something_hidden_is_still_found(company: Company) -> None:
    cycle_id = company.cycle()
    hidden = company.objective(cycle_id, "Hidden", level="person", visibility="private")
    parent = {"kind": "objective", "id": hidden}
    company.objective(cycle_id, "Open", level="person", parent=parent)
    company.objective(cycle_id, "Top")
    eve = company.hire("Eve")
    assert shown(eve.get(f"/tree?cycle_id={cycle_id}")) == ["Top", "Open"]
    assert shown(company.admin.get(f"/tree?cycle_id={cycle_id}")) == ["Top", "Hidden", ".Open"]


def viewer(company: Company, ports: Ports, *roles: str) -> Viewer:
    """The admin as a viewer with these roles."""
    return identify_viewer(ports, company.organisation_id, company.admin_id, frozenset(roles))


def test_a_wider_tree_takes_no_more_reads_a_deeper_one_a_read_a_level(
    company: Company, watched: Ports, reads: Reads
) -> None:
    ids = plant(company)
    queries = [
        ReadTree(cycle_id=ids["cycle"]),
        ReadTree(cycle_id=ids["cycle"], owner_id=company.admin_id, statuses=None),
        ReadTree(cycle_id=ids["cycle"], statuses=frozenset({"awaiting_first_check_in"})),
    ]

    def cost(query: ReadTree) -> int:
        read_tree(query, viewer(company, watched, "member"), watched)
        reads.commands.clear()
        read_tree(query, viewer(company, watched, "member"), watched)
        return len(reads.commands)

    before = [cost(query) for query in queries]
    above = {"kind": "objective", "id": ids["of_team"]}
    for number in range(8):
        wide = company.objective(ids["cycle"], f"Wide {number}", level="person", parent=above)
        company.key_result(wide, f"Key {number}")
    assert [cost(query) for query in queries] == before
    for number in range(8):
        parent = company.objective(ids["cycle"], f"Deep {number}", level="person", parent=above)
        above = {"kind": "objective", "id": parent}
        company.key_result(parent, f"Key {number}")
    assert [cost(query) for query in queries] == [before[0] + 7, *before[1:]]
    assert max(before) <= 13


def test_a_page_of_a_very_large_tree_ends_and_says_where_more_hangs(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = plant(company)
    monkeypatch.setattr("services.goals.usecases.read_tree.OBJECTIVES_AT_MOST", 3)
    tree = company.admin.get(f"/tree?cycle_id={ids['cycle']}")
    assert shown(tree) == ["First", ".Team", "..Carrier", "..Other", "Second", ".Lone"]
    assert [row["title"] for row in tree["items"] if row["more_below"]] == ["Team"]
    below = company.admin.get(f"/tree?cycle_id={ids['cycle']}&root={ids['of_team']}")
    assert shown(below) == ["Team", ".Carrier", "..Personal", ".Other"]
    assert not any(row["more_below"] for row in below["items"])


def test_reading_a_page_examines_what_it_shows_however_large_the_organisation(
    company: Company, watched: Ports, reads: Reads
) -> None:
    """The count of a whole cycle is the one read that grows; it is kept for some seconds."""
    cycle_id = company.cycle()
    for number in range(30):
        company.key_result(company.objective(cycle_id, f"O{number}"), f"K{number}")
    asker = viewer(company, watched, "member")
    query = ReadTree(cycle_id=cycle_id, window=Window(limit=3))
    read_tree(query, asker, watched)
    reads.commands.clear()
    assert len(read_tree(query, asker, watched).places) == 6
    examined = 0
    for command in reads.commands:
        plan = company.database.command({"explain": command, "verbosity": "executionStats"})
        examined += max(found for found in numbers(plan, "totalDocsExamined"))
    assert examined <= 3 + 1 + 3 + 4  # tops, one more to know of a next page, key results, and names


def stages(plan: Any) -> Iterator[str]:
    """Every stage of a plan that won."""
    if isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for name, inner in plan.items():
            if name != "rejectedPlans":
                yield from stages(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from stages(inner)


def numbers(plan: Any, name: str) -> Iterator[int]:
    """Every number of this name in a plan; none counts as nothing."""
    yield 0
    if isinstance(plan, dict):
        if isinstance(plan.get(name), int):
            yield plan[name]
        for inner in plan.values():
            yield from numbers(inner, name)
    elif isinstance(plan, list):
        for inner in plan:
            yield from numbers(inner, name)


@pytest.mark.parametrize("role", ["admin", "member"])
def test_every_list_and_every_tree_is_read_by_an_index(
    company: Company, watched: Ports, reads: Reads, role: str
) -> None:
    ids = plant(company)
    asker = viewer(company, watched, role)
    reads.commands.clear()
    organisation_id = company.organisation_id
    for objective_filter in (
        ObjectiveFilter(),
        ObjectiveFilter(cycle_id=ids["cycle"]),
        ObjectiveFilter(team_id=ids["team"], level="team"),
        ObjectiveFilter(owner_id=ids["lea"]),
        ObjectiveFilter(parent_id=ids["first"]),
        ObjectiveFilter(under_id=ids["first"]),
        ObjectiveFilter(text="first"),
    ):
        list_objectives(objective_filter, Window(), asker, watched)
    for key_result_filter in (
        KeyResultFilter(),
        KeyResultFilter(cycle_id=ids["cycle"], statuses=frozenset({"at_risk"})),
        KeyResultFilter(owner_id=ids["lea"]),
        KeyResultFilter(team_id=ids["team"]),
        KeyResultFilter(objective_id=ids["first"]),
        KeyResultFilter(ids=frozenset({ids["carrier"]})),
    ):
        list_key_results(key_result_filter, Window(), asker, watched)
    watched.people.page(organisation_id, "x", "active", Window())
    watched.people.other_admins(organisation_id, {"x"})
    watched.teams.page(organisation_id, Window())
    watched.teams.of_person(organisation_id, "x")
    watched.cycles.page(organisation_id, "active", Window())
    watched.cycles.judge_due()
    watched.organisations.time_zones()
    watched.organisations.unjudged(["UTC", "Asia/Tokyo"], now().date(), 10)
    watched.objectives.announce_due(10)
    watched.key_results.recheck_due(10)
    watched.objectives.recheck_due(10)
    watched.teams.recheck_due(10)
    watched.teams.gone(organisation_id, "x")
    watched.objectives.hanging_on(organisation_id, "x")
    watched.objectives.has_children(organisation_id, "x")
    watched.objectives.team_has_any(organisation_id, "x")
    for query in (
        ReadTree(cycle_id=ids["cycle"]),
        ReadTree(cycle_id=ids["cycle"], root_id=ids["first"]),
        ReadTree(cycle_id=ids["cycle"], folding=Folding(rows=2)),
        ReadTree(cycle_id=ids["cycle"], owner_id=ids["lea"]),
        ReadTree(cycle_id=ids["cycle"], team_id=ids["team"]),
        ReadTree(cycle_id=ids["cycle"], statuses=frozenset({"at_risk"})),
    ):
        read_tree(query, asker, watched)
    assert len(reads.commands) > 40
    for command in reads.commands:
        plan = company.database.command({"explain": command, "verbosity": "queryPlanner"})
        assert "COLLSCAN" not in set(stages(plan)), command
