"""Fixtures of the container tests, and the table of image sizes at the end of a run."""

from __future__ import annotations

import pytest

from tests.containers.compose import compose, organisation
from tests.containers.engine import engine, images, sizes
from tests.containers.swarm import stack

__all__ = ["compose", "engine", "images", "organisation", "stack"]
MEGABYTE = 1_000_000


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how big what ships is, beside the base image it stands on."""
    try:
        rows = sizes()
    except OSError:
        return
    for name, whole, ours in rows:
        terminalreporter.write_line(
            f"{name:28} {whole / MEGABYTE:6.0f} MB here, of which ours {ours / MEGABYTE:5.1f} MB"
        )
