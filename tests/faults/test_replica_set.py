"""The primary of three MongoDB nodes is lost or steps down while people check in."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Scene
from tests.faults.loading import under_load
from tests.fixtures.waiting import until

pytestmark = pytest.mark.faults_long
ELECTED_WITHIN = 40


def another_leads(scene: Scene, than: str) -> None:
    """A node that is not this one is primary."""
    until(lambda: scene.platform.mongo.primary() not in {"", than}, ELECTED_WITHIN, "another node leads")


def test_nothing_is_lost_when_the_primary_is_killed(three_nodes: Scene) -> None:
    platform = three_nodes.platform
    with under_load(three_nodes, "SIGKILL of the primary of three nodes") as over:
        leading = platform.mongo.primary()
        platform.kill(leading)
        another_leads(three_nodes, leading)
        over()
        platform.wait_ready([leading])


def test_nothing_is_lost_when_the_primary_steps_down(three_nodes: Scene) -> None:
    with under_load(three_nodes, "Stepdown of the primary of three nodes") as over:
        leading = three_nodes.platform.mongo.primary()
        three_nodes.platform.mongo.step_down()
        another_leads(three_nodes, leading)
        over()
