"""What several mails need is read together, in one question a collection, just before they go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.domain.facts import ProgressFacts, ReminderFacts
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.domain.ledger import Claim, Row
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.ports import Copies, Preferences, Suppressions

T = TypeVar("T", Person, Team, Objective, KeyResult, Standing)


@dataclass(frozen=True)
class Sources:
    """Where is read ahead."""

    copies: Copies
    preferences: Preferences
    suppressions: Suppressions


def read_ahead(claims: Iterable[Claim], sources: Sources, archive: Archive) -> Archive:
    """The archive as it is now, for what these claims need and nothing else."""
    rows: dict[str, list[Row]] = {}
    for claim in claims:
        rows.setdefault(claim.row.organisation_id, []).extend(claim.rows)
    read = {organisation_id: _page(organisation_id, each, sources) for organisation_id, each in rows.items()}
    known = _Read(read)
    return replace(archive, copies=known, preferences=known, suppressions=known)


@dataclass(frozen=True)
class _Page:
    """What was read of one organisation."""

    organisation: Organisation | None
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    objectives: Mapping[str, Objective]
    key_results: Mapping[str, KeyResult]
    standings: Mapping[str, Standing]
    choices: Mapping[str, dict[MailKind, Delivery]]
    bounced: frozenset[str]


def _page(organisation_id: str, rows: Sequence[Row], sources: Sources) -> _Page:
    copies = sources.copies
    progress = [row.facts for row in rows if isinstance(row.facts, ProgressFacts)]
    reminders = [row.facts for row in rows if isinstance(row.facts, ReminderFacts)]
    owed = {item.key_result_id for facts in reminders for item in facts.owed}
    subjects = {facts.subject_id for facts in progress} | owed
    recipients = {row.person_id for row in rows}
    people = copies.people(organisation_id, recipients | set(_authors(progress)))
    teams = {each.team_id for each in progress} | {each.team_id for each in reminders}
    return _Page(
        organisation=copies.organisation(organisation_id),
        people=people,
        teams=copies.teams(organisation_id, {each for each in teams if each is not None}),
        objectives=copies.objectives(organisation_id, {facts.objective_id for facts in progress}),
        key_results=copies.key_results(organisation_id, subjects),
        standings=copies.standings(organisation_id, subjects),
        choices=sources.preferences.of_all(organisation_id, recipients),
        bounced=sources.suppressions.among(organisation_id, {person.email for person in people.values()}),
    )


def _authors(progress: Iterable[ProgressFacts]) -> Iterator[str]:
    return (facts.note.author_id for facts in progress if facts.note is not None)


@dataclass(frozen=True)
class _Read:
    """Answers from what was read, as the stores themselves would."""

    pages: Mapping[str, _Page]

    def people(self, organisation_id: str, ids: Collection[str]) -> dict[str, Person]:
        return _among(self.pages[organisation_id].people, ids)

    def teams(self, organisation_id: str, ids: Collection[str]) -> dict[str, Team]:
        return _among(self.pages[organisation_id].teams, ids)

    def objectives(self, organisation_id: str, ids: Collection[str]) -> dict[str, Objective]:
        return _among(self.pages[organisation_id].objectives, ids)

    def key_results(self, organisation_id: str, ids: Collection[str]) -> dict[str, KeyResult]:
        return _among(self.pages[organisation_id].key_results, ids)

    def standings(self, organisation_id: str, ids: Collection[str]) -> dict[str, Standing]:
        return _among(self.pages[organisation_id].standings, ids)

    def organisation(self, organisation_id: str) -> Organisation | None:
        return self.pages[organisation_id].organisation

    def of(self, organisation_id: str, person_id: str) -> dict[MailKind, Delivery]:
        return self.pages[organisation_id].choices.get(person_id, {})

    def has(self, organisation_id: str, email: str) -> bool:
        return email in self.pages[organisation_id].bounced


def _among(known: Mapping[str, T], ids: Collection[str]) -> dict[str, T]:
    return {each: known[each] for each in ids if each in known}
