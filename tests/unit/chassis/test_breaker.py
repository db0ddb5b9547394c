"""For how long an operation waits for a primary, by what is known of the servers and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from pymongo.topology_description import TopologyDescription

from libs.chassis.breaker import Breaker


@dataclass(frozen=True)
class Known:
    """What a breaker looks at in the driver's description."""

    topology_type_name: str
    known_servers: list[str] = field(default_factory=list)


LED = Known("ReplicaSetWithPrimary", ["one"])
ELECTING = Known("ReplicaSetNoPrimary", ["two", "three"])
AWAY = Known("ReplicaSetNoPrimary")
UNKNOWN = Known("Unknown")


class Scene:
    def __init__(self) -> None:
        self.at = 1000.0
        self._breaker = Breaker(lambda: self.at)

    def patience(self, known: Known, after: float = 0.0) -> float | None:
        self.at += after
        return self._breaker.patience(cast("TopologyDescription", cast("Any", known)))


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def connected(scene: Scene) -> Scene:
    assert scene.patience(LED) is None
    return scene


def test_a_lost_connection_has_half_a_second(connected: Scene) -> None:
    assert connected.patience(AWAY) == 0.5
    assert connected.patience(AWAY, after=0.25) == 0.25
    assert connected.patience(LED, after=0.125) is None


def test_an_outage_is_not_waited_for(connected: Scene) -> None:
    connected.patience(AWAY)
    assert [connected.patience(AWAY, after=seconds) for seconds in (0.5, 1, 10, 10)] == [0, 0, 0, 0]


def test_an_election_is_waited_for(connected: Scene) -> None:
    waits = [connected.patience(ELECTING, after=seconds) for seconds in (0, 5, 5)]
    assert waits == [15, 10, 5]


def test_a_set_without_a_majority_is_an_outage_in_the_end(connected: Scene) -> None:
    waits = [connected.patience(ELECTING, after=seconds) for seconds in (0, 10, 5, 5)]
    assert waits == [15, 5, 0, 0]


def test_only_a_primary_ends_an_outage(connected: Scene) -> None:
    connected.patience(AWAY)
    assert connected.patience(AWAY, after=2) == 0
    assert connected.patience(ELECTING, after=1) == 0
    assert connected.patience(LED) is None
    assert connected.patience(AWAY) == 0.5


def test_a_set_that_goes_during_an_election_is_not_waited_for(connected: Scene) -> None:
    connected.patience(ELECTING)
    assert connected.patience(AWAY, after=3) == 0.5
    assert connected.patience(AWAY, after=1) == 0


def test_the_first_connection_has_five_seconds(scene: Scene) -> None:
    assert [scene.patience(UNKNOWN, after=seconds) for seconds in (0, 4, 1)] == [5, 1, 0]


def test_an_outage_that_nobody_saw_end_is_over(connected: Scene) -> None:
    connected.patience(AWAY)
    assert connected.patience(AWAY, after=2) == 0
    assert connected.patience(ELECTING, after=3600) == 15


@pytest.mark.parametrize("kind", ["Single", "Sharded", "LoadBalanced"])
def test_any_known_server_will_do_elsewhere(scene: Scene, kind: str) -> None:
    assert scene.patience(Known(kind)) == 5
    assert scene.patience(Known(kind, ["one"])) is None
