"""Processes and servers are lost while eight people check in, as an installation would lose them."""

from __future__ import annotations

import signal
from typing import Final

import pytest

from tests.faults.conftest import Scene
from tests.faults.loading import under_load
from tests.faults.platform import ALL
from tests.fixtures.waiting import let_pass, until

BROKER_DOWN: Final = 120.0 if ALL else 10.0
ROLES: Final = (
    "gateway-web",
    "gateway-worker",
    "goals-web",
    "goals-worker",
    "checkins-web",
    "checkins-worker",
    "notifier-web",
    "notifier-worker",
)
SERVERS: Final = ("rabbit", "mongo-0")
long = pytest.mark.faults_long


@pytest.mark.parametrize("role", [pytest.param(role, marks=[long]) for role in (*ROLES, *SERVERS)])
def test_nothing_is_lost_when_a_process_is_killed(single: Scene, role: str) -> None:
    with under_load(single, f"SIGKILL of {role}") as over:
        single.platform.kill(role)
        over()
        until(lambda: single.platform.process(role), 30)
        single.platform.wait_ready([role])


def test_nothing_is_lost_when_everything_is_killed_at_once(single: Scene) -> None:
    platform = single.platform
    with under_load(single, "SIGKILL of everything at once") as over:
        platform.kill(*platform.running())
        over()
        platform.wait_ready()


def test_check_ins_go_on_while_the_broker_is_down(single: Scene) -> None:
    platform = single.platform
    with under_load(single, f"Broker down for {BROKER_DOWN:.0f} s") as over:
        platform.start(without=["rabbit"])
        let_pass(BROKER_DOWN)
        platform.start()
        over()
        platform.wait_ready(["rabbit"])


@long
def test_check_ins_go_on_while_the_broker_has_no_disk(single: Scene) -> None:
    platform = single.platform
    with under_load(single, "Broker's disk alarm for 15 s") as over:
        platform.control_broker("set_disk_free_limit", "100000GB")
        let_pass(15)
        platform.control_broker("set_disk_free_limit", "50MB")
        over()


@long
def test_a_worker_that_stood_still_beyond_its_lease_harms_nothing(single: Scene) -> None:
    with under_load(single, "checkins-worker paused for 15 s") as over:
        single.platform.send("checkins-worker", signal.SIGSTOP)
        let_pass(15)
        single.platform.send("checkins-worker", signal.SIGCONT)
        over()
