"""Guessing somebody's password shuts nobody out who signs in where they did before."""

from __future__ import annotations

import svcs

from services.gateway.usecases.ports import Ports
from tests.integration.gateway.people import PASSWORD, Browser, sign_in
from tests.integration.gateway.platform import Platform
from tests.integration.permissions.scene import Organisation


def tried(browser: Browser, email: str, password: str) -> int:
    browser.open("/sign-in")
    return browser.send("/sign-in", {"email": email, "password": password}).status


def test_while_strangers_guess_the_owner_comes_in_with_the_browser_they_used_before(
    platform: Platform, home: Organisation
) -> None:
    with platform.app.app_context():
        ports = svcs.flask.get(Ports)
    account = ports.accounts.get(home.invite("member"))
    assert account is not None
    own = sign_in(platform, account.email)
    own.open("/settings")
    assert own.send("/sign-out", {}).status == 303
    guesses = {tried(Browser(platform), account.email, "a guess") for _ in range(11)}
    assert guesses == {401, 429}
    assert tried(Browser(platform), account.email, PASSWORD) == 429, "a new browser must wait"
    assert tried(own, account.email, PASSWORD) == 303
