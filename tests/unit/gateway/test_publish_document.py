"""The public API's document: who waits for it, and what is said while a service is silent."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.chassis.problems import Unavailable
from services.gateway.clients.documents import DocumentsClient
from services.gateway.usecases import publish_document
from services.gateway.usecases.publish_document import PublicDocument
from tests.fixtures.waiting import until

OWN: dict[str, Any] = {"paths": {"/api/v1/audit": {}}}


class Services:
    """What the services say of themselves; they can be silent, and slow."""

    def __init__(self) -> None:
        self.asked = 0
        self.silent = False
        self.answers = threading.Event()
        self.answers.set()

    def of(self, service: str) -> dict[str, Any]:
        """The port ``Documents``."""
        self.asked += 1
        assert self.answers.wait(20)
        if self.silent:
            msg = f"{service} is silent."
            raise Unavailable(msg)
        return {"paths": {f"/api/v1/{service}": {}}}


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def document(services: Services, seconds: Seconds) -> PublicDocument:
    return PublicDocument(OWN, services, "https://cairn.example", seconds)


def test_it_has_every_part_and_is_read_once_a_minute(
    document: PublicDocument, services: Services, seconds: Seconds
) -> None:
    expected = {f"/api/v1/{name}" for name in ("audit", "goals", "checkins", "notifier")}
    assert set(document.read()["paths"]) == expected
    seconds.now += 59
    document.read()
    assert services.asked == 3
    seconds.now += 1
    document.read()
    assert services.asked == 6


def test_where_a_service_falls_silent_the_last_document_stays_and_it_is_asked_only_now_and_then(
    document: PublicDocument, services: Services, seconds: Seconds
) -> None:
    known = document.read()
    services.silent = True
    seconds.now += 60
    assert [document.read() for _ in range(3)] == [known] * 3
    assert services.asked == 4
    seconds.now += 5
    document.read()
    assert services.asked == 5
    services.silent = False
    seconds.now += 5
    document.read()
    assert services.asked == 8


def test_without_any_document_the_silence_is_remembered_for_some_seconds(
    document: PublicDocument, services: Services, seconds: Seconds
) -> None:
    services.silent = True
    for _ in range(3):
        with pytest.raises(Unavailable, match="goals is silent"):
            document.read()
    assert services.asked == 1
    services.silent = False
    seconds.now += 5
    assert "/api/v1/goals" in document.read()["paths"]


def test_while_one_caller_asks_the_services_others_read_the_last_document(
    document: PublicDocument, services: Services, seconds: Seconds
) -> None:
    known = document.read()
    seconds.now += 60
    services.answers.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(document.read)
        until(lambda: services.asked == 4, 10, "the first caller asks")
        try:
            assert pool.submit(document.read).result(10) is known
        finally:
            services.answers.set()
        assert first.result(10) == known
    assert services.asked == 6


def test_who_comes_while_the_first_document_is_put_together_is_not_kept_long(
    document: PublicDocument, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_document, "FIRST_WAIT_SECONDS", 0.01)
    services.answers.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(document.read)
        until(lambda: services.asked == 1, 10, "the first caller asks")
        try:
            with pytest.raises(Unavailable, match="put together"):
                document.read()
        finally:
            services.answers.set()
        assert first.result(10) == document.read()


def test_the_refusal_of_a_service_is_no_document() -> None:
    refusal = b'HTTP/1.1 503 Later\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"status":503}'
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(refusal)

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        client = DocumentsClient({"goals": f"http://127.0.0.1:{listener.getsockname()[1]}"})
        with pytest.raises(Unavailable):
            client.of("goals")
        thread.join(10)
