"""The notifier's stores in memory. Each passes the same contract suite as the one in MongoDB."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from libs.language.addresses import address_key
from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.domain.deliveries import Answer, Verdict
from services.notifier.domain.facts import InvitationFacts, ProgressFacts, ResetFacts
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.domain.ledger import OWED, Claim, Leases, Rendered, Row, State, Why
from services.notifier.domain.letters import Letter, Outgoing
from services.notifier.usecases.ports import Copied, Versioned

T = TypeVar("T", bound=Copied)
LEASES = Leases(claim=timedelta(seconds=15), conversation=timedelta(minutes=3), message=timedelta(seconds=90))


class FakeCopies:
    """Copies in dictionaries."""

    def __init__(self) -> None:
        self._kept: dict[tuple[type, str], Versioned] = {}
        self._standings: dict[str, Standing] = {}
        self._activated: set[str] = set()

    def keep(self, announced: Sequence[Versioned]) -> None:
        for one in announced:
            key = (type(one.thing), one.thing.id)
            if key not in self._kept or self._kept[key].seq < one.seq:
                self._kept[key] = one

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        for told in standings:
            known = self._standings.get(told.id)
            both = (told.checked_in_at, known.checked_in_at if known else None)
            checked_in_at = max((at for at in both if at is not None), default=None)
            if known is None:
                newest = told
            elif (told.seq, told.at) > (known.seq, known.at):
                changed = known.confidence is not None and known.confidence != told.confidence
                newest = replace(
                    told, confidence_before=known.confidence if changed else known.confidence_before
                )
            else:
                newest = known
            self._standings[told.id] = replace(newest, checked_in_at=checked_in_at)

    def mark_activated(self, organisation_id: str, person_id: str) -> None:
        self._activated.add(f"{organisation_id}/{person_id}")

    def people(self, organisation_id: str, ids: Collection[str]) -> dict[str, Person]:
        found = self._read(Person, organisation_id, ids)
        return {
            key: replace(person, activated=f"{organisation_id}/{key}" in self._activated)
            for key, person in found.items()
        }

    def teams(self, organisation_id: str, ids: Collection[str]) -> dict[str, Team]:
        return self._read(Team, organisation_id, ids)

    def objectives(self, organisation_id: str, ids: Collection[str]) -> dict[str, Objective]:
        return self._read(Objective, organisation_id, ids)

    def key_results(self, organisation_id: str, ids: Collection[str]) -> dict[str, KeyResult]:
        return self._read(KeyResult, organisation_id, ids)

    def standings(self, organisation_id: str, ids: Collection[str]) -> dict[str, Standing]:
        return {
            key: standing
            for key, standing in self._standings.items()
            if key in ids and standing.organisation_id == organisation_id
        }

    def organisation(self, organisation_id: str) -> Organisation | None:
        return self._read(Organisation, organisation_id, [organisation_id]).get(organisation_id)

    def _read(self, cls: type[T], organisation_id: str, ids: Collection[str]) -> dict[str, T]:
        return {
            key: one.thing
            for (kind, key), one in self._kept.items()
            if kind is cls
            and key in ids
            and isinstance(one.thing, cls)
            and one.thing.organisation_id == organisation_id
        }


@dataclass
class _Held:
    row: Row
    next_at: datetime | None
    token: str | None = None
    data_at: datetime | None = None
    past_data: bool = False


def _happened(held: _Held) -> tuple[datetime, datetime, str]:
    """Only what is celebrated has companions, and is always about a progress."""
    facts = held.row.facts
    at = (facts.caused_at or facts.at) if isinstance(facts, ProgressFacts) else held.row.created_at
    return at, held.row.created_at, held.row.id


class FakeLedger:
    """Rows in a dictionary, with leases by a clock that the test moves."""

    def __init__(self, now: Callable[[], datetime], leases: Leases = LEASES) -> None:
        self._now, self._leases = now, leases
        self._held: dict[str, _Held] = {}
        self._tokens = itertools.count(1)

    def plan(self, rows: Sequence[Row]) -> int:
        new = [row for row in rows if row.id not in self._held]
        for row in new:
            self._held[row.id] = _Held(row, row.due_at if row.state in OWED else None)
        return len(new)

    def claim(self, limit: int = 1) -> list[Claim]:
        claims: list[Claim] = []
        while len(claims) < limit and (claim := self._next()) is not None:
            claims.append(claim)
        return claims

    def _next(self) -> Claim | None:
        due = [
            held for held in self._held.values() if held.next_at is not None and held.next_at <= self._now()
        ]
        if not due:
            return None
        first = min(due, key=lambda held: held.next_at or self._now())
        token = f"claim-{next(self._tokens)}"
        taken = sorted([first, *self._companions(first)], key=_happened)
        past_data = [self._take(held, token) for held in taken]
        return Claim(
            row=taken[0].row,
            token=token,
            past_data=any(past_data),
            companions=tuple(held.row for held in taken[1:]),
        )

    def _companions(self, first: _Held) -> list[_Held]:
        if first.row.batch is None:
            return []
        return [
            held
            for held in self._held.values()
            if held is not first
            and held.next_at is not None
            and (held.row.state is State.PENDING or held.next_at <= self._now())
            and (held.row.organisation_id, held.row.person_id, held.row.batch)
            == (first.row.organisation_id, first.row.person_id, first.row.batch)
        ]

    def _take(self, held: _Held, token: str) -> bool:
        past_data = held.past_data = held.data_at is not None
        held.row = replace(held.row, state=State.SENDING, doubts=held.row.doubts + past_data)
        held.next_at, held.token, held.data_at = self._now() + self._leases.claim, token, None
        return past_data

    def release(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            for one in self._mine(claim, claim.rows):
                doubts = one.row.doubts - one.past_data
                one.row = replace(one.row, state=State.PENDING, doubts=doubts)
                one.next_at, one.token = self._now(), None
                one.data_at = self._now() if one.past_data else None

    def renew(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            for one in self._mine(claim, claim.rows):
                if one.data_at is None:
                    one.next_at = self._now() + self._leases.claim

    def flush(self) -> None:
        """Nothing waits in memory."""

    def begin_data(self, claim: Claim) -> bool:
        held = self._mine(claim, claim.rows)
        for one in held:
            one.data_at, one.next_at = self._now(), self._now() + self._leases.message
        return len(held) == len(claim.rows)

    def sent(self, claim: Claim, rows: Sequence[Row], *, detail: str, email: str, rendered: Rendered) -> None:
        self.finish(claim, rows, State.SENT, detail=detail)
        for row in rows:
            held = self._held[row.id]
            held.row = replace(held.row, email=email, rendered=rendered)

    def finish(
        self,
        claim: Claim,
        rows: Sequence[Row],
        state: State,
        *,
        why: Why | None = None,
        detail: str | None = None,
        doubt: bool = False,
    ) -> bool:
        held = self._mine(claim, rows)
        for one in held:
            facts = one.row.facts
            if isinstance(facts, InvitationFacts | ResetFacts):
                facts = replace(facts, link="")
            one.row = replace(
                one.row,
                facts=facts,
                state=state,
                why=why,
                detail=detail,
                finished_at=self._now(),
                doubts=one.row.doubts + doubt,
            )
            one.next_at = one.data_at = one.token = None
        return len(held) == len(rows)

    def put_back(
        self,
        claim: Claim,
        due_at: datetime,
        *,
        why: Why,
        detail: str = "",
        attempt: bool = False,
        doubt: bool = False,
        deferred: bool = False,
    ) -> bool:
        held = self._mine(claim, claim.rows)
        for one in held:
            one.row = replace(
                one.row,
                state=State.DEFERRED if deferred else State.PENDING,
                why=why,
                detail=detail,
                attempts=one.row.attempts + attempt,
                doubts=one.row.doubts + doubt,
            )
            one.next_at, one.data_at, one.token = due_at, None, None
        return len(held) == len(claim.rows)

    def _mine(self, claim: Claim, rows: Sequence[Row]) -> list[_Held]:
        return [self._held[row.id] for row in rows if self._held[row.id].token == claim.token]

    def waiting(self) -> tuple[int, datetime | None]:
        due = [held.next_at for held in self._held.values() if held.next_at and held.next_at <= self._now()]
        return len(due), min(due, default=None)

    def page(
        self,
        organisation_id: str,
        *,
        state: State | None,
        kind: MailKind | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Row]:
        rows = [
            held.row
            for held in self._held.values()
            if held.row.organisation_id == organisation_id
            and state in (None, held.row.state)
            and kind in (None, held.row.kind)
            and (before is None or (held.row.created_at, held.row.id) < before)
        ]
        rows.sort(key=lambda row: (row.created_at, row.id), reverse=True)
        return [
            replace(row, rendered=replace(row.rendered, text="", html="")) if row.rendered else row
            for row in rows[:limit]
        ]

    def item(self, organisation_id: str, row_id: str) -> Row | None:
        held = self._held.get(row_id)
        return held.row if held is not None and held.row.organisation_id == organisation_id else None

    def row(self, row_id: str) -> Row:
        """The row, for a test to look at."""
        return self._held[row_id].row

    def rows(self) -> list[Row]:
        """All rows, for a test to look at."""
        return [held.row for held in self._held.values()]


class FakePreferences:
    """Choices in a dictionary."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str], dict[MailKind, Delivery]] = {}
        self._revs: dict[tuple[str, str], int] = {}

    def of(self, organisation_id: str, person_id: str) -> dict[MailKind, Delivery]:
        return dict(self._chosen.get((organisation_id, person_id), {}))

    def of_all(
        self, organisation_id: str, person_ids: Collection[str]
    ) -> dict[str, dict[MailKind, Delivery]]:
        chosen = {each: self.of(organisation_id, each) for each in person_ids}
        return {each: choices for each, choices in chosen.items() if choices}

    def rev_of(self, organisation_id: str, person_id: str) -> int:
        return self._revs.get((organisation_id, person_id), 0)

    def change(
        self,
        organisation_id: str,
        person_id: str,
        choices: Mapping[MailKind, Delivery],
        rev: int | None = None,
    ) -> bool:
        key = (organisation_id, person_id)
        if rev is not None and rev != self._revs.get(key, 0):
            return False
        self._revs[key] = self._revs.get(key, 0) + 1
        self._chosen.setdefault(key, {}).update(choices)
        return True


class FakeSuppressions:
    """Addresses in a set."""

    def __init__(self) -> None:
        self._addresses: set[tuple[str, str]] = set()

    def add(self, organisation_id: str, email: str, detail: str) -> None:
        del detail
        self._addresses.add((organisation_id, address_key(email)))

    def has(self, organisation_id: str, email: str) -> bool:
        return (organisation_id, address_key(email)) in self._addresses

    def among(self, organisation_id: str, emails: Collection[str]) -> frozenset[str]:
        return frozenset(email for email in emails if self.has(organisation_id, email))


class PlainWording:
    """Words a letter as its kind and titles, for tests that are not about words."""

    def word(self, letter: Letter) -> Rendered:
        titles = ", ".join(getattr(facts, "title", type(facts).__name__) for facts in letter.facts)
        links = " ".join(getattr(facts, "link", "") for facts in letter.facts)
        return Rendered(subject=f"{letter.kind}: {titles}", text=f"{links} {letter.links.stop}", html="")


@dataclass
class ScriptedPost:
    """Answers as scripted, then always accepts; remembers what it was given."""

    script: list[Answer] = field(default_factory=list)
    delivered: list[Outgoing] = field(default_factory=list)

    def deliver(self, outgoing: Outgoing, begin_data: Callable[[], bool]) -> Answer:
        if not begin_data():
            return Answer(Verdict.CLAIM_LOST)
        answer = self.script.pop(0) if self.script else Answer(Verdict.SENT, "250 ok")
        if answer.verdict is Verdict.SENT:
            self.delivered.append(outgoing)
        return answer
