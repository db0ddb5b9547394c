"""Keys and secrets of a native installation: random, made once, never shown."""

import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

PRIVATE_KEY, PUBLIC_KEY = "token-private-key.pem", "token-public-key.pem"
SESSION_SECRET, UNSUBSCRIBE_SECRET, SETUP_CODE = "session-secret", "unsubscribe-secret", "setup-code"


def ensure(folder: Path) -> None:
    """Every key and secret is in `folder`; what was there has not changed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = folder / PRIVATE_KEY
    once(private, new_private_key)
    key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    once(folder / PUBLIC_KEY, public.decode)
    once(folder / SESSION_SECRET, lambda: secrets.token_urlsafe(48))
    once(folder / UNSUBSCRIBE_SECRET, lambda: secrets.token_urlsafe(48))
    once(folder / SETUP_CODE, lambda: secrets.token_urlsafe(12))


def once(path: Path, make: Callable[[], str]) -> None:
    """The file exists with what `make` says, unless it existed before."""
    if path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(make())


def new_private_key() -> str:
    """A fresh ES256 key as PEM."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )
