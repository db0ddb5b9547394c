"""Who asks: tokens between services, minted by the gateway alone and verified by every service.

ES256, at most 60 seconds, one audience per service. Minting or verifying costs about 0.1 ms, so the gateway
keeps a minted token for half its life and a service remembers a verified one until it expires.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cachetools import LRUCache
from flask import Flask, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from uuid_utils.compat import uuid7

from libs.chassis import problems

ISSUER: Final = "cairn-gateway"
LIFETIME: Final = 60
LEEWAY: Final = 5
_ALGORITHM: Final = "ES256"
_REMEMBERED: Final = 4096
_PROTECTED: Final = ("/api/", "/internal/")
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Principal:
    """The one who asks, as the gateway vouches for them.

    Set-up calls are person ``system`` with role ``system``.
    """

    person_id: str
    organisation_id: str
    roles: frozenset[str]
    scopes: frozenset[str]
    team_ids: tuple[str, ...] = ()

    @property
    def is_system(self) -> bool:
        """Whether this is the platform itself, as in the first set-up."""
        return "system" in self.roles


class TokenMinter:
    """Makes tokens that services believe. Thread-safe."""

    def __init__(self, private_key_pem: str) -> None:
        """``private_key_pem`` is a P-256 key.

        Raises:
            ValueError: it is not.
        """
        self._key = _key(private_key_pem)
        self._minted: LRUCache[tuple[Principal, tuple[str, ...]], tuple[str, float]] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def mint(self, principal: Principal, audiences: Sequence[str]) -> str:
        """A token for these services that lives at least another half of 60 seconds."""
        slot = (principal, tuple(audiences))
        present = time.time()
        with self._lock:
            kept = self._minted.get(slot)
        if kept is not None and present < kept[1]:
            return kept[0]
        issued = int(present)
        claims = {
            "iss": ISSUER,
            "sub": principal.person_id,
            "org": principal.organisation_id,
            "roles": sorted(principal.roles),
            "scopes": sorted(principal.scopes),
            "teams": list(principal.team_ids),
            "aud": list(audiences),
            "iat": issued,
            "exp": issued + LIFETIME,
            "jti": str(uuid7()),
        }
        token = jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key, algorithms=[_ALGORITHM])
        with self._lock:
            self._minted[slot] = (token, issued + LIFETIME / 2)
        return token


class TokenVerifier:
    """Believes the gateway's tokens for one audience, and nothing else. Thread-safe."""

    def __init__(self, public_key_pem: str, audience: str) -> None:
        """``audience`` is the name of this service.

        Raises:
            ValueError: the key is no P-256 key.
        """
        self._key = _key(public_key_pem)
        self._audience = audience
        self._verified: LRUCache[str, tuple[Principal, int]] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def verify(self, token: str) -> Principal:
        """Whom the token stands for.

        Raises:
            problems.Unauthenticated: it is forged, expired, for another service, or lives too long.
        """
        present = time.time()
        with self._lock:
            known = self._verified.get(token)
        if known is not None and present < known[1] + LEEWAY:
            return known[0]
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
            principal = self._principal(claims, present)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            msg = "The token is not valid here. Get a new one."
            raise problems.Unauthenticated(msg) from error
        with self._lock:
            self._verified[token] = (principal, claims["exp"])
        return principal

    def _principal(self, claims: dict[str, Any], present: float) -> Principal:
        issued, expires = _instant(claims["iat"]), _instant(claims["exp"])
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        believable = (
            claims["iss"] == ISSUER
            and self._audience in audiences
            and present < expires + LEEWAY
            and issued <= present + LEEWAY
            and 0 < expires - issued <= LIFETIME
            and _instant(claims.get("nbf", issued)) <= present + LEEWAY
        )
        if not believable:
            msg = "claims do not hold"
            raise ValueError(msg)
        _text(claims["jti"])
        return Principal(
            person_id=_text(claims["sub"]),
            organisation_id=_text(claims["org"], empty=True),
            roles=frozenset(_texts(claims["roles"])),
            scopes=frozenset(_texts(claims["scopes"])),
            team_ids=_texts(claims.get("teams", [])),
        )


def authenticate(app: Flask, verifier: TokenVerifier) -> None:
    """Nothing under ``/api/`` and ``/internal/`` is answered without a valid bearer token."""

    def check() -> None:
        if not request.path.startswith(_PROTECTED):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            msg = "Send the token as Authorization: Bearer."
            raise problems.Unauthenticated(msg)
        g.principal = verifier.verify(token.strip())

    app.before_request(check)


def current_principal() -> Principal:
    """Who asks in this request.

    Raises:
        problems.Unauthenticated: nobody was authenticated.
    """
    principal = g.get("principal")
    if not isinstance(principal, Principal):
        raise problems.Unauthenticated
    return principal


def current_principal_in_scope() -> Principal:
    """Who asks in this request, with a token that may do what the request does.

    Raises:
        problems.Unauthenticated: nobody was authenticated.
        problems.Forbidden: the token may only read, and this writes; or it may only write.
    """
    principal = current_principal()
    needed = "read" if request.method in _READS else "write"
    if principal.scopes and needed not in principal.scopes:
        msg = f"This token may not {needed}."
        raise problems.Forbidden(msg)
    return principal


def _key(pem: str) -> ECKey:
    try:
        key = ECKey.import_key(pem)
    except JoseError as error:
        raise ValueError(str(error)) from error
    if key.curve_name != "P-256":
        msg = f"expected a P-256 key, not {key.curve_name}"
        raise ValueError(msg)
    return key


def _instant(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        msg = "expected whole seconds"
        raise TypeError(msg)
    return value


def _text(value: Any, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        msg = "expected text"
        raise TypeError(msg)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        msg = "expected a list"
        raise TypeError(msg)
    return tuple(_text(item) for item in value)
