"""Stones stand for check-ins; the same one always looks the same."""

import re
from itertools import pairwise

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
