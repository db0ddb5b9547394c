"""Fixtures that every test may ask for; each lives in the module named after what it gives."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = (
    "tests.fixtures.waiting",
    "tests.fixtures.mail",
    "tests.fixtures.servers",
    "tests.fixtures.logs",
    "tests.e2e.ending",
    "tests.faults.table",
)

# How long an example takes says how busy the machine is. CI judges the same examples every time; elsewhere
# new ones are looked for.
settings.register_profile(
    "cairn",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("cairn")

END_TO_END = Path(__file__).with_name("e2e")


@pytest.hookimpl(tryfirst=True)  # xdist reads the mark in this same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the one running platform go to one worker, first, so that the others run beside them."""
    for item in items:
        if END_TO_END in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("platform"))
    items.sort(key=lambda item: END_TO_END not in item.path.parents)
