"""`docker compose up`: the story, more copies, hardening, and what each service's users may not do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.native import keys
from deploy.native.roles import SERVICES
from deploy.native.servers import manage
from deploy.native.testbed import Addresses
from tests.containers.compose import ONCE, ROLES, Compose
from tests.containers.engine import ROOT, docker, image, inspected, refused
from tests.containers.story import Organisation, told
from tests.containers.traffic import flowing, nothing_lost_or_doubled
from tests.fixtures.waiting import until

PERMITTED = {
    "read own database",
    "write own database",
    "look at own queue",
    "say its own",
    "let its own wait",
    "bury its own",
}


def test_what_runs_once_has_ended_well(compose: Compose) -> None:
    ended = {role: inspected(compose.containers(role)[0])["State"]["ExitCode"] for role in ONCE}
    assert ended == dict.fromkeys(ONCE, 0)


def test_a_check_in_is_rolled_up_and_mailed(organisation: Organisation) -> None:
    told(organisation)


def test_more_copies_share_the_work_and_lose_nothing(compose: Compose, organisation: Organisation) -> None:
    _, team = organisation.cascade()
    key_results = [organisation.key_result(team, f"Scaled {number}", 100_000) for number in range(3)]
    with flowing(organisation, key_results) as traffic:
        until(lambda: traffic.acknowledged >= 10, 60, "check-ins flow")
        compose.up(checkins_web=2, notifier_worker=3)
        names = compose.containers("checkins-web")
        assert len(names) == 2
        assert len(compose.containers("notifier-worker")) == 3
        until(lambda: all(check_ins_taken(name) > 3 for name in names), 120, "both copies take check-ins")
        seen = traffic.acknowledged
        until(lambda: traffic.acknowledged >= seen + 10, 60, "check-ins flow on")
    assert traffic.failures == []
    nothing_lost_or_doubled(traffic)
    told(organisation)


def test_the_name_and_password_for_a_mail_server_reach_the_notifier(compose: Compose, tmp_path: Path) -> None:
    """As the second file of docs/operations.md says them; read as the role itself reads its settings."""
    password = tmp_path / "password"
    password.write_text("slate and spruce\n")
    password.chmod(0o400)
    os.chown(password, 10001, 10001)
    read = (
        "from libs.chassis.settings import Settings; from services.notifier.settings import read_settings; "
        "own = read_settings(Settings())[1]; print(own.smtp_user, own.smtp_password, own.smtp_tls, sep='|')"
    )
    said = compose.run(
        *("run", "--rm", "--no-deps", "--no-TTY", "--entrypoint", "python", "notifier-worker", "-c", read),
        beside=["deploy/containers/mail-sign-in.yml"],
        CAIRN_SMTP_USER="cairn",
        CAIRN_SMTP_PASSWORD_FILE=str(password),
    )
    assert said.strip() == "cairn|slate and spruce|starttls"


def check_ins_taken(container: str) -> int:
    """How many check-ins the web process says it has stored."""
    done = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True)
    return sum('"POST"' in line and "/check-ins" in line for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.parametrize("role", ROLES)
def test_a_role_runs_without_rights_on_a_root_it_cannot_write(compose: Compose, role: str) -> None:
    container = compose.containers(role)[0]
    until(lambda: inspected(container)["State"]["Health"]["Status"] == "healthy", 90, f"{role} is healthy")
    host = inspected(container)["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    status = docker("exec", container, "cat", "/proc/1/status")
    proc = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert proc["Uid"].split() == ["10001"] * 4
    assert {proc[name] for name in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
    assert proc["NoNewPrivs"] == "1"
    assert refused("exec", container, "touch", "/app/written")
    assert not refused("exec", container, "touch", "/tmp/written")  # noqa: S108  # inside the container


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize("service", SERVICES)
def test_a_services_users_may_do_its_own_part_and_nothing_else(compose: Compose, service: str) -> None:
    """With the very secrets that the service has, from its own image, in its own network."""
    said = docker(
        "run",
        "--rm",
        f"--network={compose.project}_default",
        f"--volume={compose.project}_secrets-{service}:/run/secrets:ro",
        f"--volume={ROOT}/tests/containers/probe.py:/probe.py:ro",
        "--entrypoint=python",
        image(service),
        "/probe.py",
    )
    outcomes: dict[str, str] = json.loads(said)
    may = PERMITTED - ({"say its own"} if service == "notifier" else set())
    assert outcomes == {what: "allowed" if what in may else "refused" for what in outcomes}
    assert len(outcomes) > 40


def test_the_topology_is_the_same_as_on_the_native_broker(
    compose: Compose, servers: Addresses, amqp_url: str, mongo_database: str, tmp_path: Any
) -> None:
    """RabbitMQ 4 in the container, 3.10 on the machine: the same exchanges, queues, arguments, bindings."""
    in_container = json.loads(
        compose.run("exec", "-T", "rabbitmq", "rabbitmqctl", "--silent", "export_definitions", "-")
    )
    keys.ensure(tmp_path)
    for service in SERVICES:
        migrate(service, servers, amqp_url, mongo_database, tmp_path)
    host = amqp_url.rpartition("/")[2]
    _, native = manage(servers.amqp_management_url, "GET", f"/api/definitions/{host}")
    assert topology(in_container, "cairn") == topology(json.loads(native), None)


def migrate(service: str, servers: Addresses, amqp_url: str, database: str, secrets: Any) -> None:
    """The service has declared on the machine's broker what it needs."""
    environment = {
        "CAIRN_ENVIRONMENT": "test",
        "CAIRN_MONGO_URL": servers.mongo_url,
        "CAIRN_MONGO_DATABASE": f"{database}",
        "CAIRN_AMQP_URL": amqp_url,
        "CAIRN_TOKEN_PUBLIC_KEY_FILE": str(secrets / keys.PUBLIC_KEY),
        "CAIRN_TOKEN_PRIVATE_KEY_FILE": str(secrets / keys.PRIVATE_KEY),
        "CAIRN_SESSION_SECRET_FILE": str(secrets / keys.SESSION_SECRET),
        "CAIRN_UNSUBSCRIBE_SECRET_FILE": str(secrets / keys.UNSUBSCRIBE_SECRET),
    }
    subprocess.run(
        [sys.executable, "-m", f"services.{service}", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )


def topology(definitions: dict[str, Any], host: str | None) -> dict[str, list[Any]]:
    """Exchanges, queues and bindings that last, in an order of their own."""

    def ours(kind: str) -> list[dict[str, Any]]:
        return [one for one in definitions[kind] if host is None or one["vhost"] == host]

    return {
        "exchanges": sorted((one["name"], one["type"], one["durable"]) for one in ours("exchanges")),
        "queues": sorted(
            (one["name"], one["durable"], sorted(one["arguments"].items()))
            for one in ours("queues")
            if not one["name"].startswith("amq.gen-")
        ),
        "bindings": sorted(
            (one["source"], one["destination"], one["routing_key"])
            for one in ours("bindings")
            if not one["destination"].startswith("amq.gen-")
        ),
    }
