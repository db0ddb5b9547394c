"""Each service, asked past the gateway with forged or borrowed tokens, and through it with borrowed names."""

from __future__ import annotations

import base64
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import urllib3
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import ECKey

from libs.chassis.auth import ISSUER, LIFETIME, Principal, TokenMinter
from libs.contracts.permissions import Role
from tests.integration.gateway.platform import Platform, key_pair
from tests.integration.permissions.scene import Actor, Organisation, ports_of
from tests.integration.security.wire import send

BEHIND = ("goals", "checkins", "notifier")
DOORS = {
    "goals": ("/api/v1/people", "/internal/organisations"),
    "checkins": ("/api/v1/check-ins/due", "/internal/outdated"),
    "notifier": ("/api/v1/mail-log", "/internal/unsubscribe?token=x"),
}
JSON = {"Content-Type": "application/json"}


@dataclass
class Behind:
    """A service as somebody inside the network reaches it, and what its good token says."""

    name: str
    address: str
    claims: dict[str, Any]
    key: str

    def ask(self, path: str, authorization: str | None) -> int:
        """The status that it answers."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return urllib3.request("GET", self.address + path, headers=headers, redirect=False).status

    def signed(self, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        """A token with these changes; None takes a claim away."""
        said = {name: value for name, value in {**self.claims, **claims}.items() if value is not None}
        given = {"alg": "ES256", "typ": "JWT", **(header or {})}
        return jwt.encode(given, said, key or ECKey.import_key(self.key), algorithms=["ES256"])


@pytest.fixture(params=BEHIND)
def behind(request: pytest.FixtureRequest, platform: Platform, home: Organisation) -> Behind:
    """Each service in turn."""
    now, name = int(time.time()), str(request.param)
    account = ports_of(platform).accounts.get(home.admin_id)
    assert account is not None
    claims = {
        "iss": ISSUER,
        "sub": home.admin_id,
        "org": account.organisation_id,
        "roles": ["admin"],
        "scopes": ["read", "write"],
        "teams": [],
        "aud": [name, "goals"],
        "iat": now,
        "exp": now + LIFETIME,
        "jti": uuid.uuid4().hex,
    }
    return Behind(name, platform.addresses[name], claims, platform.minter_key)


def part(value: Any) -> str:
    """A piece of a token, as it is written."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def public_of(private: str) -> bytes:
    """The public key that everybody may know, in PEM."""
    key = serialization.load_pem_private_key(private.encode(), None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def forgeries(behind: Behind) -> Iterator[tuple[str, str]]:
    """Tokens that each lack one thing that makes a good one, by what that is."""
    now = int(time.time())
    good = behind.signed()
    head, body, signature = good.split(".")
    for none in ("none", "None", "NONE", "nOnE"):
        yield f"alg {none}", f"{part({'alg': none, 'typ': 'JWT'})}.{body}."
        yield f"alg {none} with a signature", f"{part({'alg': none, 'typ': 'JWT'})}.{body}.{signature}"
    for secret in (public_of(behind.key), public_of(behind.key).strip(), b""):
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{body}"
        proof = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).decode().rstrip("=")
        yield "HS256 signed with the public key", f"{signed}.{proof}"
    yield "another key", behind.signed(key=ECKey.import_key(key_pair()[0]))
    stranger = ECKey.generate_key("P-256")
    yield "its own key in the header", behind.signed({"jwk": stranger.as_dict(private=False)}, stranger)
    yield "an address of keys", behind.signed({"jku": "http://127.0.0.1:1/keys"}, stranger)
    yield "a key id of a path", behind.signed({"kid": "../../dev/null"}, stranger)
    yield "another service's audience", behind.signed(aud=["gateway"])
    yield "an audience that begins alike", behind.signed(aud=[f"{behind.name}2"])
    yield "no audience", behind.signed(aud=None)
    yield "an empty audience", behind.signed(aud=[])
    yield "expired", behind.signed(iat=now - 2 * LIFETIME, exp=now - LIFETIME)
    yield "living too long", behind.signed(exp=now + LIFETIME + 1)
    yield "living for ever", behind.signed(exp=None)
    yield "of tomorrow", behind.signed(iat=now + 86400, exp=now + 86400 + LIFETIME)
    yield "not yet valid", behind.signed(nbf=now + 3600)
    yield "ending before it began", behind.signed(exp=now - 1)
    yield "another issuer", behind.signed(iss="https://evil.example")
    for name in ("iss", "sub", "org", "roles", "scopes", "iat", "jti"):
        yield f"without {name}", behind.signed(**{name: None})
    for name, value in (
        ("sub", 7),
        ("org", {"$gt": ""}),
        ("roles", "admin"),
        ("exp", "never"),
        ("exp", True),
    ):
        changed: dict[str, Any] = {name: value}
        yield f"{name} of another type", behind.signed(**changed)
    raised = part({**behind.claims, "roles": ["system"]})
    yield "another body under a good signature", f"{head}.{raised}.{signature}"
    yield "a signature of zeros", f"{head}.{body}.{part('0' * 48)}"
    yield "no signature", f"{head}.{body}."
    yield "two parts", f"{head}.{body}"
    yield "a fourth part", f"{good}.x"


def test_a_good_token_opens_the_door(behind: Behind) -> None:
    """Else the refusals below would say nothing."""
    assert behind.ask(DOORS[behind.name][0], f"Bearer {behind.signed()}") == HTTPStatus.OK


def test_no_forged_token_opens_any_door(behind: Behind) -> None:
    for path in DOORS[behind.name]:
        for lack, token in forgeries(behind):
            assert behind.ask(path, f"Bearer {token}") == HTTPStatus.UNAUTHORIZED, (path, lack)
        for header in (None, "", "Bearer", "Bearer ", f"Basic {behind.signed()}", behind.signed()):
            assert behind.ask(path, header) == HTTPStatus.UNAUTHORIZED, (path, header)


def test_a_personal_api_token_means_nothing_behind_the_gateway(
    behind: Behind, actors: dict[Role, Actor]
) -> None:
    token = actors[Role.ADMIN].caller.token
    for path in DOORS[behind.name]:
        assert behind.ask(path, f"Bearer {token}") == HTTPStatus.UNAUTHORIZED


def test_an_admin_is_not_the_platform_itself(behind: Behind) -> None:
    """What only set-up may do takes the role of set-up, which no account has."""
    if behind.name != "goals":
        return
    body = json.dumps(
        {
            "organisation_id": uuid.uuid4().hex,
            "organisation_name": "Taken over",
            "time_zone": "UTC",
            "person_id": uuid.uuid4().hex,
            "name": "Eve",
            "email": "eve@evil.example",
        }
    )
    answer = urllib3.request(
        "POST",
        f"{behind.address}/internal/organisations",
        body=body,
        headers={"Authorization": f"Bearer {behind.signed()}", **JSON},
    )
    assert answer.status == HTTPStatus.FORBIDDEN


BORROWED = {
    "X-User": "{other}",
    "X-User-Id": "{other}",
    "X-Remote-User": "{other}",
    "X-Forwarded-User": "{other}",
    "X-Auth-Request-User": "{other}",
    "X-Person-Id": "{other}",
    "X-Organisation": "{other}",
    "X-Roles": "admin",
    "X-Scopes": "read write",
    "X-Original-URL": "/api/v1/audit",
    "X-Rewrite-URL": "/api/v1/audit",
    "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/internal",
    "Forwarded": "for=127.0.0.1;host=evil.example",
    "Proxy-Authorization": "Bearer {minted}",
    "X-Authorization": "Bearer {minted}",
    "Cookie": "cairn_session={minted}; Authorization={minted}",
    "Connection": "close, Authorization, If-Match",
}


def test_no_inbound_header_makes_somebody_else_of_the_caller(
    platform: Platform, actors: dict[Role, Actor], home: Organisation
) -> None:
    """Not even one that carries a token which the services behind would believe."""
    viewer = actors[Role.VIEWER]
    account = ports_of(platform).accounts.get(home.admin_id)
    assert account is not None
    principal = Principal(
        home.admin_id, account.organisation_id, frozenset({"admin"}), frozenset({"read", "write"})
    )
    minted = TokenMinter(platform.minter_key).mint(principal, list(BEHIND))
    own = {"Authorization": f"Bearer {viewer.caller.token}"}
    for name, value in BORROWED.items():
        headers = {**own, name: value.format(other=home.admin_id, minted=minted)}
        me = send(platform.address, "GET", "/api/v1/me", headers=headers)
        assert me.status == HTTPStatus.OK, name
        assert json.loads(me.body)["id"] == viewer.person_id, name
        for path in ("/api/v1/audit", "/api/v1/mail-log"):
            assert send(platform.address, "GET", path, headers=headers).status == HTTPStatus.FORBIDDEN, name


def test_a_token_between_services_is_no_credential_outside(platform: Platform, home: Organisation) -> None:
    """Whoever got hold of one cannot come in by the front with it."""
    account = ports_of(platform).accounts.get(home.admin_id)
    assert account is not None
    principal = Principal(home.admin_id, account.organisation_id, frozenset({"admin"}), frozenset({"read"}))
    minted = TokenMinter(platform.minter_key).mint(principal, ["gateway", *BEHIND])
    for headers in (
        {"Authorization": f"Bearer {minted}"},
        {"Cookie": f"cairn_session={minted}"},
        {"Authorization": f"Bearer crn_{minted}"},
    ):
        answer = send(platform.address, "GET", "/api/v1/me", headers=headers)
        assert answer.status == HTTPStatus.UNAUTHORIZED, headers


def test_two_credentials_that_disagree_never_add_up(
    platform: Platform, actors: dict[Role, Actor], home: Organisation
) -> None:
    """A bad token is not helped by a good session, and two tokens are none."""
    token = actors[Role.VIEWER].caller.token
    bad = {"Authorization": "Bearer crn_nobody"}
    assert send(platform.address, "GET", "/api/v1/me", headers=bad).status == HTTPStatus.UNAUTHORIZED
    both = {"Authorization": f"Bearer {token}, Bearer {token}"}
    assert send(platform.address, "GET", "/api/v1/me", headers=both).status == HTTPStatus.UNAUTHORIZED
    assert home.admin_id != actors[Role.VIEWER].person_id
