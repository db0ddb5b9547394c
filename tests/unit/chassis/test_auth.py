"""Tokens between services: believed only if the gateway made them, for this service, a moment ago."""

import base64
import json
import time
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from libs.chassis import auth, problems
from tests.unit.chassis.conftest import pem_pair

Keys = tuple[str, str]
PRINCIPAL = auth.Principal(
    "person", "org", frozenset({"member", "leader"}), frozenset({"read", "write"}), ("t1", "t2")
)


def claims(**changes: Any) -> dict[str, Any]:
    issued = int(time.time())
    plain = {
        "iss": "cairn-gateway",
        "sub": "person",
        "org": "org",
        "roles": ["member"],
        "scopes": ["read"],
        "aud": ["goals"],
        "iat": issued,
        "exp": issued + 60,
        "jti": "1",
    }
    changed = {**plain, **changes}
    return {name: value for name, value in changed.items() if value is not ...}


def signed(private: str, said: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    return jwt.encode(header or {"alg": "ES256"}, said, ECKey.import_key(private))


def test_a_minted_token_stands_for_its_principal(key_pair: Keys) -> None:
    private, public = key_pair
    token = auth.TokenMinter(private).mint(PRINCIPAL, ["goals", "checkins"])
    assert auth.TokenVerifier(public, "goals").verify(token) == PRINCIPAL
    assert auth.TokenVerifier(public, "checkins").verify(token) == PRINCIPAL


def test_a_token_for_another_service_is_refused(key_pair: Keys) -> None:
    private, public = key_pair
    token = auth.TokenMinter(private).mint(PRINCIPAL, ["goals"])
    with pytest.raises(problems.Unauthenticated):
        auth.TokenVerifier(public, "notifier").verify(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "notifier"},
        {"aud": []},
        {"exp": 1},
        {"iat": 1_900_000_000, "exp": 1_900_000_061},
        {"iat": 1_900_000_300, "exp": 1_900_000_350},
        {"exp": "never"},
        {"exp": 1e300},
        {"iat": True},
        {"sub": ""},
        {"sub": {"$ne": None}},
        {"org": 5},
        {"roles": "admin"},
        {"roles": [{"$ne": 1}]},
        {"scopes": None},
        {"nbf": 1_900_000_600},
        *({name: ...} for name in ("iss", "sub", "org", "roles", "scopes", "aud", "iat", "exp", "jti")),
    ],
    ids=str,
)
def test_claims_that_do_not_hold_are_refused(key_pair: Keys, changes: dict[str, Any]) -> None:
    private, public = key_pair
    with time_machine.travel(1_900_000_000, tick=False):
        verifier = auth.TokenVerifier(public, "goals")
        verifier.verify(signed(private, claims()))
        with pytest.raises(problems.Unauthenticated):
            verifier.verify(signed(private, claims(**changes)))


def test_a_token_of_another_key_is_refused(key_pair: Keys) -> None:
    stranger, _ = pem_pair(ec.SECP256R1())
    with pytest.raises(problems.Unauthenticated):
        auth.TokenVerifier(key_pair[1], "goals").verify(signed(stranger, claims()))


def test_the_public_key_is_no_shared_secret_and_none_is_no_algorithm(key_pair: Keys) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    verifier = auth.TokenVerifier(key_pair[1], "goals")
    shared = jwt.encode(
        {"alg": "HS256"},
        claims(),
        OctKey.import_key(key_pair[1].encode().replace(b"-", b"x")),
        algorithms=["HS256"],
    )
    for forged in (
        shared,
        f"{part({'alg': 'none'})}.{part(claims())}.",
        f"{part({'alg': 'ES256'})}.{part(claims())}.",
    ):
        with pytest.raises(problems.Unauthenticated):
            verifier.verify(forged)


@pytest.mark.parametrize(
    "nonsense", ["", ".", "a.b.c", "..", "ä.ö.ü", "x" * 10000, "e30.e30.e30", "bnVsbA.bnVsbA.x"]
)
def test_nonsense_is_refused_like_any_bad_token(key_pair: Keys, nonsense: str) -> None:
    with pytest.raises(problems.Unauthenticated):
        auth.TokenVerifier(key_pair[1], "goals").verify(nonsense)


def test_a_verified_token_is_remembered_until_it_expires(key_pair: Keys) -> None:
    private, public = key_pair
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        token = auth.TokenMinter(private).mint(PRINCIPAL, ["goals"])
        verifier = auth.TokenVerifier(public, "goals")
        assert verifier.verify(token) is verifier.verify(token)
        clock.shift(64)
        assert verifier.verify(token) == PRINCIPAL
        clock.shift(2)
        with pytest.raises(problems.Unauthenticated):
            verifier.verify(token)


def test_a_minted_token_is_kept_for_half_its_life(key_pair: Keys) -> None:
    minter = auth.TokenMinter(key_pair[0])
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        token = minter.mint(PRINCIPAL, ["goals"])
        clock.shift(29)
        assert minter.mint(PRINCIPAL, ["goals"]) == token
        assert minter.mint(PRINCIPAL, ["checkins"]) != token
        clock.shift(2)
        assert minter.mint(PRINCIPAL, ["goals"]) != token


def test_a_key_that_is_no_p256_key_is_refused_at_the_start() -> None:
    private, public = pem_pair(ec.SECP384R1())
    with pytest.raises(ValueError, match="P-256"):
        auth.TokenMinter(private)
    with pytest.raises(ValueError, match="P-256"):
        auth.TokenVerifier(public, "goals")
    with pytest.raises(ValueError, match="key"):
        auth.TokenVerifier("not a key", "goals")


@pytest.fixture
def app(key_pair: Keys) -> Flask:
    app = Flask(__name__)
    problems.install(app)
    auth.authenticate(app, auth.TokenVerifier(key_pair[1], "goals"))
    for path in ("/api/v1/me", "/internal/me", "/open"):
        app.add_url_rule(
            path, endpoint=path, view_func=lambda: {"person": auth.current_principal().person_id}
        )
    return app


@pytest.mark.parametrize("path", ["/api/v1/me", "/internal/me", "/api/v1/nowhere"])
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "Bearer x", "x"])
def test_nothing_of_the_api_is_answered_without_a_token(app: Flask, path: str, header: str | None) -> None:
    answer = app.test_client().get(path, headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_with_a_token_the_principal_is_known(app: Flask, key_pair: Keys) -> None:
    token = auth.TokenMinter(key_pair[0]).mint(PRINCIPAL, ["goals"])
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": f"bearer {token}"})
    assert answer.json == {"person": "person"}


def test_outside_the_api_nobody_is_known(app: Flask) -> None:
    assert app.test_client().get("/open").status_code == 401
