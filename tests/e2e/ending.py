"""The platform of the end-to-end tests ends with the run, whoever of its processes started it."""

import os

import pytest

from tests.e2e.platform import stop_platform
from tests.fixtures.servers import RUN


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started, before its notes are taken away."""
    del config
    if os.environ.get(RUN) == str(os.getpid()):
        stop_platform()
