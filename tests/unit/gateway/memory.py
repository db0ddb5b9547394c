"""The gateway's ports in memory, for rules without a server. They pass the real ones' contract suite."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.chassis.auth import Principal
from libs.chassis.problems import NotFound, Unavailable
from libs.language.addresses import address_key
from services.gateway.domain.accounts import Account
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.errors import EmailTaken, TokenMade
from services.gateway.domain.first_steps import Step
from services.gateway.domain.sessions import Session, SessionPolicy
from services.gateway.domain.throttle import Allowance, Limit
from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.ports import (
    Announcement,
    Forwarded,
    NewOrganisation,
    OrganisationCopy,
    Passage,
    Ports,
    ResetRequest,
    Setup,
    SignInLimits,
    Subscription,
)

NOON = datetime(2031, 11, 18, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


class MemoryAccounts:
    """The port ``Accounts``."""

    def __init__(self) -> None:
        self.stored: dict[str, Account] = {}
        self.said: list[Announcement] = []

    def get(self, person_id: str) -> Account | None:
        return self.stored.get(person_id)

    def by_email(self, email: str) -> Account | None:
        return self._first(lambda account: address_key(account.email) == address_key(email))

    def by_invitation(self, digest: str) -> Account | None:
        return self._first(
            lambda account: account.invitation is not None and account.invitation.digest == digest
        )

    def by_reset(self, digest: str) -> Account | None:
        return self._first(lambda account: account.reset is not None and account.reset.digest == digest)

    def save(self, account: Account, announcement: Announcement | None = None) -> bool:
        known = self.stored.get(account.person_id)
        if (known.rev if known else 0) != account.rev:
            return False
        other = self.by_email(account.email)
        if other is not None and other.person_id != account.person_id:
            raise EmailTaken
        self.stored[account.person_id] = replace(account, rev=account.rev + 1)
        if announcement is not None:
            self.said.append(announcement)
        return True

    def _first(self, fits: Any) -> Account | None:
        return next((account for account in self.stored.values() if fits(account)), None)


class MemorySessions:
    """The port ``Sessions``."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._accounts = accounts
        self.stored: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        self.stored[session.digest] = session

    def identity(self, digest: str) -> tuple[Session, Account] | None:
        session = self.stored.get(digest)
        account = self._accounts.get(session.person_id) if session else None
        return (session, account) if session and account else None

    def see(self, digest: str, *, seen_at: datetime, expires_at: datetime) -> None:
        if digest in self.stored:
            self.stored[digest] = replace(self.stored[digest], seen_at=seen_at, expires_at=expires_at)

    def remove(self, digest: str) -> None:
        self.stored.pop(digest, None)

    def remove_all(self, person_id: str, *, but: str | None = None) -> int:
        gone = [key for key, one in self.stored.items() if one.person_id == person_id and key != but]
        for key in gone:
            del self.stored[key]
        return len(gone)


class MemoryApiTokens:
    """The port ``ApiTokens``."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._accounts = accounts
        self.stored: dict[str, ApiToken] = {}

    def add(self, token: ApiToken) -> None:
        if any(known.id == token.id for known in self.stored.values()):
            raise TokenMade(token.name)
        self.stored[token.digest] = token

    def identity(self, digest: str) -> tuple[ApiToken, Account] | None:
        token = self.stored.get(digest)
        account = self._accounts.get(token.person_id) if token else None
        return (token, account) if token and account else None

    def note_use(self, digest: str, at: datetime) -> None:
        if digest in self.stored:
            last = self.stored[digest].last_used_at
            self.stored[digest] = replace(self.stored[digest], last_used_at=max(at, last) if last else at)

    def list(self, person_id: str) -> Sequence[ApiToken]:
        own = [token for token in self.stored.values() if token.person_id == person_id]
        return sorted(own, key=lambda token: token.created_at, reverse=True)

    def remove(self, person_id: str, token_id: str) -> ApiToken | None:
        for key, token in self.stored.items():
            if (token.person_id, token.id) == (person_id, token_id):
                return self.stored.pop(key)
        return None

    def remove_all(self, person_id: str) -> int:
        gone = [key for key, token in self.stored.items() if token.person_id == person_id]
        for key in gone:
            del self.stored[key]
        return len(gone)


class MemoryAudit:
    """The port ``Audit``."""

    def __init__(self) -> None:
        self.lines: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        self.lines.append(entry)

    def page(
        self,
        organisation_id: str,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        action: str | None = None,
    ) -> Sequence[AuditEntry]:
        found = [
            line
            for line in self.lines
            if line.organisation_id == organisation_id
            and action in (None, line.action)
            and (before is None or (line.at, line.id) < before)
        ]
        return sorted(found, key=lambda line: (line.at, line.id), reverse=True)[:limit]


class MemoryRates:
    """The port ``Rates``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[int, datetime]] = {}

    def take(self, key: str, limit: Limit, *, ahead: int = 1) -> Allowance:  # noqa: ARG002  # alone, it needs none
        count, ends_at = self._windows.get(key, (0, self._clock.now))
        if ends_at <= self._clock.now:
            count, ends_at = 0, self._clock.now + timedelta(seconds=limit.seconds)
        count += 1
        self._windows[key] = (count, ends_at)
        reset = max(1, round((ends_at - self._clock.now).total_seconds()))
        return Allowance(count <= limit.count, limit, max(0, limit.count - count), reset)

    def give_back(self, key: str) -> None:
        count, ends_at = self._windows.get(key, (0, self._clock.now))
        self._windows[key] = (max(0, count - 1), ends_at)


class MemoryResetRequests:
    """The port ``ResetRequests``."""

    def __init__(self) -> None:
        self.stored: dict[str, tuple[datetime, ResetRequest]] = {}

    def add(self, request: ResetRequest) -> None:
        self.stored[request.id] = (request.at, request)

    def claim(self, at: datetime) -> ResetRequest | None:
        free = sorted((free_at, key) for key, (free_at, _) in self.stored.items() if free_at <= at)
        if not free:
            return None
        request = self.stored[free[0][1]][1]
        self.stored[request.id] = (at + timedelta(seconds=30), request)
        return request

    def remove(self, request_id: str) -> None:
        self.stored.pop(request_id, None)


class PlainPasswords:
    """The port ``Passwords`` with hashes that cost nothing; counts how often one was checked."""

    def __init__(self) -> None:
        self.checked = 0

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.checked += 1
        return password_hash == self.hash(password) or password_hash == f"old {self.hash(password)}"

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.startswith("old ")


class MemorySkippedSteps:
    """The port ``SkippedSteps``."""

    def __init__(self) -> None:
        self._skipped: dict[str, set[Step]] = {}

    def of(self, organisation_id: str) -> frozenset[Step]:
        """See the port."""
        return frozenset(self._skipped.get(organisation_id, ()))

    def skip(self, organisation_id: str, step: Step) -> None:
        """See the port."""
        self._skipped.setdefault(organisation_id, set()).add(step)


class MemorySetups:
    """The port ``Setups``."""

    def __init__(self) -> None:
        self.setup = Setup(organisation_id="organisation-1", person_id="person-1", salt="salt", done=False)
        self.announced_at: datetime | None = None

    def get(self) -> Setup:
        return self.setup

    def finish(self) -> None:
        self.setup = replace(self.setup, done=True)

    def should_announce(self, at: datetime) -> bool:
        last, due = self.announced_at, True
        if last is not None:
            due = at - last > timedelta(seconds=20)
        self.announced_at = at if due else last
        return due


class MemoryOrganisations:
    """The port ``Organisations``; ``breaks`` makes the next call end in nothing known."""

    def __init__(self) -> None:
        self.made: dict[str, NewOrganisation] = {}
        self.breaks = False

    def create(self, new: NewOrganisation) -> None:
        self.made.setdefault(new.organisation_id, new)
        if self.breaks:
            self.breaks = False
            raise Unavailable


class MemoryOrganisationNames:
    """The port ``OrganisationNames``."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, OrganisationCopy]] = {}

    def put(self, organisation: OrganisationCopy, seq: int) -> None:
        if self.known.get(organisation.organisation_id, (-1, organisation))[0] < seq:
            self.known[organisation.organisation_id] = (seq, organisation)

    def get(self, organisation_id: str) -> OrganisationCopy | None:
        return self.known[organisation_id][1] if organisation_id in self.known else None

    def only(self) -> OrganisationCopy | None:
        return next(iter(self.known.values()))[1] if len(self.known) == 1 else None


class NoUnsubscribing:
    """The port ``Unsubscribing`` that knows no link."""

    def describe(self, token: str) -> Subscription:
        raise NotFound(token)

    def stop(self, token: str) -> Subscription:
        raise NotFound(token)


class Echo:
    """The port ``Forwarder``: keeps what it was given, and answers with it."""

    def __init__(self) -> None:
        self.passed: list[Passage] = []

    def forward(self, passage: Passage) -> Forwarded:
        self.passed.append(passage)
        return Forwarded(status=200, headers={"Content-Type": "application/json"}, body=b"{}")


class NoDocuments:
    """The port ``Documents`` of services that describe nothing."""

    def of(self, service: str) -> dict[str, Any]:
        return {"info": {"title": service}, "paths": {}}


class PlainMint:
    """The port ``Mint``: a token that says whose it is."""

    def mint(self, principal: Principal, audiences: Sequence[str]) -> str:
        return f"{principal.person_id}@{principal.organisation_id} for {','.join(audiences)}"


@dataclass
class World:
    """Everything of a test, with the ports made of it."""

    clock: Clock = field(default_factory=Clock)
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    passwords: PlainPasswords = field(default_factory=PlainPasswords)
    reset_requests: MemoryResetRequests = field(default_factory=MemoryResetRequests)
    setups: MemorySetups = field(default_factory=MemorySetups)
    skipped_steps: MemorySkippedSteps = field(default_factory=MemorySkippedSteps)
    organisations: MemoryOrganisations = field(default_factory=MemoryOrganisations)
    names: MemoryOrganisationNames = field(default_factory=MemoryOrganisationNames)
    forwarder: Echo = field(default_factory=Echo)

    def __post_init__(self) -> None:
        ids = itertools.count(1)
        self.sessions = MemorySessions(self.accounts)
        self.tokens = MemoryApiTokens(self.accounts)
        self.ports = Ports(
            accounts=self.accounts,
            sessions=self.sessions,
            tokens=self.tokens,
            audit=self.audit,
            rates=MemoryRates(self.clock),
            reset_requests=self.reset_requests,
            passwords=self.passwords,
            setups=self.setups,
            skipped_steps=self.skipped_steps,
            organisations=self.organisations,
            organisation_names=self.names,
            unsubscribing=NoUnsubscribing(),
            forwarder=self.forwarder,
            documents=NoDocuments(),
            mint=PlainMint(),
            clock=self.clock,
            new_id=lambda: f"id-{next(ids):04}",
            correlation_id=lambda: "correlation-1",
            public_url="https://cairn.example",
            session_secret="a secret of this test",
            setup_code=None,
            session_policy=SessionPolicy(),
            sign_in_limits=SignInLimits(account=Limit(3, 300), address=Limit(30, 300)),
            api_limit=Limit(100, 60),
        )

    def actions(self) -> list[str]:
        """What the audit log says, oldest first."""
        return [line.action for line in self.audit.lines]
