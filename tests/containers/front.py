"""What stands before a stack in these tests: each new connection goes to one of the copies that are there.

A swarm's own entrance (the routing mesh) needs the kernel's IPVS, which a test machine may lack. This does
what a reverse proxy beside the gateway does, and no more: it asks the swarm's name server who is there, and
takes the next where one does not answer. It repeats nothing of what has been sent.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys

CHUNK = 65536
PATIENCE = 2.0


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that comes has been passed on, and the end too."""
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(port: int, name: str, target: int) -> None:
    """Connections to ``port`` are carried to a copy of the service, for good."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(name, target, type=socket.SOCK_STREAM)
        except OSError:
            found = []
        random.shuffle(found)
        for *_, address in found:
            try:
                opened = asyncio.open_connection(*address[:2])
                back, forth = await asyncio.wait_for(opened, PATIENCE)
            except OSError:
                continue
            await asyncio.gather(carry(reader, forth), carry(back, writer))
            return
        writer.close()

    async with await asyncio.start_server(accept, "0.0.0.0", port) as server:  # noqa: S104  # in a container
        await server.serve_forever()


async def main(doors: list[str]) -> None:
    """Every door (``port:name:target``) is served."""
    split = [door.split(":") for door in doors]
    await asyncio.gather(*(serve(int(port), name, int(target)) for port, name, target in split))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
