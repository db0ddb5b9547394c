"""Stones stand for check-ins; the same one always looks the same."""

import math
import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web import stones


def test_a_stone_drawn_again_is_the_same_stone() -> None:
    assert stones.outline("a", 15, 11, 24, 16) == stones.outline("a", 15, 11, 24, 16)
    assert stones.outline("a", 15, 11, 24, 16) != stones.outline("b", 15, 11, 24, 16)


@given(st.integers(0, 80), st.integers(0, 20), st.integers(0, 20))
def test_a_pile_holds_every_check_in_once(laid: int, mine: int, owed: int) -> None:
    drawn = stones.pile(laid, mine, owed)
    kinds = [stone.kind.split()[0] for stone in drawn.stones]
    assert (kinds.count("laid"), kinds.count("mine"), kinds.count("owed")) == (laid, mine, owed)


@given(st.integers(1, 120))
def test_each_row_lies_on_a_longer_one(amount: int) -> None:
    rows = stones.rows_of(amount)
    assert sum(rows) == amount
    assert all(above < below for below, above in pairwise(rows))


@pytest.mark.parametrize("amount", [1, 3, 18, 60])
def test_no_stone_leaves_the_drawing(amount: int) -> None:
    drawn = stones.pile(amount, 0, 0)
    for stone in drawn.stones:
        figures = [float(figure) for figure in re.findall(r"-?\d+\.\d", stone.path)]
        assert all(-1 <= x <= drawn.width + 1 for x in figures[::2])
        assert all(-1 <= y <= drawn.height + 1 for y in figures[1::2])


Points = list[tuple[float, float]]


def points_on(path: str) -> Points:
    """Points on the outline, about a pixel from each other."""
    figures = [float(figure) for figure in re.findall(r"-?\d+\.\d", path)]
    here, *rest = zip(figures[::2], figures[1::2], strict=True)
    found: Points = []
    for (cx, cy), there in zip(rest[::2], rest[1::2], strict=True):
        for part in (step / 8 for step in range(8)):
            old, bend, new = (1 - part) ** 2, 2 * part * (1 - part), part**2
            x, y = old * here[0] + bend * cx + new * there[0], old * here[1] + bend * cy + new * there[1]
            found.append((x, y))
        here = there
    return found


@pytest.mark.parametrize("seed", ["week", "a", "b"])
@pytest.mark.parametrize("kinds", [(0, 6, 9), (14, 2, 2), (1, 0, 2), (5, 5, 12)])
def test_between_two_outlines_there_is_room_for_both_strokes_and_a_gap(
    kinds: tuple[int, int, int], seed: str
) -> None:
    stroke, gap = 1.75, 1.5
    drawn = [points_on(stone.path) for stone in stones.pile(*kinds, seed).stones if "laid" not in stone.kind]
    for one, other in combinations(drawn, 2):
        assert min(math.dist(a, b) for a in one for b in other) > stroke + gap
