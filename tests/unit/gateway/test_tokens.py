"""Personal API tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from libs.chassis.problems import Unavailable
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import InvalidFields, TokenMade, TokenUnknown, TooManyTokens
from services.gateway.domain.tokens import scope_for
from services.gateway.usecases.accept_token import accept_token
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.list_tokens import list_tokens
from services.gateway.usecases.revoke_token import revoke_token
from tests.unit.gateway.examples import HERE, lost_lines, refuse, stored
from tests.unit.gateway.memory import NOON, World


def make(
    world: World,
    name: str = "reports",
    scopes: frozenset[str] = frozenset({"read"}),
    expires_at: datetime | None = None,
    not_after: datetime | None = None,
) -> str:
    command = CreateToken(name=name, scopes=scopes, expires_at=expires_at, origin=HERE, not_after=not_after)
    return create_token(stored_once(world), command, world.ports)[0]


def stored_once(world: World) -> Account:
    return world.accounts.get("jun") or stored(world)


def test_a_token_speaks_for_its_person_with_its_scopes(world: World) -> None:
    identity = accept_token(make(world), world.ports)
    assert identity is not None
    assert identity.account.person_id == "jun"
    assert identity.scopes == {"read"}


def test_the_secret_is_kept_nowhere(world: World) -> None:
    secret = make(world)
    assert secret.startswith("crn_")
    assert secret not in repr(world.tokens.stored)
    assert secret not in repr(world.audit.lines)


def test_where_its_line_in_the_audit_log_cannot_be_written_no_token_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.audit, "add", refuse)
    with pytest.raises(Unavailable):
        make(world)
    assert not world.tokens.stored


def test_a_token_is_revoked_also_where_the_line_that_says_so_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = make(world)
    (token,) = world.tokens.stored.values()
    before = lost_lines()
    monkeypatch.setattr(world.audit, "add", refuse)
    revoke_token(stored_once(world), token.id, HERE, world.ports)
    assert accept_token(secret, world.ports) is None
    assert lost_lines() == before + 1


def test_a_token_lasts_ninety_days_unless_said_otherwise(world: World) -> None:
    secret = make(world)
    world.clock.pass_(days=89)
    assert accept_token(secret, world.ports) is not None
    world.clock.pass_(days=1)
    assert accept_token(secret, world.ports) is None


def test_a_token_makes_no_token_that_outlives_it(world: World) -> None:
    first = accept_token(make(world, expires_at=NOON + timedelta(days=7)), world.ports)
    assert first is not None
    assert first.expires_at == NOON + timedelta(days=7)
    for wish in (None, NOON + timedelta(days=300)):
        heir = accept_token(make(world, expires_at=wish, not_after=first.expires_at), world.ports)
        assert heir is not None
        assert heir.expires_at == first.expires_at
    sooner = NOON + timedelta(days=1)
    heir = accept_token(make(world, expires_at=sooner, not_after=first.expires_at), world.ports)
    assert heir is not None
    assert heir.expires_at == sooner


def test_its_last_use_is_known_to_the_minute(world: World) -> None:
    secret = make(world)
    world.clock.pass_(hours=1)
    accept_token(secret, world.ports)
    world.clock.pass_(seconds=30)
    accept_token(secret, world.ports)
    (token,) = list_tokens("jun", world.ports)
    assert token.last_used_at == NOON + timedelta(hours=1)


def test_a_revoked_token_opens_nothing(world: World) -> None:
    secret = make(world)
    (token,) = list_tokens("jun", world.ports)
    revoke_token(stored_once(world), token.id, HERE, world.ports)
    assert accept_token(secret, world.ports) is None
    assert world.actions() == ["token.created", "token.revoked"]
    assert world.audit.lines[-1].detail["name"] == token.name


def test_somebody_elses_token_cannot_be_revoked(world: World) -> None:
    make(world)
    (token,) = list_tokens("jun", world.ports)
    with pytest.raises(TokenUnknown):
        revoke_token(stored(world, "odo"), token.id, HERE, world.ports)


def test_a_person_holds_twenty_live_tokens_at_most(world: World) -> None:
    for number in range(20):
        make(world, f"token {number}")
    with pytest.raises(TooManyTokens):
        make(world)
    world.clock.pass_(days=91)
    make(world)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": frozenset()}, "scopes"),
        ({"scopes": frozenset({"admin"})}, "scopes"),
        ({"expires_at": NOON}, "expires_at"),
        ({"expires_at": NOON + timedelta(days=366)}, "expires_at"),
    ],
)
def test_a_wrong_wish_is_refused_by_its_field(world: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        make(world, **changes)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("text", ["", "crn_", "crn_unknown", "Bearer crn_x", "crn_" + "x" * 10_000])
def test_what_is_no_token_of_ours_opens_nothing(world: World, text: str) -> None:
    assert accept_token(text, world.ports) is None


def test_reading_needs_read_and_everything_else_write() -> None:
    assert [scope_for(method) for method in ("GET", "HEAD", "OPTIONS")] == ["read"] * 3
    assert [scope_for(method) for method in ("POST", "PUT", "PATCH", "DELETE")] == ["write"] * 4


def test_one_key_makes_one_token(world: World) -> None:
    command = CreateToken(
        name="reports", scopes=frozenset({"read"}), expires_at=None, origin=HERE, idempotency_key="once"
    )
    create_token(stored_once(world), command, world.ports)
    with pytest.raises(TokenMade):
        create_token(stored_once(world), replace(command, name="other"), world.ports)
    assert [token.name for token in world.tokens.list("jun")] == ["reports"]
    create_token(stored_once(world), replace(command, idempotency_key="another"), world.ports)
    assert len(world.tokens.list("jun")) == 2
