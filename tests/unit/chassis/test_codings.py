"""A body in a content coding is refused in words, in every service and before anybody looks into it."""

import gzip
import json
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from libs.chassis.settings import CoreSettings
from libs.chassis.web import create_app

BODY = json.dumps({"title": "Trails"}).encode()
PACKED = gzip.compress(BODY)


@pytest.fixture
def client(core: CoreSettings) -> Iterator[FlaskClient]:
    app: Flask = create_app("tests", core, api_blueprints=[], pings={}, title="Things")

    @app.route("/api/v1/things", methods=["GET", "POST"])
    def things() -> Response:
        return Response(request.get_data(), mimetype="application/octet-stream")

    with app.test_client() as made:
        yield made


@pytest.mark.parametrize("coding", ["gzip", "GZip", "x-gzip", "br", "zstd", "identity, gzip", "nonsense"])
def test_a_coded_body_is_refused_with_what_to_do(client: FlaskClient, coding: str) -> None:
    answer = client.post(
        "/api/v1/things",
        data=PACKED,
        headers={"Content-Encoding": coding, "Content-Type": "application/json"},
    )
    assert answer.status_code == 415
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Accept-Encoding"] == "identity"
    assert answer.headers["X-Correlation-Id"]
    said = json.loads(answer.data)
    assert said["type"] == "/problems/unsupported-content-coding"
    assert said["detail"] == "Send it uncompressed and without Content-Encoding."


def test_a_coded_body_of_unknown_length_is_refused_too(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    assert client.post("/api/v1/things", headers=headers).status_code == 415


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_a_body_that_says_it_is_not_coded_is_read(client: FlaskClient, coding: str) -> None:
    answer = client.post("/api/v1/things", data=BODY, headers={"Content-Encoding": coding})
    assert answer.status_code == 200
    assert answer.data == BODY


def test_a_coding_of_no_body_is_nobodys_trouble(client: FlaskClient) -> None:
    assert client.get("/api/v1/things", headers={"Content-Encoding": "gzip"}).status_code == 200
