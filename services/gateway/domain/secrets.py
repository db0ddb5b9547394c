"""Secrets that a person or a browser carries, and the digests that we keep instead of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "crn_"  # noqa: S105  # a public marker, so that scanners recognise a leaked token


def new_secret() -> str:
    """A fresh secret of 256 random bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    """A fresh personal API token."""
    return TOKEN_PREFIX + new_secret()


def digest(secret: str) -> str:
    """What is stored of a secret. It is random, so one round of SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature(key: str, purpose: str, subject: str) -> str:
    """What only a holder of ``key`` can say about ``subject`` for this purpose."""
    return hmac.new(key.encode(), f"{purpose}\n{subject}".encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether both are equal, told in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
