"""What ships in an image: the service's own code and dependencies, and little of both."""

from __future__ import annotations

import re

import pytest

from deploy.native.roles import SERVICES
from tests.containers.engine import ROOT, docker, image, inspected, sizes

MEGABYTE = 1_000_000
OURS_AT_MOST = 110 * MEGABYTE
# python:3.13-slim-trixie is below 130 MB unpacked; the stand-in of a machine without a registry is bigger.
OFFICIAL_BASE = 130 * MEGABYTE
WHOLE_AT_MOST = 250 * MEGABYTE
NOBODYS = {"pip", "setuptools", "wheel", "uv", "pytest"}


def listed(service: str, *command: str) -> list[str]:
    """The lines that a command says inside the image."""
    return docker(
        "run", "--rm", "--network", "none", "--entrypoint", command[0], image(service), *command[1:]
    ).split()


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_the_code_of_its_service_alone(service: str) -> None:
    files = {name for name in listed(service, "find", "/app", "-type", "f") if "/__pycache__/" not in name}
    foreign = {
        name
        for name in files
        if not name.startswith(("/app/libs/", f"/app/services/{service}/"))
        and name
        not in {
            "/app/services/__init__.py",
            "/app/deploy/__init__.py",
            "/app/deploy/gunicorn.conf.py",
            "/app/deploy/containers/__init__.py",
            "/app/deploy/containers/health.py",
        }
    }
    assert foreign == set()
    assert f"/app/services/{service}/app.py" in files


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_the_distributions_of_its_lock_alone(service: str) -> None:
    found = listed(service, "find", "/venv/lib", "-maxdepth", "3", "-name", "*.dist-info", "-printf", "%f\\n")
    installed = {re.sub(r"[-_.]+", "-", name.rsplit("-", 2)[0]).lower() for name in found}
    lock = (ROOT / "requirements" / f"{service}.txt").read_text()
    pinned = set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", lock, re.MULTILINE))
    conditional = set(re.findall(r"^([a-z0-9][a-z0-9-]*)==[^\n]*;", lock, re.MULTILINE))
    assert installed - pinned == set()
    assert pinned - conditional - installed == set()
    assert installed & NOBODYS == set()


@pytest.mark.usefixtures("images")
def test_images_are_small() -> None:
    too_big = {
        name: ours for name, _, ours in sizes() if ours > OURS_AT_MOST or ours + OFFICIAL_BASE > WHOLE_AT_MOST
    }
    assert too_big == {}


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("service", SERVICES)
def test_an_image_runs_as_nobody_in_particular_and_raises_nobodys_rights(service: str) -> None:
    config = inspected(image(service))["Config"]
    assert config["User"] == "cairn"
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert listed(service, "id", "-u") == ["10001"]
    assert listed(service, "sh", "-c", "find / -xdev -type f -perm /6000 2>/dev/null || true") == []


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_without_its_secrets_refuses_to_start(service: str) -> None:
    done = docker("create", image(service), "web").strip()
    try:
        docker("start", done)
        assert docker("wait", done).strip() != "0"
    finally:
        docker("rm", "--force", done)
