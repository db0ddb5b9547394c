"""What the use cases need of the world, as protocols. `storage` and `clients` fulfil them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from libs.chassis.auth import Principal
from libs.contracts.gateway import AccountActivated, AccountInvited, PasswordResetRequested
from services.gateway.domain.accounts import Account
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.first_steps import Step
from services.gateway.domain.sessions import Session, SessionPolicy
from services.gateway.domain.throttle import Allowance, Limit
from services.gateway.domain.tokens import ApiToken

Announcement = AccountInvited | PasswordResetRequested | AccountActivated


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a request came from: the caller's address and what their program calls itself."""

    address: str
    agent: str = ""


class Accounts(Protocol):
    """The accounts. Every write is one document with the event that it causes."""

    def get(self, person_id: str) -> Account | None:
        """The account of this person."""

    def by_email(self, email: str) -> Account | None:
        """The account that signs in with this address."""

    def by_invitation(self, digest: str) -> Account | None:
        """The account whose invitation this is, expired or not."""

    def by_reset(self, digest: str) -> Account | None:
        """The account whose reset link this is, expired or not."""

    def save(self, account: Account, announcement: Announcement | None = None) -> bool:
        """Store the account and what is to be announced; False when it was changed since ``account.rev``.

        ``rev`` 0 is an account that is not stored yet.

        Raises:
            EmailTaken: another person signs in with the address.
        """


class Sessions(Protocol):
    """Signed-in browsers."""

    def add(self, session: Session) -> None:
        """The browser with this session's cookie is signed in."""

    def identity(self, digest: str) -> tuple[Session, Account] | None:
        """The session of this cookie and its account, in one look-up."""

    def see(self, digest: str, *, seen_at: datetime, expires_at: datetime) -> None:
        """The session was used at this instant."""

    def remove(self, digest: str) -> None:
        """The browser is signed out."""

    def remove_all(self, person_id: str, *, but: str | None = None) -> int:
        """The person is signed out everywhere (``but`` one session); says of how many."""


class ApiTokens(Protocol):
    """Personal API tokens."""

    def add(self, token: ApiToken) -> None:
        """The token works.

        Raises:
            TokenMade: there is a token with this id.
        """

    def identity(self, digest: str) -> tuple[ApiToken, Account] | None:
        """The token and its account, in one look-up."""

    def note_use(self, digest: str, at: datetime) -> None:
        """The token was last used then."""

    def list(self, person_id: str) -> Sequence[ApiToken]:
        """The person's tokens, newest first."""

    def remove(self, person_id: str, token_id: str) -> ApiToken | None:
        """The token, which no longer works; null when the person has no such token."""

    def remove_all(self, person_id: str) -> int:
        """None of the person's tokens works any longer; says how many did."""


class Audit(Protocol):
    """The audit log: lines are added and read, never changed."""

    def add(self, entry: AuditEntry) -> None:
        """The line stands in the log."""

    def page(
        self,
        organisation_id: str,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        action: str | None = None,
    ) -> Sequence[AuditEntry]:
        """Lines of the organisation, newest first, older than ``before``."""


class Rates(Protocol):
    """Counters shared by every process."""

    def take(self, key: str, limit: Limit, *, ahead: int = 1) -> Allowance:
        """Count one try and say whether it is within the limit.

        ``ahead`` tries may be counted at once where all share, and spent here without asking again: other
        processes then see up to so many tries that were not made.
        """

    def give_back(self, key: str) -> None:
        """Uncount one try, because it turned out to be welcome."""


@dataclass(frozen=True, kw_only=True)
class ResetRequest:
    """A password reset that somebody asked for: the address typed, and where from."""

    id: str
    email: str
    address: str
    at: datetime
    correlation_id: str


class ResetRequests(Protocol):
    """Password resets that were asked for, until they are answered."""

    def add(self, request: ResetRequest) -> None:
        """The request waits for its answer."""

    def claim(self, at: datetime) -> ResetRequest | None:
        """The oldest request that nobody is answering, for half a minute the caller's alone."""

    def remove(self, request_id: str) -> None:
        """The request is answered, and the address that was typed is forgotten."""


class Passwords(Protocol):
    """Slow hashes of passwords, only so many at once."""

    def hash(self, password: str) -> str:
        """What is stored of a password.

        Raises:
            Busy: too many are being checked.
        """

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password. With no hash it takes as long, and says no.

        Raises:
            Busy: too many are being checked.
        """

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a new hash of the same password would cost more to guess."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How far the first set-up is. The ids are chosen once, so that a retry makes nothing twice."""

    organisation_id: str
    person_id: str
    salt: str
    done: bool


class Setups(Protocol):
    """The one document about the first set-up."""

    def get(self) -> Setup:
        """How far it is; made at the first look."""

    def finish(self) -> None:
        """There is an organisation: nobody can set up another."""

    def should_announce(self, at: datetime) -> bool:
        """Whether this process is the one to say the code, among those that start together."""


class SkippedSteps(Protocol):
    """Which first steps an organisation has skipped."""

    def of(self, organisation_id: str) -> frozenset[Step]:
        """Return those that it has skipped, also where they were done later."""

    def skip(self, organisation_id: str, step: Step) -> None:
        """Remember that the step was skipped."""


@dataclass(frozen=True, kw_only=True)
class NewOrganisation:
    """What `goals` needs to make an organisation and its first admin."""

    organisation_id: str
    person_id: str
    organisation_name: str
    time_zone: str
    name: str
    email: str
    locale: str


class Organisations(Protocol):
    """Organisations, which `goals` owns."""

    def create(self, new: NewOrganisation) -> None:
        """The organisation and its first admin exist; doing it twice makes one."""


@dataclass(frozen=True, kw_only=True)
class OrganisationCopy:
    """The little that mails and the sign-in page say of an organisation."""

    organisation_id: str
    name: str


class OrganisationNames(Protocol):
    """Our small copy of organisations, fed by events."""

    def put(self, organisation: OrganisationCopy, seq: int) -> None:
        """The copy says this, unless it knows something newer."""

    def get(self, organisation_id: str) -> OrganisationCopy | None:
        """What the copy says."""

    def only(self) -> OrganisationCopy | None:
        """The organisation, where there is exactly one."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A kind of mail that a link would stop, and the address it goes to."""

    kind: str
    email: str


class Unsubscribing(Protocol):
    """The links at the foot of mails, which `notifier` signs and understands."""

    def describe(self, token: str) -> Subscription:
        """What the link would stop."""

    def stop(self, token: str) -> Subscription:
        """That kind of mail is no longer sent to that person."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A request of the public API on its way to the resource's owner; ``target`` is path and query."""

    service: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """The owning service's answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Forwarder(Protocol):
    """The way to the other services."""

    def forward(self, passage: Passage) -> Forwarded:
        """The service's answer, whatever its status."""


class Documents(Protocol):
    """The services' own OpenAPI documents."""

    def of(self, service: str) -> dict[str, Any]:
        """What this service says of its API."""


class Mint(Protocol):
    """Makes the short-lived tokens that services accept."""

    def mint(self, principal: Principal, audiences: Sequence[str]) -> str:
        """A signed token that names these services as its audience."""


@dataclass(frozen=True, kw_only=True)
class SignInLimits:
    """How often a sign-in may fail: for one account, and from one address."""

    account: Limit
    address: Limit


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything that the use cases may need, put together once by `app`."""

    accounts: Accounts
    sessions: Sessions
    tokens: ApiTokens
    audit: Audit
    rates: Rates
    reset_requests: ResetRequests
    passwords: Passwords
    setups: Setups
    skipped_steps: SkippedSteps
    organisations: Organisations
    organisation_names: OrganisationNames
    unsubscribing: Unsubscribing
    forwarder: Forwarder
    documents: Documents
    mint: Mint
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    correlation_id: Callable[[], str]
    public_url: str
    session_secret: str = field(repr=False)
    setup_code: str | None = field(repr=False)
    session_policy: SessionPolicy
    sign_in_limits: SignInLimits
    api_limit: Limit
