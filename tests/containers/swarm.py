"""A one-node swarm with the stack on it, under a name of the tests' own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from deploy.native.roles import SERVICES
from tests.containers.compose import ROLES
from tests.containers.engine import PREFIX, ROOT, docker, image, inspected, refused
from tests.containers.story import SETUP_CODE, Address
from tests.fixtures.waiting import until

PORT, MAILBOX_PORT = 18580, 18525
UPDATED_WITHIN = 600.0


@dataclass(frozen=True)
class Stack:
    """One stack."""

    address: Address
    secrets: Path
    name: str = f"{PREFIX}-stack"

    def deploy(self, version: str) -> None:
        """This version of all images is being brought up."""
        docker(
            "stack",
            "deploy",
            "--resolve-image=never",
            "--compose-file=deploy/swarm/stack.yml",
            "--compose-file=tests/containers/front.yml",
            self.name,
            environment={
                "CAIRN_IMAGE_PREFIX": PREFIX,
                "CAIRN_VERSION": version,
                "CAIRN_SECRETS": str(self.secrets),
                "CAIRN_PORT": str(PORT + 1),
                "CAIRN_SMTP_HOST": "tasks.mailpit",  # by its own address: see front.py
                "CAIRN_FRONT": str(ROOT / "tests/containers/front.py"),
                "CAIRN_FRONT_VERSION": "dev",
                "CAIRN_FRONT_PORT": str(PORT),
                "CAIRN_FRONT_MAILBOX_PORT": str(MAILBOX_PORT),
                "CAIRN_PUBLIC_URL": f"http://localhost:{PORT}",
                "CAIRN_SETUP_CODE": SETUP_CODE,
                "CAIRN_RATE_LIMIT_API": "100000",
                "CAIRN_WEB_WORKERS": "1",  # copies are what is tried here, and each costs a start
            },
        )

    def scale(self, **copies: int) -> None:
        """These roles run in so many copies, all of them healthy."""
        wanted = {role.replace("_", "-"): count for role, count in copies.items()}
        docker("service", "scale", "--detach", *(f"{self.name}_{role}={n}" for role, n in wanted.items()))
        until(
            lambda: all(self.running(role) == f"{n}/{n}" for role, n in wanted.items()),
            UPDATED_WITHIN,
            "scaled",
        )

    def running(self, role: str) -> str:
        """How many copies are healthy of how many are wanted, as `2/2`."""
        named = f"name={self.name}_{role}"
        return docker("service", "ls", "--filter", named, "--format", "{{.Replicas}}").strip()

    def migrated(self) -> bool:
        """Whether what runs once for each service has ended well."""
        names = [f"{self.name}_{service}-migrate" for service in SERVICES]
        ended = docker("service", "ps", "--format", "{{.Name}} {{.CurrentState}}", *names).splitlines()
        return {line.split(".")[0] for line in ended if " Complete " in line} == set(names)

    def update_of(self, role: str) -> str:
        """How the role's newest update stands: `updating`, `completed` or `rollback_completed`, say."""
        state = "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}"
        return docker("service", "inspect", "--format", state, f"{self.name}_{role}").strip()

    def roll(self, version: str) -> None:
        """Every role runs this version in all its copies.

        One after the other, as a small machine can bear it.
        """
        for role in ROLES:
            wanted = image(role.partition("-")[0], version)
            arguments = ("--detach", "--no-resolve-image", "--image", wanted, f"{self.name}_{role}")
            docker("service", "update", *arguments)
            until(partial(self._runs, role, wanted), UPDATED_WITHIN, f"{role} runs {version}")

    def _runs(self, role: str, wanted: str) -> bool:
        listed = docker(
            *("service", "ps", "--filter", "desired-state=running"),
            *("--format", "{{.Image}} {{.CurrentState}}", f"{self.name}_{role}"),
        ).splitlines()
        return self.update_of(role) == "completed" and all(
            line.startswith(f"{wanted} Running") for line in listed
        )

    def exit_codes(self, role: str) -> list[int]:
        """How the role's copies that ended have ended."""
        label = f"label=com.docker.swarm.service.name={self.name}_{role}"
        ended = docker("ps", "--all", "--quiet", "--filter", label, "--filter", "status=exited").split()
        return [inspected(container)["State"]["ExitCode"] for container in ended]

    def remove(self) -> None:
        """Nothing of it is left."""
        docker("stack", "rm", self.name)
        label = f"label=com.docker.stack.namespace={self.name}"
        until(lambda: not docker("ps", "--all", "--quiet", "--filter", label).strip(), 180, "all have ended")
        until(
            lambda: not docker("network", "ls", "--quiet", "--filter", label).strip(),
            60,
            "no network is left",
        )
        for volume in docker("volume", "ls", "--quiet", "--filter", label).split():
            docker("volume", "rm", "--force", volume)


@pytest.fixture(scope="module")
def stack(images: tuple[str, ...]) -> Iterator[Stack]:
    """The stack runs on a swarm of this one node; the swarm ends with it where it began with it."""
    del images
    began = refused("node", "ls")
    if began:
        docker("swarm", "init", "--advertise-addr", "127.0.0.1")
    folder = Path(tempfile.mkdtemp(prefix="cairn-swarm-"))
    made = Stack(Address(f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{MAILBOX_PORT}"), folder)
    try:
        docker("node", "update", "--label-add", "cairn.data=true", docker("node", "ls", "--quiet").split()[0])
        mounted = f"{folder}:/run/cairn"
        docker(
            *("run", "--rm", "--network=none", "--user=0", "--volume", mounted, image("setup")),
            *("deploy.containers.secrets", "/run/cairn"),
        )
        made.deploy("dev")
        until(made.migrated, UPDATED_WITHIN, "what runs once has ended well")
        until(made.address.ready, UPDATED_WITHIN, "the stack is ready")
        yield made
    finally:
        made.remove()
        if began:
            docker("swarm", "leave", "--force")
        shutil.rmtree(folder, ignore_errors=True)


def next_images(version: str, line: str) -> None:
    """Each service has an image of another version, which differs from the one before by this line."""
    for service in SERVICES:
        docker(
            "build",
            "--quiet",
            "--tag",
            image(service, version),
            "-",
            stdin=f"FROM {image(service)}\n{line}\n",
        )
