"""The gateway as it runs for real users: behind https, and never with a well-known secret."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import request
from flask.testing import FlaskClient

from libs.chassis.settings import Settings, SettingsError
from services.gateway import app
from services.gateway.settings import DEVELOPMENT_SECRET
from tests.integration.gateway.platform import key_pair


def environment(mongo_url: str, mongo_database: str, **changes: str) -> dict[str, str]:
    """The settings of a production process."""
    private, public = key_pair()
    return {
        "CAIRN_ENVIRONMENT": "production",
        "CAIRN_LOG_LEVEL": "error",
        "CAIRN_MONGO_URL": mongo_url,
        "CAIRN_MONGO_DATABASE": mongo_database,
        "CAIRN_AMQP_URL": "amqp://127.0.0.1:1/none",
        "CAIRN_PUBLIC_URL": "https://okr.fernhollow.example",
        "CAIRN_TOKEN_PRIVATE_KEY": private,
        "CAIRN_TOKEN_PUBLIC_KEY": public,
        "CAIRN_SESSION_SECRET": "a secret of this test",
        "CAIRN_PASSWORD_MEMORY_KIB": "19456",
        **changes,
    }


@pytest.fixture
def client(mongo_url: str, mongo_database: str) -> Iterator[FlaskClient]:
    """A browser of sorts, in front of a production gateway."""
    settings = environment(mongo_url, mongo_database, CAIRN_TRUSTED_PROXIES="1")
    built = app.build_web(Settings(settings))
    yield built.test_client()
    built.extensions["mongo"].close()


def test_cookies_are_bound_to_this_very_host_and_to_https(client: FlaskClient) -> None:
    answer = client.get("/welcome", base_url="https://okr.fernhollow.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-cairn_visit=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_the_browser_is_told_to_stay_with_https(client: FlaskClient) -> None:
    answer = client.get("/welcome", base_url="https://okr.fernhollow.example")
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_the_address_of_the_caller_is_the_one_that_the_last_trusted_proxy_saw(client: FlaskClient) -> None:
    seen = []

    @client.application.before_request
    def look() -> None:
        seen.append(request.remote_addr)

    client.get("/livez", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
    assert seen == ["198.51.100.1"]


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_the_instruments_are_shown_to_neighbours_alone(client: FlaskClient, path: str) -> None:
    """Neither to a caller from outside nor through the proxy in front, whatever it says of itself."""

    def seen(peer: str, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, headers=sent, environ_base={"REMOTE_ADDR": peer}).status_code

    assert seen("10.0.0.7") == 200
    assert seen("127.0.0.1") == 200
    assert seen("8.8.8.8") == 404
    assert seen("10.0.0.7", X_Forwarded_For="8.8.8.8") == 404
    assert seen("10.0.0.7", X_Forwarded_For="127.0.0.1") == 404
    assert client.get("/livez", environ_base={"REMOTE_ADDR": "8.8.8.8"}).status_code == 200


def test_the_component_pages_of_development_are_not_there(client: FlaskClient) -> None:
    assert client.get("/design/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"CAIRN_SESSION_SECRET": DEVELOPMENT_SECRET}, "CAIRN_SESSION_SECRET"),
        ({"CAIRN_SESSION_SECRET": ""}, "CAIRN_SESSION_SECRET"),
        ({"CAIRN_TOKEN_PRIVATE_KEY": ""}, "CAIRN_TOKEN_PRIVATE_KEY"),
        ({"CAIRN_RATE_LIMIT_API": "many"}, "CAIRN_RATE_LIMIT_API"),
        ({"CAIRN_PUBLIC_URL": "okr.fernhollow.example"}, "CAIRN_PUBLIC_URL"),
    ],
)
def test_a_process_with_wrong_settings_does_not_start_and_names_them(
    changes: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        app.build_web(Settings(environment("mongodb://127.0.0.1:1", "none", **changes)))
