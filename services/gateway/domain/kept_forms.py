"""A form that was sent when nobody was signed in: sealed, it waits in the sign-in page of that browser tab.

Only this service can read or make a seal (AES-256-GCM under a key derived from the session secret), so the
text is safe in the page, and nobody can plant a form for somebody else.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.gateway.domain.secrets import same, signature

LASTS: Final = timedelta(hours=12)
# The sign-in form carries the seal beside its own fields, and a body of more than 64 KiB is refused.
LONGEST_SEAL: Final = 48 * 1024
LONGEST_TEXT: Final = 256 * 1024
_ALGORITHM: Final = {"alg": "dir", "enc": "A256GCM"}
# All seals begin with it. What a stranger sends as one may name other algorithms, or none.
_BEGINNING: Final = (
    urlsafe_b64encode(json.dumps(_ALGORITHM, separators=(",", ":")).encode()).decode().rstrip("=")
)
# What is typed anew instead: secrets are kept nowhere, and our own tokens are made anew.
NEVER_KEPT: Final = frozenset(
    {"password", "current", "new", "again", "code", "csrf_token", "form_of", "kept", "next", "remembered"}
)
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class KeptForm:
    """What somebody sent to ``address`` (path and query) before they could sign in again."""

    person_id: str
    address: str
    fields: Fields
    kept_at: datetime


def without_secrets(fields: Iterable[tuple[str, str]]) -> Fields:
    """Return the fields that may be kept, in their order."""
    return tuple((name, value) for name, value in fields if name not in NEVER_KEPT)


def seal(form: KeptForm, key: str) -> str | None:
    """Return the form as a text that only `unseal` with the same key reads; None where it is too long."""
    content = [form.person_id, form.address, form.kept_at.timestamp(), form.fields]
    text = json.dumps(content).encode()
    if len(text) > LONGEST_TEXT:  # a control character takes six bytes
        return None
    sealed = jwe.encrypt_compact(_ALGORITHM, zlib.compress(text), _key(key))
    return sealed if len(sealed) <= LONGEST_SEAL else None


def unseal(sealed: str, key: str, now: datetime) -> KeptForm | None:
    """Return the form that `seal` kept; None where the text is not ours or older than `LASTS`."""
    if not sealed.startswith(f"{_BEGINNING}.") or len(sealed) > LONGEST_SEAL:
        return None
    try:
        packed = jwe.decrypt_compact(sealed, _key(key)).plaintext or b""
    except (JoseError, ValueError):
        return None
    # Bounded, although only we can have packed it.
    content = json.loads(zlib.decompressobj().decompress(packed, LONGEST_TEXT))
    person_id, address, kept_at, fields = content
    form = KeptForm(
        person_id=person_id,
        address=address,
        fields=tuple((name, value) for name, value in fields),
        kept_at=datetime.fromtimestamp(kept_at, now.tzinfo),
    )
    return form if now - form.kept_at < LASTS else None


def mark_of(person_id: str, key: str) -> str:
    """Return what a form carries to say whom it was shown to."""
    return f"{person_id}.{signature(key, 'form-of', person_id)}"


def person_of(mark: str, key: str) -> str | None:
    """Return whom the form with this mark was shown to; None where the mark is not ours."""
    person_id, _, _ = mark.rpartition(".")
    return person_id if person_id and same(mark, mark_of(person_id, key)) else None


def _key(key: str) -> OctKey:
    return OctKey.import_key(bytes.fromhex(signature(key, "kept-form", "key")))
