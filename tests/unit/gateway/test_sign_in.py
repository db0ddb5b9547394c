"""Signing in: who gets in, who is told what, and who is slowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libs.chassis.problems import Unavailable
from libs.language.addresses import address_key
from services.gateway.domain.accounts import DISABLED, INVITED
from services.gateway.domain.errors import TooManyAttempts, WrongCredentials
from services.gateway.domain.secrets import digest
from services.gateway.domain.throttle import network_of
from services.gateway.usecases.ports import Origin
from services.gateway.usecases.resume_session import resume_session
from services.gateway.usecases.sign_in import SignedIn, SignIn, sign_in
from services.gateway.usecases.sign_out import sign_out
from tests.unit.gateway.examples import ELSEWHERE, HERE, PASSWORD, refuse, signed_in, stored
from tests.unit.gateway.memory import World

EMAIL = "jun@fernhollow.example"


def attempt(
    world: World,
    password: str = PASSWORD,
    *,
    email: str = EMAIL,
    origin: Origin = HERE,
    known_device: str | None = None,
    remembered: bool = False,
) -> SignedIn:
    command = SignIn(
        email=email, password=password, remembered=remembered, origin=origin, known_device=known_device
    )
    return sign_in(command, world.ports)


def test_the_right_password_opens_a_session(world: World) -> None:
    stored(world)
    came = attempt(world)
    identity = resume_session(came.secret, world.ports)
    assert identity is not None
    assert identity.account.person_id == "jun"
    assert world.actions() == ["account.signed_in"]


def test_where_its_line_in_the_audit_log_cannot_be_written_nobody_is_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(world)
    monkeypatch.setattr(world.audit, "add", refuse)
    with pytest.raises(Unavailable):
        attempt(world)
    assert not world.sessions.stored


def test_the_cookie_is_kept_nowhere(world: World) -> None:
    stored(world)
    came = attempt(world)
    assert came.secret not in repr(world.sessions.stored)
    assert list(world.sessions.stored) == [digest(came.secret)]


def test_every_sign_in_has_a_session_id_of_its_own(world: World) -> None:
    stored(world)
    assert attempt(world).secret != attempt(world).secret


def test_the_address_is_read_whatever_its_case_and_spaces(world: World) -> None:
    stored(world)
    assert attempt(world, email="  Jun@FERNHOLLOW.example ").account.person_id == "jun"


@pytest.mark.parametrize("changes", [{"state": DISABLED}, {"state": INVITED, "password_hash": None}])
def test_who_may_not_sign_in_hears_what_a_stranger_hears(world: World, changes: dict[str, Any]) -> None:
    stored(world, **changes)
    with pytest.raises(WrongCredentials):
        attempt(world)
    with pytest.raises(WrongCredentials):
        attempt(world, email="nobody@fernhollow.example")
    assert world.passwords.checked == 2, "each answer costs one slow hash"


def test_a_failure_stands_in_the_audit_log_without_the_password(world: World) -> None:
    stored(world)
    with pytest.raises(WrongCredentials):
        attempt(world, "not the password")
    assert world.actions() == ["account.sign_in_failed"]
    assert "not the password" not in repr(world.audit.lines)


def test_after_three_failures_even_the_right_password_must_wait(world: World) -> None:
    stored(world)
    for _ in range(3):
        with pytest.raises(WrongCredentials):
            attempt(world, "wrong")
    with pytest.raises(TooManyAttempts) as refused:
        attempt(world)
    assert 0 < refused.value.retry_after <= 300
    world.clock.pass_(seconds=301)
    assert attempt(world).account.person_id == "jun"


def test_a_stranger_who_fails_on_an_account_does_not_lock_its_owner_out(world: World) -> None:
    stored(world)
    for _ in range(4):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            attempt(world, "wrong", origin=ELSEWHERE)
    came = attempt(world, known_device=f"{digest(address_key(EMAIL))}.jun's laptop")
    assert came.account.person_id == "jun"


def test_right_passwords_too_are_only_so_many_and_none_of_another_account_less(world: World) -> None:
    stored(world)
    stored(world, "odo")
    for number in range(18):
        attempt(world, origin=Origin(address=f"198.51.100.{number}"))
    checked = world.passwords.checked
    with pytest.raises(TooManyAttempts) as refused:
        attempt(world)
    assert 0 < refused.value.retry_after <= 300
    assert world.passwords.checked == checked, "it costs no slow hash"
    assert attempt(world, email="odo@fernhollow.example").account.person_id == "odo"


def test_strangers_who_fail_leave_the_owner_nearly_all_tries(world: World) -> None:
    stored(world)
    for number in range(30):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            attempt(world, "wrong", origin=Origin(address=f"198.51.100.{number}"))
    for _ in range(15):
        attempt(world, known_device=f"{digest(address_key(EMAIL))}.jun's laptop")


def test_of_ipv6_the_whole_network_of_a_subscriber_is_slowed(world: World) -> None:
    for number in range(30):
        with pytest.raises(WrongCredentials):
            attempt(
                world, email=f"{number}@nowhere.example", origin=Origin(address=f"2001:db8:1:2::{number}")
            )
    with pytest.raises(TooManyAttempts):
        attempt(world, email="x@nowhere.example", origin=Origin(address="2001:db8:1:2:ffff::1"))
    with pytest.raises(WrongCredentials):
        attempt(world, email="y@nowhere.example", origin=Origin(address="2001:db8:1:3::1"))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_what_of_an_address_is_counted(address: str, network: str) -> None:
    assert network_of(address) == network


def guesses(world: World, known_device: str | None = None) -> int:
    """How many of nine guesses at Jun's password, each from another address, are judged at all."""
    before = world.passwords.checked
    for number in range(9):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            attempt(world, "wrong", origin=Origin(address=f"198.51.100.{number}"), known_device=known_device)
    return world.passwords.checked - before


def test_many_addresses_guess_no_more_at_one_account_than_one_address(world: World) -> None:
    stored(world)
    assert guesses(world) == 3


def test_many_addresses_with_the_cookie_of_a_known_browser_guess_no_more_either(world: World) -> None:
    stored(world)
    assert guesses(world, f"{digest(address_key(EMAIL))}.a shared computer") == 3
    came = attempt(world, known_device=f"{digest(address_key(EMAIL))}.jun's laptop")
    assert came.account.person_id == "jun", "another known browser is not slowed"


def test_a_browser_known_to_another_account_is_a_stranger(world: World) -> None:
    stored(world)
    assert guesses(world, f"{digest('eve@fernhollow.example')}.eve's laptop") == 3
    with pytest.raises(TooManyAttempts):
        attempt(world)


def test_right_passwords_do_not_count_against_the_limit(world: World) -> None:
    stored(world)
    for _ in range(10):
        attempt(world)


def test_an_unknown_account_is_slowed_like_a_known_one(world: World) -> None:
    for _ in range(3):
        with pytest.raises(WrongCredentials):
            attempt(world, email="nobody@fernhollow.example")
    with pytest.raises(TooManyAttempts):
        attempt(world, email="nobody@fernhollow.example")


def test_a_password_hashed_at_yesterdays_cost_is_hashed_anew(world: World) -> None:
    stored(world, password_hash=f"old hash of {PASSWORD}")
    attempt(world)
    account = world.accounts.get("jun")
    assert account is not None
    assert account.password_hash == f"hash of {PASSWORD}"


def test_a_session_ends_when_it_is_not_used(world: World) -> None:
    stored(world)
    secret = attempt(world).secret
    world.clock.pass_(hours=7)
    assert resume_session(secret, world.ports) is not None
    world.clock.pass_(hours=7)
    assert resume_session(secret, world.ports) is not None, "it was used in between"
    world.clock.pass_(hours=9)
    assert resume_session(secret, world.ports) is None


def test_a_session_ends_in_any_case_after_a_day(world: World) -> None:
    stored(world)
    secret = attempt(world).secret
    for _ in range(4):
        world.clock.pass_(hours=6, seconds=-1)
        assert resume_session(secret, world.ports) is not None
    world.clock.pass_(seconds=5)
    assert resume_session(secret, world.ports) is None


def test_kept_signed_in_lasts_for_weeks(world: World) -> None:
    stored(world)
    secret = attempt(world, remembered=True).secret
    world.clock.pass_(days=13)
    assert resume_session(secret, world.ports) is not None


def test_signing_out_ends_the_session_for_good(world: World) -> None:
    secret, identity = signed_in(world, stored(world))
    sign_out(identity, HERE, world.ports)
    assert resume_session(secret, world.ports) is None
    assert world.actions() == ["account.signed_out"]


def test_a_disabled_accounts_session_opens_nothing(world: World) -> None:
    secret, _ = signed_in(world, stored(world))
    account = world.accounts.get("jun")
    assert account is not None
    world.accounts.stored["jun"] = replace(account, state=DISABLED)
    assert resume_session(secret, world.ports) is None
