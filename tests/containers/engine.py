"""The container engine, and the images under test, built once for the run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from deploy.native.roles import SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILES = ("docker-compose.yml", "tests/containers/host-network.yml")
PREFIX = "cairn-test"  # of images, projects and stacks: nobody's own are touched
PATIENCE = 900.0
BUILDERS = 2
BASE = "python:3.13-slim-trixie"


def docker(*arguments: str, environment: Mapping[str, str] | None = None, stdin: str | None = None) -> str:
    """What the command says.

    Fails the test with the command's own words when it fails.
    """
    done = _run(arguments, environment, stdin)
    if done.returncode:
        pytest.fail(f"docker {' '.join(arguments)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def refused(*arguments: str) -> bool:
    """Whether the command fails."""
    return _run(arguments, None, None).returncode != 0


def _run(
    arguments: Sequence[str], environment: Mapping[str, str] | None, stdin: str | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def image(service: str, version: str = "dev") -> str:
    """The name of the image under test."""
    return f"{PREFIX}/{service}:{version}"


def inspected(name: str) -> dict[str, Any]:
    """What the engine knows of a container or an image."""
    found: dict[str, Any] = json.loads(docker("inspect", name))[0]
    return found


@pytest.fixture(scope="session")
def engine() -> str:
    """The version of the container engine, which answers."""
    try:
        done = _run(("info", "--format", "{{.ServerVersion}}"), None, None)
        answer = done.stdout.strip() if done.returncode == 0 else ""
    except OSError:
        answer = ""
    if not answer:
        pytest.fail("no container engine answers: install Docker Engine with Compose, or set DOCKER_HOST")
    return answer


@pytest.fixture(scope="session")
def images(engine: str) -> tuple[str, ...]:
    """All images are built from this checkout."""
    del engine
    names = (*SERVICES, "setup")
    with ThreadPoolExecutor(BUILDERS) as builders:
        list(builders.map(lambda service: _build(service, "--build-arg", f"SERVICE={service}"), SERVICES))
    _build("setup", "--build-arg", "SERVICE=gateway", "--target", "setup")
    return tuple(image(name) for name in names)


def _build(name: str, *more: str) -> None:
    common = ("build", "--quiet", "--network", "host", "--file", "deploy/Dockerfile", "--tag", image(name))
    docker(*common, *more, ".", environment={"DOCKER_BUILDKIT": "1"})


def sizes() -> list[tuple[str, int, int]]:
    """Name, whole size and what is ours of it, in bytes, for each image that was built."""
    base = _size(BASE)
    rows = []
    for service in (*SERVICES, "setup"):
        whole = _size(image(service))
        if whole:
            rows.append((image(service), whole, whole - base))
    return rows


def _size(name: str) -> int:
    done = _run(("image", "inspect", "--format", "{{.Size}}", name), None, None)
    return int(done.stdout) if done.returncode == 0 else 0
