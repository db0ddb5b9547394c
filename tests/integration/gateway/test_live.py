"""The stream that open pages listen to."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from urllib.parse import urlsplit

import pytest
import svcs

from services.gateway.domain.live import LiveChange
from services.gateway.usecases.live_feed import LiveFeed, LiveFull
from services.gateway.web import live
from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform


class Stream:
    """An open page: what it has heard so far."""

    def __init__(self, platform: Platform, browser: Browser) -> None:
        connection = http.client.HTTPConnection(urlsplit(platform.address).netloc, timeout=60)
        connection.connect()
        self._socket: socket.socket = connection.sock
        cookie = f"cairn_session={browser.cookies['cairn_session']}"
        connection.request("GET", "/live", headers={"Cookie": cookie, "Accept": "text/event-stream"})
        self._answer = connection.getresponse()
        self.status, self.headers = self._answer.status, self._answer.headers
        self.heard, self.ended = "", False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError, http.client.HTTPException, ValueError):
            while line := self._answer.readline():
                self.heard += line.decode()
        self.ended = True

    def close(self) -> None:
        """The page is closed."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._answer.close()
        self._socket.close()


@contextmanager
def listening(platform: Platform, browser: Browser) -> Iterator[Stream]:
    """A page is open within the block."""
    stream = Stream(platform, browser)
    until(lambda: "retry:" in stream.heard, 10, "the stream began")
    yield stream
    stream.close()


def feed_of(platform: Platform) -> LiveFeed:
    with platform.app.app_context():
        return svcs.flask.get(LiveFeed)


def change(organisation_id: str, objective_id: str = "o1") -> LiveChange:
    return LiveChange(organisation_id=organisation_id, kind="check_in", objective_id=objective_id, by="jun")


@pytest.fixture
def organisation_id(admin: Caller) -> str:
    """The organisation of the tests."""
    return str(admin.call("GET", "/organisation").body["id"])


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heart beats every tenth of a second."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)


def test_an_open_page_hears_what_changes_in_its_organisation_and_only_there(
    platform: Platform, organisation_id: str
) -> None:
    with listening(platform, sign_in(platform, ADMIN["email"])) as page:
        assert page.headers["Content-Type"].startswith("text/event-stream")
        feed_of(platform).tell(change("elsewhere", "foreign"))
        feed_of(platform).tell(change(organisation_id))
        until(lambda: '"objective_id": "o1"' in page.heard, 10, "the page hears it")
        assert "event: progress" in page.heard
        assert "foreign" not in page.heard


@pytest.mark.usefixtures("often")
def test_a_silent_stream_says_that_it_is_there(platform: Platform) -> None:
    with listening(platform, sign_in(platform, ADMIN["email"])) as page:
        until(lambda: page.heard.count(": still here") >= 2, 10, "two heartbeats")


@pytest.mark.usefixtures("often")
def test_signing_out_ends_the_stream(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    with listening(platform, browser) as page:
        browser.open("/settings")
        assert browser.send("/sign-out", {}).status == 303
        until(lambda: page.ended, 10, "the stream ended")


@pytest.mark.usefixtures("often")
def test_a_busy_stream_ends_with_its_session_too(platform: Platform, organisation_id: str) -> None:
    browser = sign_in(platform, ADMIN["email"])
    with listening(platform, browser) as page:
        browser.open("/settings")
        browser.send("/sign-out", {})
        feed = feed_of(platform)

        def ended_while_told() -> bool:
            feed.tell(change(organisation_id))
            return page.ended

        until(ended_while_told, 10, "the stream ended")


def test_a_stranger_hears_nothing(platform: Platform) -> None:
    browser = Browser(platform)
    assert browser.open("/live", Accept="text/event-stream").status == 401


@pytest.mark.usefixtures("often")
def test_beyond_the_limit_a_page_is_told_to_come_back_later(platform: Platform, organisation_id: str) -> None:
    feed, browser = feed_of(platform), sign_in(platform, ADMIN["email"])
    # A page that a test before has closed keeps its place until its second heartbeat at the latest.
    until(lambda: not feed.listens(organisation_id), 30, "no place comes free any more")
    held = []
    try:
        for session in count():
            try:
                waiting = feed.listen("somewhere", f"session {session}")
                waiting.__enter__()
            except LiveFull:
                break
            held.append(waiting)
        answer = browser.open("/live", Accept="text/event-stream")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    finally:
        for waiting in held:
            waiting.__exit__(None, None, None)
    with listening(platform, browser):
        pass
