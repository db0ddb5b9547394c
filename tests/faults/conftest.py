"""Which fault tests run, and on what. Alone they say: CAIRN_FAULTS=all, as `make faults` does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.faults.auditor import Auditor
from tests.faults.company import Company, found
from tests.faults.findings import Findings
from tests.faults.platform import ALL, Platform, Shape, running

HERE: Final = Path(__file__).parent
SHAPES: Final = ("doubled", "single", "three_nodes")
SEED: Final = os.environ.get("CAIRN_FAULTS_SEED", "1")


@dataclass
class Scene:
    """A platform with a company in it, and who audits them."""

    platform: Platform
    company: Company
    auditor: Auditor
    doubled: int = 0

    def newly_doubled(self, findings: Findings) -> int:
        """How many mails came twice since this was last asked."""
        before, self.doubled = self.doubled, findings.mails_doubled
        return self.doubled - before

    @property
    def address(self) -> str:
        """Of the gateway."""
        return self.platform.at.public_url


class Stage:
    """Holds one platform at a time: the machine is small, and each case wants it for itself."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._shape: Shape | None = None
        self._scene: Scene | None = None

    def scene(self, shape: Shape) -> Scene:
        """A platform of this shape with its company; the one that runs already, if it has the shape."""
        if self._scene is None or self._shape != shape:
            self.close()
            platform = self._running.enter_context(running(shape))
            self._scene = Scene(platform, found(platform), Auditor(platform))
            self._shape = shape
            findings, _ = self._scene.auditor.drained([])
            assert findings.clean, findings
        return self._scene

    def close(self) -> None:
        """Nothing runs."""
        self._running.close()
        self._scene = None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All fault tests run one after the other; what takes long only when asked for."""
    long = [item for item in items if item.get_closest_marker("faults_long") and not ALL]
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.xdist_group("faults"))
    # Those that share a platform follow each other.
    ours.sort(key=lambda item: [name in getattr(item, "fixturenames", ()) for name in SHAPES], reverse=True)
    places = iter(ours)
    items[:] = [next(places) if item in ours else item for item in items]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Empty at the end of the run."""
    held = Stage()
    yield held
    held.close()


@pytest.fixture
def doubled(stage: Stage) -> Scene:
    """Two copies of each worker: a killed one's work goes on while it starts. Leases of two seconds."""
    return stage.scene(Shape(worker_copies=2, lease="2s"))


@pytest.fixture
def single(stage: Stage) -> Scene:
    """One copy of everything, with the settings of an installation: nobody but a restart helps."""
    return stage.scene(Shape())


@pytest.fixture
def three_nodes(stage: Stage) -> Scene:
    """MongoDB on three nodes."""
    return stage.scene(Shape(mongo_nodes=3))
