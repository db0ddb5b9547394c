"""Which fault tests run, and on what. Alone they say: CAIRN_FAULTS=all, as `make faults` does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.faults.auditor import Auditor
from tests.faults.company import Company, found
from tests.faults.platform import Platform, Shape, running

HERE: Final = Path(__file__).parent
ALL: Final = os.environ.get("CAIRN_FAULTS") == "all"
SEED: Final = os.environ.get("CAIRN_FAULTS_SEED", "1")


@dataclass
class Scene:
    """A platform with a company in it, and who audits them."""

    platform: Platform
    company: Company
    auditor: Auditor
    doubled: int = 0

    @property
    def address(self) -> str:
        """Of the gateway."""
        return self.platform.at.public_url


def scene_of(shape: Shape) -> Iterator[Scene]:
    """A fresh platform of this shape with its company, at rest."""
    with running(shape) as platform:
        company = found(platform)
        auditor = Auditor(platform)
        findings, _ = auditor.drained([])
        assert findings.clean, findings
        yield Scene(platform, company, auditor)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All fault tests run one after the other; what takes long only when asked for."""
    long = [item for item in items if item.get_closest_marker("faults_long") and not ALL]
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("faults"))
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="module")
def doubled() -> Iterator[Scene]:
    """Two copies of each worker: a killed one's work goes on while it starts. Leases of two seconds."""
    yield from scene_of(Shape(worker_copies=2, lease="2s"))


@pytest.fixture(scope="module")
def single() -> Iterator[Scene]:
    """One copy of everything, with the settings of an installation: nobody but a restart helps."""
    yield from scene_of(Shape())


@pytest.fixture(scope="module")
def three_nodes() -> Iterator[Scene]:
    """MongoDB on three nodes."""
    yield from scene_of(Shape(mongo_nodes=3))
