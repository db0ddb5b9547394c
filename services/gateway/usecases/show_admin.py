"""The admin page: what holds for everyone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.chassis.problems import Forbidden, Unavailable
from libs.language.addresses import folded
from services.gateway.domain.accounts import Account
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.okr import Cycle, Directory, Mail, Organisation, Page, Person, Team
from services.gateway.usecases.ask import ask
from services.gateway.usecases.list_audit import list_audit
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.ports import Ports

AUDIT_PAGE = 25
PEOPLE_PAGE = 12


@dataclass(frozen=True, kw_only=True)
class AdminQuery:
    """What the address asks for."""

    people: str = "everyone"
    words: str = ""
    people_from: int = 0
    mail_cursor: str | None = None
    audit_before: tuple[datetime, str] | None = None


@dataclass(frozen=True, kw_only=True)
class AdminPage:
    """The page. ``mails`` is null where the notifier does not answer; the rest works without it."""

    organisation: Organisation
    directory: Directory
    people: tuple[Person, ...]
    people_in_all: int
    counts: Mapping[str, int]
    teams_of: Mapping[str, tuple[Team, ...]]
    cycles: tuple[Cycle, ...]
    mails: Page[Mail] | None
    audit: Sequence[AuditEntry]
    audit_more: bool
    query: AdminQuery


def show_admin(services: Services, account: Account, ports: Ports, query: AdminQuery) -> AdminPage:
    """People, teams, cycles, the lines between statuses, the mail log and the audit log.

    Raises:
        Forbidden: the account is no admin's.
    """
    if "admin" not in account.roles:
        raise Forbidden
    mails = ask(lambda: _mails(services, query.mail_cursor))
    everyone = {person.id: person for person in services.goals.everyone()}
    directory = replace(services.goals.directory(fresh=True), people=everyone)
    teams_of = _teams_of(directory)
    found = [person for person in everyone.values() if _matches(person, query, teams_of)]
    lines = list_audit(account, before=query.audit_before, limit=AUDIT_PAGE + 1, action=None, ports=ports)
    return AdminPage(
        organisation=services.goals.organisation(),
        directory=directory,
        people=tuple(found[query.people_from : query.people_from + PEOPLE_PAGE]),
        people_in_all=len(found),
        counts=_counts(directory, teams_of),
        teams_of=teams_of,
        cycles=services.goals.cycles(),
        mails=mails.result(),
        audit=lines[:AUDIT_PAGE],
        audit_more=len(lines) > AUDIT_PAGE,
        query=query,
    )


def _mails(services: Services, cursor: str | None) -> Page[Mail] | None:
    try:
        return services.notifications.mail_log(cursor)
    except Unavailable:
        return None


def _teams_of(directory: Directory) -> Mapping[str, tuple[Team, ...]]:
    """Everybody's teams by name, in one pass over the teams."""
    found: dict[str, list[Team]] = {person_id: [] for person_id in directory.people}
    for team in sorted(directory.teams.values(), key=lambda team: team.name):
        for person_id in {team.lead_id, *team.member_ids} & found.keys():
            found[str(person_id)].append(team)
    return {person_id: tuple(teams) for person_id, teams in found.items()}


def _matches(person: Person, query: AdminQuery, teams_of: Mapping[str, tuple[Team, ...]]) -> bool:
    words = folded(query.words).strip()
    named = [person.name, person.email, *(team.name for team in teams_of[person.id])]
    if words and not any(words in folded(name) for name in named):
        return False
    if query.people == "no-team":
        return not teams_of[person.id] and person.state != "disabled"
    return query.people not in {"invited", "disabled"} or person.state == query.people


def _counts(directory: Directory, teams_of: Mapping[str, tuple[Team, ...]]) -> Mapping[str, int]:
    counts = Counter(person.state for person in directory.people.values())
    counts["everyone"] = len(directory.people)
    counts["no-team"] = sum(not teams_of[p.id] and p.state != "disabled" for p in directory.people.values())
    return counts
