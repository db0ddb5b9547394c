"""Just before a mail goes out everything is asked again.

Who, whether they want it, may see it, and is it still so?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.contracts.permissions import Action, Relation, allowed
from services.notifier.domain.copies import KeyResult, Objective, Person, Standing, Team
from services.notifier.domain.facts import InvitationFacts, ProgressFacts, ReminderFacts, ResetFacts
from services.notifier.domain.kinds import TRANSACTIONAL, Delivery, MailKind
from services.notifier.domain.ledger import Addressee, Claim, Row, Why
from services.notifier.domain.letters import Letter, Links
from services.notifier.domain.relevance import holds, still_owed, too_late
from services.notifier.domain.unsubscribing import Wish, sign
from services.notifier.usecases.ports import Bounced, Choices, Known, NotYetKnown


@dataclass(frozen=True)
class Archive:
    """What composing reads."""

    copies: Known
    preferences: Choices
    suppressions: Bounced
    public_url: str
    unsubscribe_secret: str
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Composed:
    """A letter for some rows of the claim; the other rows must not be sent, each for its reason."""

    letter: Letter | None
    answers: tuple[Row, ...]
    withheld: tuple[tuple[Row, Why], ...]


def compose_letter(claim: Claim, archive: Archive) -> Composed:
    """What to send for this claim, or why not.

    Raises:
        NotYetKnown: a copy that the letter needs has not arrived.
    """
    row = claim.row
    if row.kind in TRANSACTIONAL:
        return _transactional(row, archive)
    person = archive.copies.people(row.organisation_id, [row.person_id]).get(row.person_id)
    if person is None:
        raise NotYetKnown(row.person_id)
    why = _refusal(row, person, archive)
    if why is not None:
        return Composed(None, (), tuple((each, why) for each in claim.rows))
    if isinstance(row.facts, ReminderFacts):
        return _reminder(row, row.facts, person, archive)
    return _progress(claim, person, archive)


def _refusal(row: Row, person: Person, archive: Archive) -> Why | None:
    if not person.active:
        return Why.NOT_ACTIVE
    if archive.preferences.of(row.organisation_id, row.person_id).get(row.kind) is Delivery.OFF:
        return Why.PREFERENCE_OFF
    if archive.suppressions.has(row.organisation_id, person.email):
        return Why.ADDRESS_SUPPRESSED
    return None


def _transactional(row: Row, archive: Archive) -> Composed:
    if not isinstance(row.facts, InvitationFacts | ResetFacts) or row.addressee is None:
        raise NotYetKnown(row.id)
    if row.facts.expires_at <= archive.now():
        return Composed(None, (), ((row, Why.EXPIRED),))
    organisation = archive.copies.organisation(row.organisation_id)
    letter = Letter(
        kind=row.kind,
        person_id=row.person_id,
        to=row.addressee,
        tie=row.tie,
        facts=(row.facts,),
        links=Links(public_url=archive.public_url),
        organisation_name=None if organisation is None else organisation.name,
    )
    return Composed(letter, (row,), ())


def _reminder(row: Row, facts: ReminderFacts, person: Person, archive: Archive) -> Composed:
    ids = [item.key_result_id for item in facts.owed]
    standings = archive.copies.standings(row.organisation_id, ids)
    key_results = archive.copies.key_results(row.organisation_id, ids)
    facts = still_owed(facts, person.id, standings, key_results)
    if not facts.owed or too_late(facts, archive.now()):
        return Composed(None, (), ((row, Why.TOO_LATE if facts.owed else Why.NO_LONGER_SO),))
    team = (
        archive.copies.teams(row.organisation_id, [facts.team_id]).get(facts.team_id)
        if facts.team_id
        else None
    )
    letter = Letter(
        kind=row.kind,
        person_id=person.id,
        to=_addressee(person),
        tie=row.tie,
        facts=(facts,),
        links=_links(row, archive),
        organisation_name=_organisation_name(row, archive),
        team_name=None if team is None else team.name,
        check_in_weekday=team.weekday if team is not None and team.every != "monthly" else None,
        standings=standings,
        owned=frozenset(
            each for each in ids if each not in key_results or key_results[each].owner_id == person.id
        ),
    )
    return Composed(letter, (row,), ())


def _progress(claim: Claim, person: Person, archive: Archive) -> Composed:
    row = claim.row
    told = [(each, each.facts) for each in claim.rows if isinstance(each.facts, ProgressFacts)]
    known = _known(row.organisation_id, [facts for _, facts in told], archive.copies)
    kept: list[tuple[Row, ProgressFacts]] = []
    withheld: list[tuple[Row, Why]] = []
    for each, facts in told:
        why = _objection(each, facts, person, known)
        if why is None:
            kept.append((each, facts))
        else:
            withheld.append((each, why))
    if not kept:
        return Composed(None, (), tuple(withheld))
    kept.sort(key=lambda pair: pair[1].status != "achieved")  # else as claimed: what happened first leads
    first, main = kept[0]
    team = known.teams.get(main.team_id) if main.team_id else None
    objective = known.objectives.get(main.objective_id)
    letter = Letter(
        kind=row.kind,
        person_id=person.id,
        to=_addressee(person),
        tie=first.tie,
        facts=tuple(facts for _, facts in kept),
        links=_links(row, archive),
        organisation_name=_organisation_name(row, archive),
        team_name=None if team is None else team.name,
        objective_title=None if objective is None else objective.title,
        names=_names(row, (facts for _, facts in kept), archive),
        standings=known.standings,
    )
    return Composed(letter, tuple(each for each, _ in kept), tuple(withheld))


@dataclass(frozen=True)
class _Subjects:
    """The copies that a claim's facts speak of."""

    standings: Mapping[str, Standing]
    objectives: Mapping[str, Objective]
    key_results: Mapping[str, KeyResult]
    teams: Mapping[str, Team]


def _known(organisation_id: str, told: Sequence[ProgressFacts], copies: Known) -> _Subjects:
    subjects = {facts.subject_id for facts in told}
    return _Subjects(
        standings=copies.standings(organisation_id, subjects),
        objectives=copies.objectives(organisation_id, {facts.objective_id for facts in told}),
        key_results=copies.key_results(organisation_id, subjects),
        teams=copies.teams(organisation_id, {facts.team_id for facts in told if facts.team_id is not None}),
    )


def _objection(row: Row, facts: ProgressFacts, person: Person, known: _Subjects) -> Why | None:
    subject: KeyResult | Objective | None = known.key_results.get(facts.subject_id)
    subject = subject or known.objectives.get(facts.subject_id)
    if subject is None:
        raise NotYetKnown(facts.subject_id)
    if subject.state != "open" or not holds(row.kind, facts, known.standings.get(facts.subject_id)):
        return Why.NO_LONGER_SO
    return None if _may_see(person, subject, known.teams) else Why.NOT_ALLOWED


def _may_see(person: Person, subject: KeyResult | Objective, teams: Mapping[str, Team]) -> bool:
    if subject.visibility == "organisation":
        return True
    owners = {subject.owner_id}
    if isinstance(subject, KeyResult):
        owners |= {subject.objective_owner_id, subject.delegate_id or subject.owner_id}
    team = teams.get(subject.team_id) if subject.team_id else None
    in_team = team is not None and (person.id == team.lead_id or person.id in team.member_ids)
    relation = Relation(own=person.id in owners, team=in_team and subject.visibility == "team")
    return allowed(frozenset({person.role}), Action.KEY_RESULT_READ, relation)


def _names(row: Row, facts: Iterable[ProgressFacts], archive: Archive) -> dict[str, str]:
    authors = {each.note.author_id for each in facts if each.note is not None}
    people = archive.copies.people(row.organisation_id, authors)
    return {person_id: person.name for person_id, person in people.items()}


def _organisation_name(row: Row, archive: Archive) -> str | None:
    organisation = archive.copies.organisation(row.organisation_id)
    return None if organisation is None else organisation.name


def _links(row: Row, archive: Archive) -> Links:
    token = sign(Wish(row.organisation_id, row.person_id, MailKind(row.kind)), archive.unsubscribe_secret)
    links = Links(public_url=archive.public_url)
    return replace(links, stop=links.to("/unsubscribe", token=token))


def _addressee(person: Person) -> Addressee:
    return Addressee(name=person.name, email=person.email, locale=person.locale, time_zone=person.time_zone)
