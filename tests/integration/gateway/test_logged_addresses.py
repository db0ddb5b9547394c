"""What the log says of addresses that hold the secret of a link."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from libs.chassis.settings import Settings
from services.gateway import app
from tests.integration.gateway.test_production import environment

SECRET = "a-secret-that-still-opens-something"
Asking = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def logged(mongo_url: str, mongo_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    """The one line that the log has about a request."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    given = environment(mongo_url, mongo_database, CAIRN_LOG_LEVEL="info", CAIRN_LOG_FORMAT="json")
    built = app.build_web(Settings(given))
    with ExitStack() as held:
        held.callback(built.extensions["mongo"].close)
        client = held.enter_context(built.test_client())

        def ask(method: str, path: str) -> dict[str, Any]:
            client.open(path, method=method)
            said = log.getvalue()
            assert SECRET not in said
            lines = [json.loads(line) for line in said.splitlines()]
            (line,) = [line for line in lines if line["event"] == "http.request"]
            return dict(line)

        yield ask


@pytest.mark.parametrize("page", ["invitations", "password"])
def test_a_link_whose_form_is_refused_is_logged_by_its_route(logged: Asking, page: str) -> None:
    line = logged("POST", f"/{page}/{SECRET}")
    assert (line["status"], line["path"]) == (403, f"/{page}/<token>")


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("PUT", f"/password/{SECRET}", "/password/…"),
        ("GET", f"/invitations/{SECRET}/", "/invitations/…"),
        ("GET", f"/invitations//{SECRET}", "/invitations/…"),
        ("GET", "/nowhere", "/nowhere"),
        ("GET", "/api/v1/nowhere/at-all", "/api/v1/nowhere/at-all"),
    ],
)
def test_of_an_address_that_leads_nowhere_the_log_says_only_how_it_begins(
    logged: Asking, method: str, path: str, said: str
) -> None:
    assert logged(method, path)["path"] == said
