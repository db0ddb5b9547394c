"""Chromium, and people in it.

A page that logs an error, asks an outside address or breaks its own CSP fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.e2e.platform import Company, Platform

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
)
WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=360, height=740)
Theme = Literal["light", "dark"]
expect.set_options(timeout=20_000)  # milliseconds: a deadline for a busy machine; Playwright's is 5_000


@dataclass
class Watch:
    """What must not happen on a page: gathered while it is used, judged at the end of the test."""

    home: str
    troubles: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Everything this page does is watched from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("request", self._request)

    def expect(self, part: str) -> None:
        """A trouble that holds this text is what the test is about."""
        self.allowed.append(part)

    def judge(self) -> None:
        """Fails the test for anything that was not expected."""
        found = [trouble for trouble in self.troubles if not any(part in trouble for part in self.allowed)]
        assert not found, "\n".join(found)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(
                f"console {message.type}: {message.text} ({message.location.get('url', '')})"
            )

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != urlsplit(self.home).netloc:
            self.troubles.append(f"outside request: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the worker."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


OpenAs = Callable[..., Page]
_SIGNED_IN: dict[str, Any] = {}


@pytest.fixture
def open_as(browser: Browser, platform: Platform, company: Company) -> Iterator[OpenAs]:
    """``open_as("Jun Alder", "/okrs", theme="dark", narrow=True)`` gives a page of a signed-in person.

    ``open_as(None, "/sign-in")`` gives one of a stranger. ``page.watch`` may expect a trouble.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(platform.address)

    def opened(name: str | None, path: str, *, theme: Theme = "light", narrow: bool = False) -> Page:
        if name and name not in _SIGNED_IN:
            _SIGNED_IN[name] = signed_in(browser, platform, company, name)
        context = browser.new_context(
            base_url=platform.address,
            viewport=NARROW if narrow else WIDE,
            color_scheme=theme,
            storage_state=_SIGNED_IN[name] if name else None,
        )
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        page.watch = watch  # type: ignore[attr-defined]  # the one place where a test may expect a trouble
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    watch.judge()


def signed_in(browser: Browser, platform: Platform, company: Company, name: str) -> Any:
    """The cookies of someone who came through the sign-in page."""
    context = browser.new_context(base_url=platform.address)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Work e-mail").fill(company.email(name))
    page.get_by_label("Password").fill(company.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    state = context.storage_state()
    context.close()
    return state
