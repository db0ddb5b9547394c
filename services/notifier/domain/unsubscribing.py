"""The token in an unsubscribe link: who, which kind, signed.

It has no expiry: an old mail must still stop the next.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from services.notifier.domain.kinds import CHOOSABLE_KINDS, MailKind


@dataclass(frozen=True)
class Wish:
    """Somebody wants no more mail of a kind."""

    organisation_id: str
    person_id: str
    kind: MailKind


class BadToken(ValueError):
    """The token was not signed by us, or is not whole."""


def sign(wish: Wish, secret: str) -> str:
    """A token that says this wish, in characters that need no escaping in a URL."""
    payload = json.dumps([wish.organisation_id, wish.person_id, wish.kind], separators=(",", ":")).encode()
    return f"{_encode(payload)}.{_encode(_signature(payload, secret))}"


def read(token: str, secret: str) -> Wish:
    """The wish that this token says.

    Raises:
        BadToken: the signature is not ours, or it speaks of a kind that cannot be switched off.
    """
    encoded, _, signature = token.partition(".")
    try:
        payload = _decode(encoded)
        genuine = hmac.compare_digest(_decode(signature), _signature(payload, secret))
    except (binascii.Error, ValueError) as error:
        raise BadToken(token) from error
    if not genuine:
        raise BadToken(token)
    organisation_id, person_id, kind = json.loads(payload)
    if kind not in CHOOSABLE_KINDS:
        raise BadToken(token)
    return Wish(organisation_id, person_id, MailKind(kind))


def _signature(payload: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"unsubscribe.v1:" + payload, hashlib.sha256)


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
