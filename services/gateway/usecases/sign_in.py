"""Someone shows an e-mail and a password.

An unknown address, a wrong password and a disabled account are told apart neither by the answer nor by its
time: each costs one slow hash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from libs.language.addresses import address_key
from services.gateway.domain import audit
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import TooManyAttempts, WrongCredentials
from services.gateway.domain.passwords import LONGEST, normalise
from services.gateway.domain.secrets import digest
from services.gateway.domain.sessions import Session
from services.gateway.domain.throttle import Limit, network_of, of_every_try
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.keep_audit import keep_audit
from services.gateway.usecases.ports import Origin, Ports
from services.gateway.usecases.start_session import start_session


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What the form says.

    ``known_device``: the account that this browser was last signed in to, a dot, and the browser's own name.
    """

    email: str
    password: str
    remembered: bool
    origin: Origin
    known_device: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The account, its session, and the cookie value that is the session's only secret."""

    account: Account
    session: Session
    secret: str


def sign_in(command: SignIn, ports: Ports) -> SignedIn:
    """The browser is signed in with a new session.

    Raises:
        TooManyAttempts: too many failed for this account or from this network, or succeeded for the account.
        WrongCredentials: anything else that is wrong.
        Busy: too many passwords are being checked.
    """
    taken = _take(command, ports)
    account = ports.accounts.by_email(command.email)
    usable = account if account is not None and account.may_sign_in() else None
    password = normalise(command.password[: LONGEST * 4])
    right = ports.passwords.verify(usable.password_hash if usable else None, password)
    if usable is None or not right:
        keep_audit(
            ports,
            audit.SIGN_IN_FAILED,
            organisation_id=account.organisation_id if account else None,
            actor_id=account.person_id if account else None,
            subject=account.person_id if account else "unknown",
            origin=command.origin,
        )
        raise WrongCredentials
    for key in taken:
        ports.rates.give_back(key)
    _renew(usable, password, ports)
    # First, so that where the line cannot be written nobody is in.
    keep_audit(
        ports,
        audit.SIGNED_IN,
        organisation_id=usable.organisation_id,
        actor_id=usable.person_id,
        subject=usable.person_id,
        origin=command.origin,
    )
    secret, session = start_session(usable, remembered=command.remembered, origin=command.origin, ports=ports)
    return SignedIn(account=usable, session=session, secret=secret)


def _take(command: SignIn, ports: Ports) -> list[str]:
    """Count the attempt before it is judged, so that many at once cannot slip past; says what to uncount.

    A right one is uncounted among the failures, never among all tries.

    A browser that was signed in to this account before has a counter of its own: a stranger who fails on
    somebody's account slows strangers, from however many addresses, never its owner. Neither does a copy of
    that browser's cookie open more than its one counter.
    """
    account = digest(address_key(command.email))
    known, _, device = (command.known_device or "").partition(".")
    who = digest(device) if known == account and device else "strangers"
    limits = ports.sign_in_limits
    forgiven = {
        f"sign-in:account:{account}:{who}": limits.account,
        f"sign-in:address:{network_of(command.origin.address)}": limits.address,
    }
    # Last, so that whom the others stop cannot use it up for the account's owner.
    counted: dict[str, Limit] = {**forgiven, f"sign-in:all:{account}": of_every_try(limits.account)}
    for key, limit in counted.items():
        allowance = ports.rates.take(key, limit)
        if not allowance.allowed:
            raise TooManyAttempts(allowance.reset)
    return list(forgiven)


def _renew(account: Account, password: str, ports: Ports) -> None:
    """Yesterday's cost of a guess becomes today's, now that the password is at hand."""
    if account.password_hash is not None and ports.passwords.is_outdated(account.password_hash):
        old, new = account.password_hash, ports.passwords.hash(password)
        change_account(
            account.person_id,
            lambda current: (
                (replace(current, password_hash=new), None) if current.password_hash == old else None
            ),
            ports,
        )
