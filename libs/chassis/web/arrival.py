"""The bytes of a request as they arrive, and the moment from which a thread can answer it without waiting.

This is no parser: gunicorn's own reads the request again, and refuses what it does not like. Here only the
ends are found, of the head and of the body. What looks strange is handed over at once, to be refused.
"""

from __future__ import annotations

import re
from typing import Final

from libs.chassis import problems
from libs.chassis.web.bodies import BODY_LIMIT

LINE_LIMIT: Final = 4094
HEAD_LIMIT: Final = 64 * 1024
SIZE_LINE_LIMIT: Final = 8 * 1024
# A body in chunks may be twice its size on the wire: smaller chunks cost more to read than they carry.
RAW_LIMIT: Final = HEAD_LIMIT + 2 * BODY_LIMIT
_HEAD_END: Final = b"\r\n\r\n"
_FRAMING: Final = re.compile(
    rb"\r\n(content-length|transfer-encoding|expect):[ \t]*([^\r\n]*)", re.IGNORECASE
)
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_SIZE: Final = re.compile(rb"[0-9a-fA-F]{1,15}")


class Arrival:
    """One request as it comes in, and what has come after it."""

    def __init__(self) -> None:
        """Nothing has arrived."""
        self.received = bytearray()
        self.head: bytes | None = None
        self.is_complete = False
        """Whether a thread can answer without waiting for more bytes."""
        self.is_cut = False
        """Whether it is answered before all of it has arrived: the connection cannot be used again."""
        self.problem: problems.Problem | None = None
        """Why it is not even handed to a thread."""
        self.expects_continue = False
        """Whether the client waits for "100 Continue" before it sends the body."""
        self._searched = 0
        self.end: int | None = None
        """Where the request ends, if its head tells."""
        self._chunk = 0  # where the next line with the size of a chunk begins
        self._decoded = 0

    def feed(self, data: bytes) -> None:
        """Take what has just arrived."""
        self.received += data
        if self.head is None:
            self._look_for_head()
        if self.head is not None and not self.is_complete:
            self._look_for_end()

    def _look_for_head(self) -> None:
        received = self.received
        start = 2 if received.startswith(b"\r\n") else 0  # RFC 9112 section 2.2: one empty line before it
        end = received.find(_HEAD_END, max(start, self._searched - 3))
        self._searched = len(received)
        if end >= 0 and end <= HEAD_LIMIT:
            self.head = bytes(received[start : end + 2])
            self._read_framing(end + len(_HEAD_END))
            return
        if (
            received.find(b"\r\n", start, start + LINE_LIMIT + 2) < 0
            and len(received) > start + LINE_LIMIT + 2
        ):
            self.problem = problems.UriTooLong(f"A request line may have {LINE_LIMIT} bytes.")
        elif len(received) > HEAD_LIMIT:
            self.problem = problems.HeadersTooLarge(
                f"All headers together may have {HEAD_LIMIT // 1024} KiB."
            )
        elif received.count(b"\n") != received.count(b"\r\n"):
            self._hand_over()  # a line that ends in a bare LF: the end of this head will never be found

    def _read_framing(self, body: int) -> None:
        head = self.head or b""
        found: dict[bytes, bytes] = {}
        for name, value in _FRAMING.findall(head):
            if name.lower() in found:
                self._hand_over()
                return
            found[name.lower()] = value.strip(b" \t").lower()
        length, coding = found.get(b"content-length"), found.get(b"transfer-encoding")
        if length is not None and coding is not None:
            self._hand_over()
        elif coding is not None:
            self._chunk = body
            if coding != b"chunked":
                self._hand_over()
        elif length is None:
            self.end = body
        elif _LENGTH.fullmatch(length) is None or int(length) > BODY_LIMIT:
            self._hand_over()
        else:
            self.end = body + int(length)
        self.expects_continue = found.get(b"expect") == b"100-continue" and b" HTTP/1.1\r\n" in head[:8192]

    def _look_for_end(self) -> None:
        if self.end is not None:
            self.is_complete = len(self.received) >= self.end
        else:
            self._look_through_chunks()

    def _look_through_chunks(self) -> None:
        """Go on from the last chunk whose end has arrived.

        Ends where the body does, where it is larger than it may be, and where it is no chunked body.
        """
        received = self.received
        while not self.is_complete:
            line = received.find(b"\r\n", self._chunk, self._chunk + SIZE_LINE_LIMIT)
            if line < 0:
                if len(received) - self._chunk >= SIZE_LINE_LIMIT:
                    self._hand_over()
                break
            size = _SIZE.fullmatch(received[self._chunk : line].partition(b";")[0].rstrip(b" \t"))
            if size is None:
                self._hand_over()
            elif int(size[0], 16) == 0:
                self._look_for_trailers(line + 2)
                break
            else:
                end = line + 2 + int(size[0], 16)
                if self._decoded + min(len(received), end) - line - 2 > BODY_LIMIT:
                    self._hand_over()
                elif len(received) < end + 2:
                    break
                elif received[end : end + 2] != b"\r\n":
                    self._hand_over()
                self._decoded += end - line - 2
                self._chunk = end + 2
        if not self.is_complete and len(received) > RAW_LIMIT:
            self.problem = problems.PayloadTooLarge(
                "The chunks are too small, or there are too many. Send less at once."
            )

    def _look_for_trailers(self, start: int) -> None:
        if self.received.startswith(b"\r\n", start) or self.received.find(_HEAD_END, start) >= 0:
            self.is_complete = True

    def _hand_over(self) -> None:
        self.is_complete = self.is_cut = True
