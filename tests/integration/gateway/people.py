"""People at a browser: cookies, forms, and what a page says."""

from __future__ import annotations

import re
from typing import Any

import urllib3

from tests.integration.gateway.platform import Answer, Platform

CSRF = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')
PASSWORD = "nine quiet stones by the river"


class Browser:
    """Keeps cookies, and sends forms with the token of the page before, as a person's browser does."""

    def __init__(self, platform: Platform) -> None:
        self._address = platform.address
        self._pool = urllib3.PoolManager(retries=False, timeout=20)
        self.cookies: dict[str, str] = {}
        self.page = ""

    def open(self, path: str, **headers: str) -> Answer:
        """The page at this path."""
        return self._send("GET", path, None, headers)

    def send(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """The answer to a form of the page that is open."""
        found = CSRF.search(self.page)
        token = {"csrf_token": found.group(1)} if found else {}
        return self._send("POST", path, {**token, **form}, {"Sec-Fetch-Site": "same-origin", **headers})

    def csrf(self) -> str:
        """The token that the open page carries."""
        found = CSRF.search(self.page)
        assert found is not None, self.page[:200]
        return found.group(1)

    def token_of_ones_own(self) -> str:
        """A fresh API token, made with the session as a script on our page does."""
        self.open("/settings")
        answer = self._pool.request(
            "POST",
            f"{self._address}/api/v1/me/tokens",
            json={"name": "tests", "scopes": ["read", "write"]},
            headers={"Cookie": self._cookie(), "X-CSRF-Token": self.csrf()},
        )
        assert answer.status == 201, answer.data
        token: str = answer.json()["token"]
        return token

    def _send(self, method: str, path: str, form: dict[str, str] | None, headers: dict[str, str]) -> Answer:
        sent = {"Cookie": self._cookie(), "Accept": "text/html", **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
        url = f"{self._address}{path}"
        if form is None:
            answer = self._pool.request(method, url, headers=sent, redirect=False)
        else:
            answer = self._pool.request(
                method, url, fields=form, encode_multipart=False, headers=sent, redirect=False
            )
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        body: Any = answer.data.decode()
        if "text/html" in answer.headers.get("Content-Type", ""):
            self.page = body
        return Answer(answer.status, body, answer.headers)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def sign_in(platform: Platform, email: str, password: str = PASSWORD) -> Browser:
    """The browser of someone who has just signed in."""
    browser = Browser(platform)
    browser.open("/sign-in")
    answer = browser.send("/sign-in", {"email": email, "password": password})
    assert answer.status == 303, answer.body[:500]
    return browser
