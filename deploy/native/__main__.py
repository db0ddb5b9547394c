"""What the Makefile calls: up, down, status, logs, reset, republish, token."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence

from deploy.native import daemon
from deploy.native.daemon import PlatformError
from deploy.native.installation import Installation, read
from deploy.native.servers import MissingServerError
from deploy.native.terminal import note, step
from deploy.native.up import demo, once, up
from libs.chassis.settings import Settings, SettingsError

# The notifier says nothing; that somebody accepted an invitation, which the gateway says, goals says as well.
ANNOUNCED = {
    "goals": "organisation, people, teams, cycles, objectives with their progress, key results",
    "checkins": "standings",
}


def down(at: Installation) -> None:
    """Nothing runs any more; the data stays."""
    with step("stop all roles"):
        ran = daemon.stop(at)
    if not ran:
        note("nothing was running")


def status(at: Installation) -> None:
    """What the supervisor says is printed; an error when it does not run."""
    said = daemon.state(at)
    if not said:
        sys.exit("Cairn is not running here: make up")
    print(f"{'role':<16} {'state':<8} {'process':>8} {'restarts':>8}  since")
    for name, role in said["roles"].items():
        print(f"{name:<16} {role['state']:<8} {role['pid'] or '':>8} {role['restarts']:>8}  {role['since']}")


def logs(at: Installation, role: str = "") -> None:
    """The logs are followed until Ctrl-C.

    Raises:
        PlatformError: there is no such role.
    """
    files = sorted(str(path) for path in at.logs.glob(f"{role or '*'}.log"))
    if not files:
        known = ", ".join(path.stem for path in sorted(at.logs.glob("*.log"))) or "none yet"
        message = f"no log of {role or 'any role'}; there are: {known}"
        raise PlatformError(message)
    os.execvp("tail", ["tail", "-n", "40", "-F", *files])  # noqa: S606, S607 - tail of the reader's own system


def reset(at: Installation) -> None:
    """Nothing runs and no data is left; the next start is the first."""
    down(at)
    with step(f"delete {at.folder}"):
        shutil.rmtree(at.folder, ignore_errors=True)


def republish(at: Installation) -> None:
    """What other services keep copies of waits to be announced again, and the workers send it."""
    if not daemon.state(at):
        sys.exit("Cairn is not running here: make up")
    for service, documents in ANNOUNCED.items():
        with step(f"{service}: {documents} wait to be announced again"):
            once(at, "republish", [service])
    note("The workers send them now; cairn_outbox_oldest_seconds is 0 again when all have left.")


def token(at: Installation) -> None:
    """A personal API token of the demo company's admin is printed, and nothing else."""
    if not daemon.state(at):
        sys.exit("Cairn is not running here: make up")
    demo(at, "token")


COMMANDS: dict[str, Callable[..., None]] = {
    "up": up,
    "down": down,
    "status": status,
    "logs": logs,
    "reset": reset,
    "republish": republish,
    "token": token,
}


def main(arguments: Sequence[str]) -> None:
    """Do what the first argument says."""
    options = argparse.ArgumentParser(prog="python -m deploy.native", description=__doc__)
    options.add_argument("command", choices=COMMANDS)
    options.add_argument("role", nargs="?", default="", help="for logs: one role")
    given = options.parse_args(arguments)
    try:
        at = read(Settings())
        COMMANDS[given.command](at, *([given.role] if given.command == "logs" else []))
    except SettingsError as error:
        sys.exit(str(error))
    except (PlatformError, MissingServerError) as error:
        sys.exit(f"\n✗ {error}")
    except json.JSONDecodeError as error:
        sys.exit(f"\n✗ a state file is damaged ({error}): make down, then make up")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
