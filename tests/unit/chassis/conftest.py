"""What the tests of the chassis share: keys, settings, a small app."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import LogCapture

from libs.chassis.settings import CoreSettings


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, str]:
    """A private and a public P-256 key."""
    return pem_pair(ec.SECP256R1())


def pem_pair(curve: ec.EllipticCurve) -> tuple[str, str]:
    """A private and a public key on the curve."""
    key = ec.generate_private_key(curve)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.fixture
def core() -> CoreSettings:
    """Settings of a service that talks to nobody."""
    return CoreSettings(
        environment="test",
        service="tests",
        log_format="json",
        log_level="info",
        mongo_url="mongodb://127.0.0.1:1/",
        mongo_database="tests",
        amqp_url="amqp://127.0.0.1:1/",
        bind="127.0.0.1:0",
        worker_bind="127.0.0.1:0",
        web_workers=1,
        web_threads=1,
        public_url="http://localhost:8080",
        token_public_key="",
    )


Logs = list[MutableMapping[str, Any]]


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged from now on, whatever level an earlier test of this process has set."""
    before, capture = structlog.get_config(), LogCapture()
    structlog.reset_defaults()
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.configure(**before)
