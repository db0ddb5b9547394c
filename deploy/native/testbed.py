"""A MongoDB and a RabbitMQ for tests, on free ports, thrown away at the end.

`python -m deploy.native.testbed` keeps a pair running until Ctrl-C and prints the variables that make every
test run use it. With `--watch PID` the pair lives as long as that process, however it ends: a killed test
run leaves no server behind.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.native.servers import MissingServerError, Mongo, Rabbit, free_port
from deploy.native.supervisor import alive

START_WITHIN = 90.0
LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Addresses:
    """Where the pair answers."""

    mongo_url: str
    amqp_url: str
    amqp_management_url: str

    def variables(self) -> dict[str, str]:
        """The same as environment variables of a test run."""
        return {f"CAIRN_TEST_{name.upper()}": value for name, value in asdict(self).items()}


def stop(process: subprocess.Popen[bytes]) -> None:
    """The process and its whole group have ended: killed, for nobody will read its data again."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def running(data: Path) -> Iterator[Addresses]:
    """Both servers run inside the block and are gone, with their data, after it.

    Raises:
        MissingServerError: a server's program is not installed.
        TimeoutError: a server did not become ready; the text ends with its log.
    """
    mongo, rabbit = Mongo(free_port(), data / "mongo"), Rabbit.anywhere(data / "rabbit")
    servers: tuple[Mongo | Rabbit, ...] = (mongo, rabbit)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for server in servers:
            with (data / f"{type(server).__name__.lower()}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(
                        server.command(),
                        env={**os.environ, **server.environment()},
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        for server, process in zip(servers, processes, strict=True):
            deadline = time.monotonic() + START_WITHIN
            while not server.ready():
                if time.monotonic() > deadline or process.poll() is not None:
                    log_tail = (data / f"{type(server).__name__.lower()}.log").read_text()[-2000:]
                    message = f"{type(server).__name__} did not start:\n{log_tail}"
                    raise TimeoutError(message)
                time.sleep(0.1)
        yield Addresses(mongo.url, rabbit.url, rabbit.management_url)
    finally:
        for process in reversed(processes):
            stop(process)
        rabbit.forget_names()
        shutil.rmtree(data, ignore_errors=True)


def main() -> None:
    """Keep a pair running until told to stop, or until the watched process has gone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--watch", type=int, metavar="PID", help="stop when this process has gone")
    options.add_argument("--state", type=Path, metavar="FILE", help="write the addresses (or the error) here")
    given = options.parse_args()
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: asked_to_stop.append(number))

    def publish(answer: dict[str, str]) -> None:
        if given.state:
            unfinished = given.state.with_suffix(".part")
            unfinished.write_text(json.dumps(answer))
            unfinished.rename(given.state)
        else:
            print("\n".join(f"export {name}='{value}'" for name, value in answer.items()), flush=True)

    try:
        with running(Path(tempfile.mkdtemp(prefix="cairn-testbed-"))) as addresses:
            publish(addresses.variables())
            while not asked_to_stop and (not given.watch or alive(given.watch)):
                time.sleep(LOOK_EVERY)
    except (MissingServerError, TimeoutError) as error:
        publish({"error": str(error)})
        sys.exit(str(error))


if __name__ == "__main__":
    main()
