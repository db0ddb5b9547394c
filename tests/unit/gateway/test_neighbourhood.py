"""Metrics and readiness are for the inside."""

from __future__ import annotations

import pytest

from services.gateway.domain.neighbourhood import is_inside


@pytest.mark.parametrize(
    "peer",
    ["127.0.0.1", "::1", "10.1.2.3", "172.18.0.4", "192.168.1.9", "100.64.0.7", "fd00::7", "fe80::1%eth0"],
)
def test_this_machine_and_private_networks_are_inside(peer: str) -> None:
    assert is_inside(peer, ["Host", "User-Agent"])


@pytest.mark.parametrize("peer", ["8.8.8.8", "2a00:1450:4001::1", "", "unix:", "10.1.2.3.4", "localhost"])
def test_anybody_else_is_outside(peer: str) -> None:
    assert not is_inside(peer, [])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "x-real-ip", "VIA", "X-Forwarded-Host"])
def test_what_a_proxy_passes_on_comes_from_outside(header: str) -> None:
    assert not is_inside("127.0.0.1", ["Host", header])
