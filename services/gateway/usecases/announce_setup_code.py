"""A process starts while there is no organisation yet; the log must say the code once, not once a process."""

from __future__ import annotations

from services.gateway.usecases.ports import Ports
from services.gateway.usecases.setup_code import setup_code


def announce_setup_code(ports: Ports) -> str | None:
    """The code, for the one process among those starting together that is to put it in the log."""
    code = setup_code(ports)
    if code is None or ports.setup_code or not ports.setups.should_announce(ports.clock()):
        return None
    return code
