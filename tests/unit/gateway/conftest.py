"""A fresh world for each rule."""

from __future__ import annotations

import pytest

from tests.unit.gateway.memory import World


@pytest.fixture
def world() -> World:
    """Ports in memory, with nothing in them."""
    return World()
