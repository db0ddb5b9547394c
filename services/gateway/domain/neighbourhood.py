"""Who asks from inside: from this machine or network, and not on behalf of somebody outside."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

# Whatever passes a request on says for whom in one of these; who asks for themselves has no need to.
PASSED_ON: Final = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})


def is_inside(peer: str, header_names: Collection[str]) -> bool:
    """Whether the other end of the connection is a neighbour's, and asks for itself.

    A caller outside can add a header and thereby lose; none can take away the one that a proxy adds.
    """
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    return not address.is_global and not PASSED_ON.intersection(name.lower() for name in header_names)
