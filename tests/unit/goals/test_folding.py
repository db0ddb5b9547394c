"""Which rows of the trees a page opens with, and what a collapsed row tells."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.goals.domain.folding import Folding, Unread, alone, fold
from services.goals.domain.objective import Objective, Parent
from services.goals.domain.tree import Place, arrange
from tests.contract.goals.makings import key_result, objective

OBJECTIVES = [
    objective("a"),
    objective("b"),
    objective("c"),
    objective("below", under="a"),
    objective("carried", parent=Parent("key_result", "k1"), under_id="a", level="team"),
    objective("deep", under="below"),
]
KEY_RESULTS = [
    key_result("k1", "a"),
    key_result("k2", "b"),
    key_result("k3", "below"),
    key_result("k4", "deep"),
]
PLACES = arrange(OBJECTIVES, KEY_RESULTS, {item.id for item in OBJECTIVES})


def shown(rows: int, expand: str = "", collapse: str = "") -> list[str]:
    """Ids, indented by depth; a collapsed one with the number of rows that it stands for."""
    folding = Folding(rows=rows, expand=frozenset(expand.split()), collapse=frozenset(collapse.split()))
    return [
        "." * place.depth + place.thing.id + (f" +{place.rows_below}" if place.collapsed else "")
        for place in fold(PLACES, folding, {})
    ]


def test_top_objectives_expand_while_their_rows_fit() -> None:
    assert shown(5) == ["a +6", "b +1", "c"]
    assert shown(6) == ["a", ".k1", "..carried", ".below +3", "b +1", "c"]
    assert shown(7) == ["a", ".k1", "..carried", ".below +3", "b", ".k2", "c"]


def test_what_a_viewer_wants_changes_no_other_row() -> None:
    assert shown(5, expand="b") == ["a +6", "b", ".k2", "c"]
    assert shown(7, collapse="a") == ["a +6", "b", ".k2", "c"]
    assert shown(6, expand="a below deep") == [
        "a",
        ".k1",
        "..carried",
        ".below",
        "..k3",
        "..deep",
        "...k4",
        "b +1",
        "c",
    ]


def test_without_folding_every_row_is_shown() -> None:
    assert [place.thing.id for place in fold(PLACES, None, {})] == [place.thing.id for place in PLACES]


def test_a_collapsed_row_tells_of_what_was_only_counted() -> None:
    places = arrange(OBJECTIVES, [], {item.id for item in OBJECTIVES})
    day = date(2026, 11, 30)
    first, *_ = fold(places, Folding(rows=1), {"deep": Unread(2, day), "below": Unread(1, None)})
    assert (first.collapsed, first.rows_below, first.next_check_in_on) == (True, 6, day)


@given(
    st.integers(1, 20),
    st.frozensets(st.sampled_from([item.id for item in OBJECTIVES])),
    st.frozensets(st.sampled_from([item.id for item in OBJECTIVES])),
)
def test_shown_and_collapsed_rows_are_all_rows(
    rows: int, expand: frozenset[str], collapse: frozenset[str]
) -> None:
    """And a row that is counted instead of read changes nothing that is shown."""
    folding = Folding(rows=rows, expand=expand, collapse=collapse)
    kept = fold(PLACES, folding, {})
    assert len(kept) + sum(place.rows_below for place in kept if place.collapsed) == len(PLACES)
    read = {place.thing.id for place in kept if isinstance(place.thing, Objective) and not place.collapsed}
    read |= {"a", "b", "c"}
    counted: dict[str, Unread] = {}
    for item in KEY_RESULTS:
        if item.objective_id not in read:
            counted[item.objective_id] = Unread(1, None)
    some = [item for item in KEY_RESULTS if item.objective_id in read]
    assert told(fold(arrange(OBJECTIVES, some, {each.id for each in OBJECTIVES}), folding, counted)) == told(
        kept
    )


def told(places: list[Place]) -> list[tuple[str, int, bool, bool, int]]:
    """What rows tell."""
    return [
        (place.thing.id, place.depth, place.has_children, place.collapsed, place.rows_below)
        for place in places
    ]


@given(
    st.integers(1, 20),
    st.frozensets(st.sampled_from([item.id for item in OBJECTIVES])),
    st.frozensets(st.sampled_from([item.id for item in OBJECTIVES])),
    st.lists(st.sampled_from([item.id for item in OBJECTIVES]), max_size=12),
    st.frozensets(st.sampled_from([item.id for item in OBJECTIVES])),
)
def test_key_results_that_carry_nothing_need_no_place(
    rows: int,
    expand: frozenset[str],
    collapse: frozenset[str],
    owners: list[str],
    visible: frozenset[str],
) -> None:
    more = [key_result(f"m{number:02}", owner) for number, owner in enumerate(owners)]
    found, folding = [*KEY_RESULTS, *more], Folding(rows=rows, expand=expand, collapse=collapse)
    unplaced = alone(found, OBJECTIVES)
    rest = [item for item in found if item.objective_id not in unplaced]
    assert fold(arrange(OBJECTIVES, rest, visible), folding, {}, unplaced) == fold(
        arrange(OBJECTIVES, found, visible), folding, {}
    )
