"""The first visit of a fresh installation makes the organisation and its first admin."""

from __future__ import annotations

import unicodedata
import zoneinfo
from dataclasses import dataclass, replace

from libs.chassis.web.visible import is_visible
from libs.language.addresses import BadAddress, canonical_address
from services.gateway.domain import audit
from services.gateway.domain.accounts import ACTIVE, LONGEST_EMAIL, Account, with_password
from services.gateway.domain.errors import AlreadySetUp, InvalidFields, TooManyAttempts, WrongSetupCode
from services.gateway.domain.passwords import normalise, weakness
from services.gateway.domain.secrets import same
from services.gateway.domain.throttle import network_of
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import NewOrganisation, Origin, Ports, Setup
from services.gateway.usecases.setup_code import setup_code

LONGEST_NAME = 120


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """What the form says."""

    code: str
    organisation_name: str
    time_zone: str
    locale: str = "en"
    name: str
    email: str
    password: str
    origin: Origin


def set_up(command: SetUp, ports: Ports) -> Account:
    """There is an organisation with one admin, who may sign in; nobody can set up another.

    A process that dies on the way leaves nothing that a repetition makes twice: the ids were chosen before.

    Raises:
        AlreadySetUp: there is an organisation.
        TooManyAttempts: too many wrong codes.
        WrongSetupCode: the code is not the one in the log.
        InvalidFields: a field is wrong.
    """
    code, setup = setup_code(ports), ports.setups.get()
    if code is None:
        raise AlreadySetUp
    key = f"set-up:{network_of(command.origin.address)}"
    allowance = ports.rates.take(key, ports.sign_in_limits.account)
    if not allowance.allowed:
        raise TooManyAttempts(allowance.reset)
    if not same(command.code.strip().lower(), code.lower()):
        raise WrongSetupCode
    ports.rates.give_back(key)
    command = _checked(command)
    password_hash = ports.passwords.hash(normalise(command.password))
    ports.organisations.create(
        NewOrganisation(
            organisation_id=setup.organisation_id,
            person_id=setup.person_id,
            organisation_name=command.organisation_name.strip(),
            time_zone=command.time_zone,
            name=command.name.strip(),
            email=command.email,
            locale=command.locale,
        )
    )
    account = _store_account(command, setup, password_hash, ports)
    ports.setups.finish()
    note_done(
        ports,
        audit.ORGANISATION_SET_UP,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject=account.organisation_id,
        origin=command.origin,
    )
    return account


def _checked(command: SetUp) -> SetUp:
    """Return what was asked with the address in its one spelling.

    Raises:
        InvalidFields: a field is wrong.
    """
    wrong: dict[str, str] = {}
    for field, value in (("organisation_name", command.organisation_name), ("name", command.name)):
        plain = not any(unicodedata.category(sign) == "Cc" for sign in value.strip())
        if not (1 <= len(value.strip()) <= LONGEST_NAME and is_visible(value) and plain):
            wrong[field] = f"Use 1 to {LONGEST_NAME} characters, at least one of them visible."
    local, at, domain = command.email.strip().rpartition("@")
    plain = command.email.strip().isprintable() and " " not in command.email.strip()
    if not (local and at and "." in domain and plain) or len(command.email) > LONGEST_EMAIL:
        wrong["email"] = "This does not look like an e-mail address. It needs an @ and a domain."
    else:
        try:
            command = replace(command, email=canonical_address(command.email))
        except BadAddress as error:
            wrong["email"] = str(error)
    if command.time_zone not in zoneinfo.available_timezones():
        wrong["time_zone"] = "Choose a time zone from the list, such as Europe/Lisbon."
    reason = weakness(command.password, email=command.email, name=command.name)
    if reason is not None:
        wrong["password"] = reason
    if wrong:
        raise InvalidFields(wrong)
    return command


def _store_account(command: SetUp, setup: Setup, password_hash: str, ports: Ports) -> Account:
    """The worker may hear of the person first and have made the account: then it only lacks its password."""
    while True:
        known = ports.accounts.get(setup.person_id) or Account(
            person_id=setup.person_id,
            organisation_id=setup.organisation_id,
            email=command.email,
            name=command.name.strip(),
            role="admin",
            state=ACTIVE,
            time_zone=command.time_zone,
            locale=command.locale,
        )
        account = with_password(known, password_hash)
        if ports.accounts.save(account):
            return replace(account, rev=account.rev + 1)
