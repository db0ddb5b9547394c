"""Clients whose requests are cut off, too large or malformed; over real sockets, to real gunicorn."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest

from libs.chassis.web import BODY_LIMIT
from tests.fixtures.waiting import until
from tests.integration.chassis.raw_server import (
    FORM,
    Server,
    answer,
    body_of,
    chunked,
    head,
    is_our_problem,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_chunked_body_over_the_limit_executes_nothing(server: Server, kind: str) -> None:
    before = server.done()
    for size in (1, 8000, 10_000_000):
        sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, 2 * BODY_LIMIT), size)
        status, headers, body = server.exchange(sent, ends=False)
        assert (status, headers["content-type"]) == (413, "application/problem+json"), body
    assert server.done() == before


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_chunked_body_within_the_limit_is_read_whole(server: Server, kind: str) -> None:
    length = BODY_LIMIT - len(body_of(kind, 0))
    sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, length))
    assert server.exchange(sent, ends=False)[0] == 200
    assert server.done()[-1] == length


@pytest.mark.parametrize("kind", [FORM, "application/json"])
@pytest.mark.parametrize("missing", [1, 500, "all"])
def test_a_body_shorter_than_it_says_executes_nothing(server: Server, kind: str, missing: int | str) -> None:
    before, body = server.done(), body_of(kind, 1000)
    sent = b"" if missing == "all" else body[: -int(missing)]
    found = server.exchange(head(kind, f"Content-Length: {len(body)}") + sent)
    is_our_problem(found, 400, "bad-request")
    assert server.done() == before


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_chunks_without_an_end_execute_nothing(server: Server, kind: str) -> None:
    before = server.done()
    for cut in (1, 2, 5, 7, 400):
        sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, 1000))[:-cut]
        is_our_problem(server.exchange(sent), 400, "bad-request")
    assert server.done() == before


def test_a_body_that_says_it_is_too_large_is_not_awaited(server: Server) -> None:
    began = time.monotonic()
    found = server.exchange(head(FORM, "Content-Length: 1000000000"), ends=False)
    assert found[0] == 413
    assert time.monotonic() - began < 1


def test_who_asks_whether_to_go_on_is_told_so(server: Server) -> None:
    body = body_of(FORM, 10)
    with server.connect() as connection:
        connection.sendall(head(FORM, f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert answer(connection)[0] == 200


WRONG = {
    "a request line that is none": (b"HELLO\r\n\r\n", 400, "bad-request"),
    "a method that is none": (b"GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"),
    "a version that is none": (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400, "bad-request"),
    "a header without a colon": (b"GET / HTTP/1.1\r\nHost\r\n\r\n", 400, "bad-request"),
    "a name with a space": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "bad-request"),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: a\n\n", 400, "bad-request"),
    "two lengths": (head(FORM, "Content-Length: 1", "Content-Length: 2") + b"ab", 400, "bad-request"),
    "length and chunks": (head(FORM, "Content-Length: 1", "Transfer-Encoding: chunked"), 400, "bad-request"),
    "a length that is none": (head(FORM, "Content-Length: many"), 400, "bad-request"),
    "a chunk that is none": (head(FORM, "Transfer-Encoding: chunked") + b"zz\r\n", 400, "bad-request"),
    "a long address": (b"GET /" + b"a" * 4100 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri-too-long"),
    "an address without end": (b"GET /" + b"a" * 9000, 414, "uri-too-long"),
    "a long header": (b"GET / HTTP/1.1\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers-too-large"),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 101 + b"\r\n", 431, "headers-too-large"),
    "headers without end": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 9000, 431, "headers-too-large"),
    "a coding in a coding": (head(FORM, "Transfer-Encoding: gzip, chunked"), 501, "not-implemented"),
    "an unknown coding": (head(FORM, "Transfer-Encoding: zip, chunked"), 501, "not-implemented"),
    "an expectation": (head(FORM, "Expect: a-miracle", "Content-Length: 0"), 417, "expectation-failed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_a_problem_like_any_other(server: Server, case: str) -> None:
    sent, status, slug = WRONG[case]
    is_our_problem(server.exchange(sent, ends=False), status, slug)


def test_a_refusal_keeps_the_correlation_id_of_its_request(server: Server) -> None:
    sent = head(FORM, "X-Correlation-Id: from-outside-1", "Content-Length: many")
    assert server.exchange(sent, ends=False)[1]["x-correlation-id"] == "from-outside-1"


ASKS_FOR_LIFE = b"GET /livez HTTP/1.1\r\nHost: a\r\n"
TWO_READINGS = {
    "a space before the colon": b"Content-Length : 30\r\n",
    "a bare line feed": b"X-A: b\nContent-Length: 30\r\n",
    "a folded line": b"X-A: b\r\n Content-Length: 30\r\n",
    "a zero byte": b"X-A: \0\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 30\r\n",
    "another coding": b"Transfer-Encoding: zip\r\n",
}


@pytest.mark.parametrize("case", TWO_READINGS)
def test_liveness_is_asked_no_more_loosely_than_anything_else(server: Server, case: str) -> None:
    behind = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(ASKS_FOR_LIFE + TWO_READINGS[case] + b"\r\n" + behind)
        assert answer(connection)[0] in {400, 501}
        assert connection.recv(1) == b"", "what stands behind it is never read as a request"


def test_many_questions_for_liveness_at_once_get_one_answer(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall((ASKS_FOR_LIFE + b"\r\n") * 1000)
        status, headers, _ = answer(connection)
        assert (status, headers["connection"]) == (200, "close")
        assert connection.recv(1) == b""


def test_liveness_says_what_every_answer_says(server: Server) -> None:
    with server.connect() as connection:
        for method in (b"GET", b"HEAD", b"GET"):
            connection.sendall(
                method + b" /livez HTTP/1.1\r\nHost: a\r\nX-Correlation-Id: watch-dog-1\r\n\r\n"
            )
            status, headers, _ = answer(connection) if method == b"GET" else bodyless(connection)
            assert (status, headers["x-correlation-id"]) == (200, "watch-dog-1")
            assert headers["content-security-policy"] == "default-src 'none'"


def bodyless(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """An answer to HEAD."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += connection.recv(1)
    lines = received.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    return int(lines[0].split()[1]), headers, b""


def test_every_line_of_its_log_is_json(server: Server) -> None:
    server.exchange(b"HELLO\r\n\r\n", ends=False)
    until(lambda: any("http.refused" in line for line in server.log), 10, "the refusal is logged")
    lines = [json.loads(line) for line in server.log]
    assert {line["service"] for line in lines} == {"tests"}
    assert any("Booting worker" in line["event"] for line in lines), "gunicorn's own lines are among them"
