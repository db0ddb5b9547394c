"""An answer's head and body leave together, and no byte is lost, doubled or out of order."""

import socket
import tempfile
from collections.abc import Iterator

import pytest

from libs.chassis.threads import OnePiece


class Counted:
    """A socket that remembers each of its sends."""

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)

    def sendfile(self, *_: object, **_options: object) -> int:
        self.sent.append(b"(file)")
        return 0

    def fileno(self) -> int:
        return self._plain.fileno()


@pytest.fixture
def plain() -> Iterator[Counted]:
    with socket.socket() as made:
        yield Counted(made)


@pytest.fixture
def piece(plain: Counted) -> OnePiece:
    return OnePiece(plain)  # type: ignore[arg-type]


def test_the_head_waits_for_the_body(plain: Counted, piece: OnePiece) -> None:
    piece.sendall(b"head ")
    assert plain.sent == []
    piece.sendall(b"body")
    piece.sendall(b" more")
    piece.flush()
    assert plain.sent == [b"head body", b" more"]


def test_an_answer_without_a_body_leaves_at_its_end(plain: Counted, piece: OnePiece) -> None:
    piece.sendall(b"head")
    piece.flush()
    piece.flush()
    assert plain.sent == [b"head"]


def test_a_large_body_is_not_copied_for_its_heads_sake(plain: Counted, piece: OnePiece) -> None:
    piece.sendall(b"head")
    piece.sendall(bytes(100_000))
    assert [len(each) for each in plain.sent] == [4, 100_000]


def test_a_file_comes_after_the_head(plain: Counted, piece: OnePiece) -> None:
    piece.sendall(b"head")
    with tempfile.TemporaryFile() as file:
        piece.sendfile(file, offset=0, count=1)
    assert plain.sent == [b"head", b"(file)"]


def test_all_else_is_the_sockets_own(plain: Counted, piece: OnePiece) -> None:
    assert piece.fileno() == plain.fileno()
