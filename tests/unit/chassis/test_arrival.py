"""Requests as they arrive, in any pieces: the end that is found is where gunicorn stops to read."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request

from libs.chassis import problems
from libs.chassis.web import BODY_LIMIT, take_body
from libs.chassis.web.arrival import RAW_LIMIT, Arrival

HEADS = st.sampled_from(
    [b"", b"X-Colour: red\r\n", b"X-Long: " + b"y" * 300 + b"\r\n", b"X-Looks-Like: Content-Length: 3\r\n"]
)
BODIES = st.binary(max_size=200)


def with_length(head: bytes, body: bytes) -> bytes:
    length = str(len(body)).encode()
    return b"POST /a HTTP/1.1\r\nHost: a\r\n" + head + b"Content-Length: " + length + b"\r\n\r\n" + body


def in_chunks(head: bytes, body: bytes, size: int, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%X%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    start = b"POST /a HTTP/1.1\r\nHost: a\r\n" + head + b"Transfer-Encoding: chunked\r\n\r\n"
    return start + chunks + b"0\r\n" + trailer + b"\r\n"


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A request and its body."""
    head, body = draw(HEADS), draw(BODIES)
    if draw(st.booleans()):
        return with_length(head, body), body
    extension = draw(st.sampled_from([b"", b";a=b", b' ; a="x"']))
    trailer = draw(st.sampled_from([b"", b"X-Sum: 3\r\n"]))
    return in_chunks(head, body, draw(st.integers(1, 50)), extension, trailer), body


def parsed(data: bytes) -> Any:
    """The request as gunicorn reads it from these bytes and no others."""
    return next(RequestParser(Config(), iter([data]), ("127.0.0.1", 1)))


@given(request=requests(), cuts=st.lists(st.integers(0, 600), max_size=6), after=st.binary(max_size=20))
def test_the_end_is_found_in_whatever_pieces_it_comes(
    request: tuple[bytes, bytes], cuts: list[int], after: bytes
) -> None:
    data, body = request
    arrival, sent = Arrival(), 0
    for cut in sorted({*(cut for cut in cuts if cut < len(data)), len(data)}):
        arrival.feed(data[sent:cut])
        sent = cut
        assert arrival.is_complete == (sent == len(data))
    arrival.feed(after)
    assert (arrival.is_cut, arrival.problem) == (False, None)
    assert parsed(bytes(arrival.received)).body.read() == body


@given(data=st.one_of(requests().map(lambda made: made[0]), st.binary(max_size=300)), change=st.data())
def test_what_is_handed_over_needs_no_further_byte(data: bytes, change: st.DataObject) -> None:
    """Whatever the bytes: where they are called complete, gunicorn and the app wait for no more."""
    wrong = bytearray(data)
    for _ in range(change.draw(st.integers(0, 3))):
        if wrong:
            wrong[change.draw(st.integers(0, len(wrong) - 1))] = change.draw(
                st.sampled_from(b"\r\n: ;0aG,\x00")
            )
    arrival = Arrival()
    for byte in wrong:
        arrival.feed(bytes([byte]))
        if arrival.is_complete:
            break
    if not arrival.is_complete:
        return
    waited: list[int] = []

    def pieces() -> Any:
        yield bytes(arrival.received)
        waited.append(1)

    try:
        read = next(RequestParser(Config(), pieces(), ("127.0.0.1", 1)))
    except (ParseException, StopIteration):
        assert waited == []
        return
    headers = {f"HTTP_{name.replace('-', '_')}": value for name, value in read.headers}
    environ = {
        **headers,
        "CONTENT_LENGTH": headers.get("HTTP_CONTENT_LENGTH", ""),
        "wsgi.input": read.body,
        "wsgi.input_terminated": True,
        "REQUEST_METHOD": "POST",
    }
    with suppress(problems.Problem):
        take_body(Request(environ))
    assert waited == []


@pytest.mark.parametrize("size", [1, 7, 4096, 65_537])
def test_chunks_beyond_the_limit_are_handed_over_at_once(size: int) -> None:
    arrival = Arrival()
    stream = io.BytesIO(in_chunks(b"", b"x" * (4 * BODY_LIMIT), size))
    while not arrival.is_complete and arrival.problem is None:
        arrival.feed(stream.read(10_000))
    assert arrival.is_cut or isinstance(arrival.problem, problems.PayloadTooLarge)
    assert len(arrival.received) < RAW_LIMIT + 10_001


@pytest.mark.parametrize("size", [16, 4096, 65_536])
def test_a_body_of_the_limit_is_complete(size: int) -> None:
    arrival = Arrival()
    arrival.feed(in_chunks(b"", b"x" * BODY_LIMIT, size))
    assert (arrival.is_complete, arrival.is_cut, arrival.problem) == (True, False, None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"GET /" + b"a" * 5000, problems.UriTooLong),
        (b"GET / HTTP/1.1\r\n" + b"X-A: " + b"a" * 70_000, problems.HeadersTooLarge),
        (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 10_000, problems.HeadersTooLarge),
    ],
    ids=["address", "one header", "many headers"],
)
def test_a_head_without_end_is_refused(data: bytes, problem: type[problems.Problem]) -> None:
    arrival = Arrival()
    arrival.feed(data)
    assert isinstance(arrival.problem, problem)
