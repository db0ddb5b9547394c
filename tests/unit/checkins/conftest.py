"""The example company in memory, on the fiftieth day of its cycle."""

from __future__ import annotations

import pytest

from tests.unit.checkins.examples import CYCLE, KEY_RESULT, ORGANISATION, PEOPLE, RUNBOOKS, TEAM, at
from tests.unit.checkins.memory import World


@pytest.fixture
def world() -> World:
    """Everybody, one team, one running cycle, two key results; nothing recorded yet."""
    made = World(at(50))
    made.learn(ORGANISATION, *PEOPLE, CYCLE, TEAM, KEY_RESULT, RUNBOOKS)
    return made
