"""How often something may be tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

RIGHT_ONES_TOO: Final = 6
SUBSCRIBERS_PART: Final = 64


@dataclass(frozen=True)
class Limit:
    """At most ``count`` times in each window of ``seconds``."""

    count: int
    seconds: int


def of_every_try(failures: Limit) -> Limit:
    """How many tries there may be at all, right ones among them, where so many may fail.

    A right password costs as slow a hash as a wrong one: whoever knows one must not keep all others waiting.
    """
    return replace(failures, count=failures.count * RIGHT_ONES_TOO)


def network_of(address: str) -> str:
    """What of a caller's address is counted: of IPv6 the /64, all of which one subscriber may use."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, SUBSCRIBERS_PART), strict=False))


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: ``remaining`` tries, and ``reset`` seconds until it is whole again."""

    allowed: bool
    limit: Limit
    remaining: int
    reset: int
