"""What ends sessions and tokens ends them in the very write that is its reason, crash or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.gateway.domain.accounts import ACTIVE, DISABLED
from services.gateway.domain.errors import TooManyAttempts, WrongPassword
from services.gateway.usecases.accept_token import accept_token
from services.gateway.usecases.change_password import ChangePassword, change_password
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.follow_person import follow_person
from services.gateway.usecases.reset_password import ResetPassword, reset_password
from services.gateway.usecases.resume_session import resume_session
from services.gateway.usecases.sign_in import SignIn, sign_in
from tests.unit.gateway.examples import ELSEWHERE, HERE, PASSWORD, signed_in, stored
from tests.unit.gateway.memory import World
from tests.unit.gateway.test_invitations_and_resets import ask_for_reset, link_of, news

ANOTHER = "seven grey herons wait"


class Killed(BaseException):
    """The process is gone at this very point."""


@pytest.fixture
def dying(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which the process dies before it removes the first session."""

    def die(_person_id: str, **_kept: str | None) -> int:
        raise Killed

    monkeypatch.setattr(world.sessions, "remove_all", die)
    return world


def token(world: World) -> str:
    account = world.accounts.get("jun")
    assert account is not None
    command = CreateToken(name="reports", scopes=frozenset({"read"}), expires_at=None, origin=HERE)
    return create_token(account, command, world.ports)[0]


def killed(act: Callable[[], object]) -> None:
    with pytest.raises(Killed):
        act()


def reset(world: World) -> None:
    ask_for_reset(world)
    command = ResetPassword(secret=link_of(world.accounts.said[-1]), password=ANOTHER, origin=HERE)
    reset_password(command, world.ports)


def test_a_reset_ends_everything_even_if_the_process_dies_right_after_it(dying: World) -> None:
    secret, _ = signed_in(dying, stored(dying))
    program = token(dying)
    killed(lambda: reset(dying))
    assert dying.sessions.stored, "the crash left it behind"
    assert dying.tokens.stored, "the crash left it behind"
    assert resume_session(secret, dying.ports) is None
    assert accept_token(program, dying.ports) is None


def test_a_changed_password_ends_the_other_sessions_alone_even_if_the_process_dies(dying: World) -> None:
    account = stored(dying)
    here, identity = signed_in(dying, account)
    elsewhere, _ = signed_in(dying, account)
    command = ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE)
    killed(lambda: change_password(identity, command, dying.ports))
    assert resume_session(here, dying.ports) is not None
    assert resume_session(elsewhere, dying.ports) is None


def test_a_changed_password_ends_every_token_even_if_the_process_dies(dying: World) -> None:
    _, identity = signed_in(dying, stored(dying))
    program = token(dying)
    killed(
        lambda: change_password(
            identity, ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE), dying.ports
        )
    )
    assert dying.tokens.stored, "the crash left it behind"
    assert accept_token(program, dying.ports) is None


def test_a_token_that_changes_the_password_ends_with_it_and_the_next_one_works(world: World) -> None:
    stored(world)
    identity = accept_token(token(world), world.ports)
    assert identity is not None
    change_password(identity, ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE), world.ports)
    assert world.tokens.stored == {}
    assert accept_token(token(world), world.ports) is not None


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """While the next password is hashed, this happens."""
    slow = world.passwords.hash

    def hash_slowly(password: str) -> str:
        monkeypatch.setattr(world.passwords, "hash", slow)
        act()
        return slow(password)

    monkeypatch.setattr(world.passwords, "hash", hash_slowly)


def test_who_is_disabled_while_changing_the_password_stays_disabled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, identity = signed_in(world, before := stored(world, person_seq=1))
    monkeypatch.setattr(world.passwords, "verify", lambda known, _password: known == before.password_hash)
    meanwhile(world, monkeypatch, lambda: follow_person(news(2, state=DISABLED), world.ports))
    with pytest.raises(WrongPassword):
        change_password(identity, ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE), world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert (account.state, account.password_hash) == (DISABLED, before.password_hash)
    assert resume_session(secret, world.ports) is None
    assert "account.password_changed" not in world.actions()


def test_a_reset_wins_over_a_change_of_password_that_was_on_its_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, identity = signed_in(world, before := stored(world))
    monkeypatch.setattr(world.passwords, "verify", lambda known, _password: known == before.password_hash)
    meanwhile(world, monkeypatch, lambda: reset(world))
    thief = ChangePassword(current=PASSWORD, new="a thief's own long words", origin=ELSEWHERE)
    with pytest.raises(WrongPassword):
        change_password(identity, thief, world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert account.password_hash == f"hash of {ANOTHER}"
    assert resume_session(secret, world.ports) is None


def test_someone_disabled_and_enabled_again_comes_back_to_nothing(dying: World) -> None:
    secret, _ = signed_in(dying, stored(dying, person_seq=1))
    program = token(dying)
    killed(lambda: follow_person(news(2, state=DISABLED), dying.ports))
    follow_person(news(3, state=ACTIVE), dying.ports)
    assert resume_session(secret, dying.ports) is None
    assert accept_token(program, dying.ports) is None


def test_a_sign_in_that_was_on_its_way_with_the_password_before_is_worth_nothing(world: World) -> None:
    """It had read the account before the reset, and stores its session after it."""
    secret, _ = signed_in(world, before := stored(world))
    reset(world)
    late, _ = signed_in(world, before)
    assert resume_session(secret, world.ports) is None
    assert resume_session(late, world.ports) is None


def test_after_a_reset_the_new_password_opens_sessions_and_tokens_work(world: World) -> None:
    stored(world)
    reset(world)
    command = SignIn(email="jun@fernhollow.example", password=ANOTHER, remembered=False, origin=ELSEWHERE)
    came = sign_in(command, world.ports)
    assert resume_session(came.secret, world.ports) is not None
    assert accept_token(token(world), world.ports) is not None


def test_a_second_change_of_password_ends_what_the_first_one_kept(world: World) -> None:
    first, identity = signed_in(world, stored(world))
    change_password(identity, ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE), world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    second, other = signed_in(world, account)
    change_password(other, ChangePassword(current=ANOTHER, new=PASSWORD, origin=HERE), world.ports)
    assert resume_session(first, world.ports) is None
    assert resume_session(second, world.ports) is not None


def test_one_password_is_changed_only_so_often(world: World) -> None:
    _, identity = signed_in(world, stored(world))
    words = (PASSWORD, ANOTHER)
    for number in range(18):
        command = ChangePassword(current=words[number % 2], new=words[1 - number % 2], origin=HERE)
        change_password(identity, command, world.ports)
        account = world.accounts.get("jun")
        assert account is not None
        identity = replace(identity, account=account)
    checked = world.passwords.checked
    with pytest.raises(TooManyAttempts):
        change_password(identity, ChangePassword(current=PASSWORD, new=ANOTHER, origin=HERE), world.ports)
    assert world.passwords.checked == checked
