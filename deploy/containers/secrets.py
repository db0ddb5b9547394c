"""Make every secret of a container installation once, each in the volume of the one who may read it.

Run as ``python -m deploy.containers.secrets /run/cairn``; below it is one folder per reader. What is there
already is kept, so that running it again changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.containers.bus_permissions import EXCHANGES, VIRTUAL_HOST, permissions, topic_permissions

SERVICES = ("goals", "checkins", "notifier", "gateway")
READERS = (*SERVICES, "mongo", "rabbitmq")
SERVICE_USER = 10001
MONGO_HOST = os.environ.get("CAIRN_MONGO_HOST", "mongo")
RABBITMQ_HOST = os.environ.get("CAIRN_RABBITMQ_HOST", "rabbitmq")


def main(root: Path) -> None:
    """Every secret exists below ``root``, readable by its reader alone."""
    for reader in READERS:
        (root / reader).mkdir(parents=True, exist_ok=True)
    _tokens(root)
    _once(root / "gateway" / "session_secret", lambda: secrets.token_urlsafe(48))
    _once(root / "notifier" / "unsubscribe_secret", lambda: secrets.token_urlsafe(48))
    _once(root / "mongo" / "keyfile", lambda: base64.b64encode(secrets.token_bytes(96)).decode())
    _once(root / "mongo" / "root_password", lambda: secrets.token_urlsafe(32))
    _database_users(root)
    _bus_users(root)
    _protect(root)


def _once(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.write_text(make(), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _tokens(root: Path) -> None:
    private = root / "gateway" / "token_private_key"
    if not private.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    key_pair = serialization.load_pem_private_key(private.read_bytes(), None)
    public = key_pair.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for service in SERVICES:
        (root / service / "token_public_key").write_bytes(public)


def _database_users(root: Path) -> None:
    passwords = {}
    for service in SERVICES:
        password = _once(root / "mongo" / f"{service}_password", lambda: secrets.token_urlsafe(32))
        passwords[service] = password
        url = (
            f"mongodb://{service}:{password}@{MONGO_HOST}:27017/?replicaSet=cairn&authSource=cairn_{service}"
        )
        (root / service / "mongo_url").write_text(url, encoding="utf-8")


def _bus_users(root: Path) -> None:
    users = []
    for service in SERVICES:
        password = _once(root / service / "bus_password", lambda: secrets.token_urlsafe(32))
        (root / service / "amqp_url").write_text(
            f"amqp://{service}:{password}@{RABBITMQ_HOST}:5672/{VIRTUAL_HOST}", encoding="utf-8"
        )
        users.append({"name": service, "password_hash": _rabbitmq_hash(password), "tags": ""})
    definitions = {
        "vhosts": [{"name": VIRTUAL_HOST}],
        "users": users,
        "permissions": [permissions(service) for service in SERVICES],
        "topic_permissions": [rule for service in SERVICES for rule in topic_permissions(service)],
        "exchanges": [_exchange(name) for name in EXCHANGES],
    }
    (root / "rabbitmq" / "definitions.json").write_text(json.dumps(definitions, indent=2), encoding="utf-8")


def _exchange(name: str) -> dict[str, object]:
    return {
        "name": name,
        "vhost": VIRTUAL_HOST,
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _rabbitmq_hash(password: str) -> str:
    """The hash that RabbitMQ stores: salt, then SHA-256 of salt and password.

    The salt follows from the password, which is random: made again, the file is the same to the byte, and a
    swarm takes it. Source: rabbitmq.com/docs/passwords.
    """
    salt = hashlib.sha256(b"salt of " + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _protect(root: Path) -> None:
    for reader in READERS:
        folder = root / reader
        for path in (folder, *folder.iterdir()):
            if reader in SERVICES:
                if os.geteuid() == 0:
                    os.chown(path, SERVICE_USER, SERVICE_USER)
                path.chmod(0o700 if path.is_dir() else 0o400)
            else:
                # The servers' images start as root and drop to a user of their own, who must read it too.
                path.chmod(0o755 if path.is_dir() else 0o444)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
