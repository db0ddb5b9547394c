"""Asking another service: what is asked again, and what never is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from libs.chassis.auth import Principal
from libs.chassis.problems import BadRequest, Unavailable
from services.gateway.clients.upstream import Upstream, segment

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
)
ASKER = Principal(person_id="p", organisation_id="o", roles=frozenset(), scopes=frozenset())


class NoMint:
    def mint(self, principal: Principal, audiences: Sequence[str]) -> str:
        return f"{principal.person_id} to {audiences[0]}"


@pytest.fixture
def breaking() -> Iterator[tuple[str, list[bytes]]]:
    """A service that hangs up on the first request and answers the second."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        for place in range(2):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65536))
                if place:
                    connection.sendall(ANSWER)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    listener.close()


def test_a_question_on_a_broken_connection_is_asked_again(breaking: tuple[str, list[bytes]]) -> None:
    address, heard = breaking
    assert Upstream(address, ("goals",), NoMint()).get(ASKER, "/api/v1/me") == {}
    assert len(heard) == 2


@pytest.mark.parametrize("guard", [{"Idempotency-Key": "one"}, {"If-Match": '"3"'}])
def test_a_guarded_write_is_sent_again(breaking: tuple[str, list[bytes]], guard: dict[str, str]) -> None:
    address, heard = breaking
    Upstream(address, ("goals",), NoMint()).ask(ASKER, "POST", "/api/v1/objectives", body={}, headers=guard)
    assert len(heard) == 2


def test_a_write_that_could_count_twice_is_not_sent_again(breaking: tuple[str, list[bytes]]) -> None:
    address, heard = breaking
    with pytest.raises(Unavailable):
        Upstream(address, ("goals",), NoMint()).ask(ASKER, "POST", "/api/v1/people/p/invitation")
    assert len(heard) == 1


@pytest.mark.parametrize("key", ["one\r\nX-Other: two", "one\ntwo", "a\0", "\u2603"])
def test_what_a_form_gives_for_a_header_ends_no_line_and_is_never_sent(
    breaking: tuple[str, list[bytes]], key: str
) -> None:
    address, heard = breaking
    with pytest.raises(BadRequest):
        Upstream(address, ("goals",), NoMint()).ask(ASKER, "POST", "/x", headers={"Idempotency-Key": key})
    assert heard == []


def test_a_service_that_is_away_is_said_to_be() -> None:
    with pytest.raises(Unavailable):
        Upstream("http://127.0.0.1:9", ("goals",), NoMint()).get(ASKER, "/api/v1/me")


def test_an_id_never_leads_to_another_path() -> None:
    assert segment("../people?x=1#y") == "%2E%2E%2Fpeople%3Fx%3D1%23y"


def test_what_a_write_was_answered_is_told_to_whoever_keeps_the_audit_log(
    breaking: tuple[str, list[bytes]],
) -> None:
    told: list[tuple[object, ...]] = []
    upstream = Upstream(breaking[0], ("goals",), NoMint(), note=lambda *said: told.append(said))
    upstream.ask(ASKER, "PUT", "/api/v1/things/t", body={})
    assert told == [(ASKER, "PUT", "/api/v1/things/t", 200, {})]
