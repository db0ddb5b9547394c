"""The platform as `docker compose up` starts it, under a project of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.containers.engine import COMPOSE_FILES, PREFIX, docker
from tests.containers.story import SETUP_CODE, Address, Organisation, begin
from tests.fixtures.waiting import until

PORT, MAILBOX_PORT = 18480, 18425
ONCE = ("secrets", "replica-set", "goals-migrate", "checkins-migrate", "notifier-migrate", "gateway-migrate")
ROLES = tuple(
    f"{name}-{role}" for name in ("goals", "checkins", "notifier", "gateway") for role in ("web", "worker")
)


@dataclass(frozen=True)
class Compose:
    """One project."""

    address: Address
    project: str = PREFIX

    def run(self, *arguments: str, beside: Sequence[str] = (), **environment: str) -> str:
        """What `docker compose` says to these arguments, with these files and variables beside its own."""
        files = [part for name in (*COMPOSE_FILES, *beside) for part in ("--file", name)]
        given = ENVIRONMENT | environment
        return docker("compose", "--project-name", self.project, *files, *arguments, environment=given)

    def up(self, **scale: int) -> None:
        """Everything runs, these roles in so many copies."""
        counts = [part for role, n in scale.items() for part in ("--scale", f"{role.replace('_', '-')}={n}")]
        self.run("up", "--detach", "--no-build", "--no-recreate", "--quiet-pull", *counts)

    def containers(self, role: str) -> list[str]:
        """The ids of the containers of a role, also of ended ones."""
        return self.run("ps", "--all", "--quiet", role).split()


ENVIRONMENT = {
    "CAIRN_IMAGE_PREFIX": PREFIX,
    "CAIRN_VERSION": "dev",
    "CAIRN_PORT": str(PORT),
    "CAIRN_MAILBOX_PORT": str(MAILBOX_PORT),
    "CAIRN_PUBLIC_URL": f"http://localhost:{PORT}",
    "CAIRN_SETUP_CODE": SETUP_CODE,
    "CAIRN_RATE_LIMIT_API": "100000",
}


@pytest.fixture(scope="module")
def compose(images: tuple[str, ...]) -> Iterator[Compose]:
    """The whole platform runs in containers, with nothing in it; all of it is gone afterwards."""
    del images
    project = Compose(Address(f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{MAILBOX_PORT}"))
    try:
        project.up()
        until(project.address.ready, 300, "the platform in containers is ready")
        yield project
    finally:
        if not os.environ.get("CAIRN_CONTAINERS_KEEP"):
            project.run("down", "--volumes", "--remove-orphans", "--timeout", "5")


@pytest.fixture(scope="module")
def organisation(compose: Compose) -> Organisation:
    """An organisation on it with an admin, an owner, a team and a cycle."""
    return begin(compose.address)
