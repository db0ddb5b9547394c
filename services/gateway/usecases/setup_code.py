"""The one-time code of the first set-up: only who can read the log may make the first admin.

It follows from a secret and a stored salt, so that every process of this service knows the same code without
keeping it anywhere.
"""

from __future__ import annotations

from services.gateway.domain.secrets import signature
from services.gateway.usecases.ports import Ports

GROUP = 5
GROUPS = 4


def setup_code(ports: Ports) -> str | None:
    """The code that counts now; None once there is an organisation."""
    setup = ports.setups.get()
    if setup.done:
        return None
    if ports.setup_code:
        return ports.setup_code
    letters = signature(ports.session_secret, "first set-up", setup.salt)[: GROUP * GROUPS]
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
