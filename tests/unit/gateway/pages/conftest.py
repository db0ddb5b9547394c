"""The pages over memory: one browser for each person, no server."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import svcs
from flask import Flask, g, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from libs.chassis import problems
from libs.chassis.auth import Principal
from services.gateway.app import PAGES
from services.gateway.domain import okr
from services.gateway.domain.accounts import Account
from services.gateway.domain.browser import Cookies
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.usecases.okr_ports import Services, ServicesFor
from services.gateway.usecases.ports import Ports
from services.gateway.web import by_script, form_guard, presentation, security
from services.gateway.web.errors import problem_page
from tests.unit.gateway.memory import World
from tests.unit.gateway.pages import fernhollow, memory

PASSWORD = "nine quiet stones by the river"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Someone's browser: it follows redirects and sends the token of the page that it saw last."""

    client: FlaskClient
    token: str = ""

    def open(self, path: str, **options: Any) -> TestResponse:
        """The answer to a GET, redirects followed."""
        return self._seen(self.client.get(path, follow_redirects=True, **options))

    def send(self, path: str, form: dict[str, Any] | None = None, *, follow: bool = True) -> TestResponse:
        """The answer to a form, redirects followed."""
        if not self.token:
            self.open("/")
        data = {"csrf_token": self.token, **(form or {})}
        return self._seen(self.client.post(path, data=data, follow_redirects=follow))

    def _seen(self, answer: TestResponse) -> TestResponse:
        found = TOKEN.search(answer.get_data(as_text=True))
        if found:
            self.token = found[1]
        return answer


def path_of(answer: TestResponse) -> str:
    """Where the browser ended."""
    return urlsplit(answer.request.url).path


@dataclass
class Stage:
    """The one app of all these tests, and the company that it shows right now."""

    app: Flask
    company: memory.Store
    ports: Ports


@pytest.fixture(scope="session")
def stage() -> Stage:
    """Built once: its templates are compiled once."""
    company = fernhollow.company()
    staged = Stage(Flask("services.gateway.web"), company, ports_over(company))
    install(staged)
    return staged


@pytest.fixture
def company(stage: Stage) -> memory.Store:
    """What the organisation knows, new for each test."""
    stage.company = fernhollow.company()
    stage.ports = ports_over(stage.company)
    return stage.company


@pytest.fixture
def as_person(stage: Stage, company: memory.Store) -> Callable[[str], Browser]:
    """The browser of the person with this id."""

    def browser(person_id: str) -> Browser:
        assert person_id in company.people
        client = stage.app.test_client()
        client.environ_base["cairn.person"] = person_id
        client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
        return Browser(client)

    return browser


@pytest.fixture
def stranger(stage: Stage, company: memory.Store) -> Browser:
    """A browser in which nobody has signed in yet."""
    assert company.people
    client = stage.app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
    return Browser(client)


def install(stage: Stage) -> None:
    """The app is the pages over the stage's company, seen by whoever the browser is."""
    app = stage.app
    app.secret_key = "pages"
    app.config["TESTING"] = True

    def sign_in() -> None:
        if "cairn.person" not in request.environ:
            return  # who is signed in, the session's cookie says
        person = stage.company.people[request.environ["cairn.person"]]
        account = replace(account_of(person), rev=1)  # as it is stored
        scopes: frozenset[str] = frozenset()
        g.identity = Identity(account=account, credential=SESSION, credential_digest="digest", scopes=scopes)

    def acting_for(principal: Principal) -> Services:
        return memory.services(stage.company, principal.person_id)

    svcs.flask.init_app(app)
    svcs.flask.register_value(app, ServicesFor, ServicesFor(acting_for))
    svcs.flask.register_value(app, Cookies, Cookies(secure=False))
    svcs.flask.register_factory(app, Ports, lambda: stage.ports)
    app.before_request(sign_in)
    problems.install(app, problem_page)
    security.install(app)
    form_guard.install(app)
    by_script.install(app)
    presentation.install(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)


def ports_over(company: memory.Store) -> Ports:
    """The gateway's own ports in memory; everybody of the company signs in with `PASSWORD`."""
    world = World()
    world.setups.finish()
    for person in company.people.values():
        world.accounts.save(replace(account_of(person), password_hash=world.passwords.hash(PASSWORD)))
    return replace(world.ports, clock=lambda: datetime.now(UTC), session_secret="pages")


def account_of(person: okr.Person) -> Account:
    """The person's account."""
    return Account(
        person_id=person.id,
        organisation_id="org",
        email=person.email,
        name=person.name,
        role=person.role,
        state="active",
        locale=person.locale,
    )
