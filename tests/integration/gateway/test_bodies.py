"""Bodies that are cut off or too large, at each service and at the gateway: nothing is executed."""

from __future__ import annotations

import socket
import uuid
from urllib.parse import urlsplit

import pytest

from libs.chassis.web import BODY_LIMIT
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import sign_in
from tests.integration.gateway.platform import SERVICES, Caller, Platform

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def status_of(address: str, path: str, headers: dict[str, str], body: bytes) -> int:
    """The status of the answer to exactly these bytes, after which the client sends no more."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: cairn.example",
        *(f"{k}: {v}" for k, v in headers.items()),
        "",
        "",
    ]
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), parts.port or 80), 20) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            answer.read()
            return status


def too_large(kind: str) -> tuple[dict[str, str], bytes]:
    body = (b'{"name": "' if kind == JSON else b"name=") + b"x" * BODY_LIMIT + b'"}'
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    return {"Content-Type": kind, "Transfer-Encoding": "chunked"}, chunk


def cut_off(kind: str, body: bytes = b'{"name": "x"}') -> tuple[dict[str, str], bytes]:
    return {"Content-Type": kind, "Content-Length": str(len(body) + 1)}, body


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", [JSON, FORM])
def test_no_service_takes_a_body_that_is_not_whole(platform: Platform, service: str, kind: str) -> None:
    for path in ("/api/v1/cycles", "/api/v1/key-results/none/check-ins", "/internal/unsubscribe", "/sign-in"):
        for (headers, body), status in ((too_large(kind), 413), (cut_off(kind), 400)):
            assert status_of(platform.addresses[service], path, headers, body) == status, (service, path)


def test_a_write_that_is_not_whole_writes_nothing(platform: Platform, admin: Caller) -> None:
    """The JSON is complete; one more byte was promised."""
    name = f"Cut {uuid.uuid4().hex[:8]}"
    body = f'{{"name": "{name}", "starts_on": "2031-10-01", "ends_on": "2031-12-31"}}'.encode()
    headers, sent = cut_off(JSON, body)
    token = {"Authorization": f"Bearer {admin.token}"}
    assert status_of(platform.address, "/api/v1/cycles", headers | token, sent) == 400
    assert name not in {cycle["name"] for cycle in admin.call("GET", "/cycles").body["items"]}
    assert status_of(platform.address, "/api/v1/cycles", headers | token, sent + b" ") == 201


def test_a_form_that_is_not_whole_stores_nothing(platform: Platform) -> None:
    """The form is complete; more of it was promised."""
    browser = sign_in(platform, ADMIN["email"], ADMIN["password"])
    browser.open("/settings")
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    kinds = [cut_off(FORM, f"csrf_token={browser.csrf()}&theme=dark".encode()), too_large(FORM)]
    before = list(platform.database["accounts"].find())
    for (headers, body), status in zip(kinds, (400, 413), strict=True):
        assert status_of(platform.address, "/settings/appearance", headers | cookie, body) == status
    assert list(platform.database["accounts"].find()) == before
    headers, body = kinds[0]
    assert status_of(platform.address, "/settings/appearance", headers | cookie, body + b"&") == 303
    assert list(platform.database["accounts"].find()) != before
