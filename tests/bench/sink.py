"""The cheapest mail server there can be: speaks SMTP, accepts everything, keeps nothing but a line a mail.

`python -m tests.bench.sink PORT RECORD SAMPLE`: RECORD gets the instant of each acceptance (seconds since the
epoch), SAMPLE the bytes of the first mail since it was taken away.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Final, TextIO, cast

END: Final = b"\r\n.\r\n"
GREETING: Final = b"220 sink ESMTP\r\n"
ABILITIES: Final = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 52428800\r\n"
OK, GO_AHEAD, BYE = b"250 2.0.0 Ok\r\n", b"354 go ahead\r\n", b"221 2.0.0 Bye\r\n"


class Conversation(asyncio.Protocol):
    """One client's."""

    def __init__(self, record: TextIO, sample: Path) -> None:
        self._record, self._sample = record, sample
        self._buffer = bytearray()
        self._in_data = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Whole commands and whole mails are answered, in order, in one write."""
        self._buffer += data
        answers = bytearray()
        while (answer := self._next()) is not None:
            answers += answer
        if answers and self._transport is not None:
            self._transport.write(bytes(answers))
            if answers.endswith(BYE):
                self._transport.close()

    def _next(self) -> bytes | None:
        if self._in_data:
            return self._mail()
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        verb = bytes(self._buffer[:4]).upper()
        del self._buffer[: end + 2]
        if verb == b"DATA":
            self._in_data = True
            return GO_AHEAD
        return {b"EHLO": ABILITIES, b"QUIT": BYE}.get(verb, OK)

    def _mail(self) -> bytes | None:
        end = self._buffer.find(END)
        if end < 0:
            return None
        self._record.write(f"{time.time():.6f}\n")
        if not self._sample.exists():
            self._sample.write_bytes(bytes(self._buffer[: end + 2]).replace(b"\r\n..", b"\r\n."))
        del self._buffer[: end + len(END)]
        self._in_data = False
        return OK


async def serve(port: int, record: Path, sample: Path) -> None:
    """Mail is accepted until the process is ended."""
    with record.open("a", buffering=1) as lines:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Conversation(lines, sample), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
