"""The first set-up: by whoever reads the log, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libs.chassis.problems import Unavailable
from services.gateway.domain.errors import AlreadySetUp, InvalidFields, TooManyAttempts, WrongSetupCode
from services.gateway.usecases.announce_setup_code import announce_setup_code
from services.gateway.usecases.set_up import SetUp, set_up
from services.gateway.usecases.setup_code import setup_code
from tests.unit.gateway.examples import HERE, PASSWORD, stored
from tests.unit.gateway.memory import World


def form(world: World, **changes: str) -> SetUp:
    """A form filled in well."""
    fields = {
        "code": setup_code(world.ports) or "",
        "organisation_name": "Fernhollow Systems",
        "time_zone": "Europe/Lisbon",
        "name": "Ines Larkspur",
        "email": "ines.larkspur@fernhollow.example",
        "password": PASSWORD,
        **changes,
    }
    return SetUp(**fields, origin=HERE)


def test_the_first_visit_makes_the_organisation_and_an_admin_who_may_sign_in(world: World) -> None:
    account = set_up(form(world), world.ports)
    assert account.role == "admin"
    assert account.may_sign_in()
    assert world.organisations.made["organisation-1"].organisation_name == "Fernhollow Systems"
    assert world.actions() == ["organisation.set_up"]


def test_it_happens_once(world: World) -> None:
    first = form(world)
    set_up(first, world.ports)
    with pytest.raises(AlreadySetUp):
        set_up(first, world.ports)
    assert setup_code(world.ports) is None


def test_a_wrong_code_makes_nothing_and_guessing_is_slowed(world: World) -> None:
    for _ in range(3):
        with pytest.raises(WrongSetupCode):
            set_up(form(world, code="00000-00000-00000-00000"), world.ports)
    with pytest.raises(TooManyAttempts):
        set_up(form(world), world.ports)
    assert world.organisations.made == {}


def test_the_code_is_read_whatever_its_case_and_spaces(world: World) -> None:
    set_up(form(world, code=f"  {(setup_code(world.ports) or '').upper()} "), world.ports)


def test_every_process_knows_the_same_code_and_one_says_it(world: World) -> None:
    said = [announce_setup_code(world.ports) for _ in range(4)]
    assert said == [setup_code(world.ports), None, None, None]
    world.clock.pass_(minutes=5)
    assert announce_setup_code(world.ports) == setup_code(world.ports), "a later start says it again"


def test_a_code_of_ones_own_is_never_in_the_log(world: World) -> None:
    ports = replace(world.ports, setup_code="my own code")
    assert setup_code(ports) == "my own code"
    assert announce_setup_code(ports) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation_name", " "),
        ("organisation_name", "x" * 121),
        ("name", ""),
        ("name", "Ines\nLarkspur"),
        ("email", "not an address"),
        ("email", "ines@localhost"),
        ("email", "x" * 250 + "@fernhollow.example"),
        ("time_zone", "Middle/Earth"),
        ("password", "short"),
        ("password", "ines.larkspur-2031"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(world: World, field: str, value: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        set_up(form(world, **{field: value}), world.ports)
    assert list(refused.value.fields) == [field]
    assert world.organisations.made == {}


def test_after_a_crash_half_way_the_same_form_makes_nothing_twice(world: World) -> None:
    world.organisations.breaks = True
    with pytest.raises(Unavailable):
        set_up(form(world), world.ports)
    account = set_up(form(world), world.ports)
    assert list(world.organisations.made) == [account.organisation_id]


def test_where_the_worker_heard_of_the_admin_first_the_account_only_gets_its_password(world: World) -> None:
    stored(
        world, "person-1", organisation_id="organisation-1", role="admin", password_hash=None, person_seq=1
    )
    account = set_up(form(world), world.ports)
    assert account.person_seq == 1
    assert account.may_sign_in()
