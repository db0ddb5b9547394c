"""From a request to the standing and the events that others hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.contracts import checkins as say
from tests.integration.checkins.conftest import Api, Ears, Goals

Settled = Callable[..., dict[str, Any]]


def test_a_check_in_reaches_the_standing_and_the_bus(
    api: Api, goals: Goals, ears: Ears, settled: Settled
) -> None:
    answer = api.check_in(40, 8, note="The new rota works.")
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.json["progress"] == 0.6
    assert answer.json["status"] == "on_track"
    assert settled()["standing"]["progress"] == 0.6
    recorded = ears.wait_for(say.ProgressRecorded)[0]
    assert (recorded.check_in_id, recorded.standing.progress) == (answer.json["id"], 0.6)
    judged = [said for said in ears.of(say.StandingChanged) if said.standing.seq == 1]
    assert [said.standing.status for said in judged] == ["on_track"]
