"""An open-loop client: check-ins at a fixed pace, whatever the answers take.

`python -m tests.bench.steady TARGETS ADDRESS RATE SECONDS ANSWERS`: a line in ANSWERS for each answer, with
the instant at which it was due, the instant at which it came (seconds since the epoch), its status, and the
moment that the check-in counts for. A latency counts from when the request was due, so that a stall is told
in full.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import urlsplit

CONNECTIONS: Final = 64
PATIENCE: Final = 30.0
EVERY: Final = 100  # of so many check-ins one loses confidence and one reaches its target
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
NOTE: Final = "Two more teams are live, the third waits for its data."

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def body(number: int) -> bytes:
    """What check-in number so much says: mostly on course, now and then low confidence or the target."""
    value, confidence = 500 + number % 90, 7
    if number % EVERY == EVERY // 4:
        confidence = 2
    elif number % EVERY == EVERY // 2:
        value = 1000
    return json.dumps({"value": value, "confidence": confidence, "note": NOTE}).encode()


class Client:
    """Takes a free connection for each request; opens another where none is free."""

    def __init__(self, address: str, targets: list[tuple[str, str]], answers: TextIO) -> None:
        self._host, self._port = urlsplit(address).hostname or "", urlsplit(address).port or 80
        self._targets, self._answers = targets, answers
        self._free: list[Connection] = []
        self._run = f"steady-{time.time_ns()}"
        self._limit = asyncio.Semaphore(CONNECTIONS)

    async def check_in(self, number: int, due: float) -> None:
        """One check-in is sent and its answer noted; 0 where there was none."""
        key_result, token = self._targets[number % len(self._targets)]
        text = body(number)
        head = (
            f"POST /api/v1/key-results/{key_result}/check-ins HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {self._run}-{number}\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        async with self._limit:
            try:
                status, said = await asyncio.wait_for(self._asked(head.encode() + text), PATIENCE)
            except (OSError, EOFError, TimeoutError):
                status, said = 0, b"{}"
        as_of = json.loads(said).get("as_of", "-") if status == 201 else "-"
        self._answers.write(f"{due:.6f} {time.time():.6f} {status} {as_of}\n")

    async def _connection(self) -> Connection:
        """One that is open: the server ends those that were idle for long, as after a burst."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)

    async def _asked(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = await self._connection()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        said = await reader.readexactly(int(length[1]) if length else 0)
        if b"connection: close" in head.lower():
            writer.close()
        else:
            self._free.append((reader, writer))
        return int(head[9:12]), said


async def run(client: Client, rate: float, count: int) -> None:
    """All check-ins were sent when they were due, and answered."""
    loop = asyncio.get_running_loop()
    asked: list[asyncio.Task[None]] = []
    all_asked = asyncio.Event()
    clock, began = loop.time(), time.time()

    def ask() -> None:
        number = len(asked)
        asked.append(loop.create_task(client.check_in(number, began + number / rate)))
        if len(asked) == count:
            all_asked.set()
        else:
            loop.call_at(clock + len(asked) / rate, ask)

    ask()
    await all_asked.wait()
    await asyncio.gather(*asked)


def main(targets: Path, address: str, rate: float, seconds: float, answers: Path) -> None:
    """The file of answers is whole."""
    pairs = [(key_result, token) for key_result, token in map(str.split, targets.read_text().splitlines())]
    with answers.open("w") as lines:
        asyncio.run(run(Client(address, pairs, lines), rate, round(rate * seconds)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
