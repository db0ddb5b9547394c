"""The database of `make up` on another port than before."""

import subprocess
from pathlib import Path

from deploy.native.servers import Mongo, free_port
from tests.fixtures.waiting import WaitUntil


def test_the_data_of_one_port_is_found_again_on_another(tmp_path: Path, wait_until: WaitUntil) -> None:
    """A replica set remembers its address; moving `CAIRN_MONGO_PORT` must not lock anybody out."""
    for _ in range(2):
        mongo = Mongo(free_port(), tmp_path / "mongo")
        process = subprocess.Popen(mongo.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(mongo.ready, deadline=60, because=f"a primary on port {mongo.port}")
        finally:
            process.terminate()
            process.wait()
