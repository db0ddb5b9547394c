"""What the pages need of the other services. Every port already acts for one viewer, within one organisation.

Every method raises :class:`libs.chassis.problems.Problem` subclasses: NotFound, Forbidden, Conflict,
PreconditionFailed, Unprocessable (with the fields named), TooManyRequests, or Unavailable where the outcome
is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from libs.chassis.auth import Principal
from services.gateway.domain import okr

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TreeQuery:
    """Which part of a cycle's tree to read.

    ``rows`` collapses what has no room on a first visit; ``expand`` and ``collapse`` are objectives that the
    viewer wants otherwise. Without ``rows`` nothing is collapsed.
    """

    cycle_id: str
    owner_id: str | None = None
    team_id: str | None = None
    statuses: tuple[str, ...] = ()
    root_id: str | None = None
    cursor: str | None = None
    rows: int | None = None
    expand: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeopleQuery:
    """Which people to read; ``state`` is invited, active or disabled."""

    words: str = ""
    state: str | None = None
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeyResultQuery:
    """Which key results to read."""

    cycle_id: str | None = None
    objective_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    statuses: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    words: str = ""
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveQuery:
    """Which objectives to read."""

    cycle_id: str | None = None
    level: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    parent_id: str | None = None
    words: str = ""
    limit: int = 100
    cursor: str | None = None


class Goals(Protocol):
    """The definitions, and what rolled up."""

    def organisation(self, *, fresh: bool = False) -> okr.Organisation:
        """The organisation; may be some seconds old unless ``fresh``."""

    def cycles(self) -> tuple[okr.Cycle, ...]:
        """Every cycle, newest first; may be some seconds old."""

    def directory(self, people: Collection[str | None] = (), *, fresh: bool = False) -> okr.Directory:
        """These people and all teams; may be some seconds old unless ``fresh``."""

    def people(self, query: PeopleQuery) -> okr.Page[okr.Person]:
        """A page of people, by name."""

    def everyone(self) -> tuple[okr.Person, ...]:
        """All people, by name: for the page that manages them, since it grows with the organisation."""

    def tree(self, query: TreeQuery) -> okr.Tree:
        """A page of objectives with their key results, in display order."""

    def objective(self, objective_id: str) -> okr.Objective:
        """One objective."""

    def objectives(self, query: ObjectiveQuery) -> okr.Page[okr.Objective]:
        """A page of objectives."""

    def objective_detail(self, objective_id: str) -> okr.ObjectiveDetail:
        """One objective with the way to it and what hangs beneath."""

    def key_result(self, key_result_id: str) -> okr.KeyResult:
        """One key result."""

    def key_results(self, query: KeyResultQuery) -> okr.Page[okr.KeyResult]:
        """A page of key results."""

    def create_objective(self, fields: Fields, idempotency_key: str) -> okr.Objective:
        """A new objective."""

    def change_objective(self, objective_id: str, fields: Fields, rev: int) -> okr.Objective:
        """The objective with these fields changed, if nobody changed it since ``rev``."""

    def delete_objective(self, objective_id: str, rev: int) -> None:
        """The objective is gone from lists and from the roll-up."""

    def follow(self, objective_id: str) -> None:
        """The viewer follows the objective."""

    def unfollow(self, objective_id: str) -> None:
        """The viewer no longer follows the objective."""

    def create_key_result(self, objective_id: str, fields: Fields, idempotency_key: str) -> okr.KeyResult:
        """A new key result of the objective."""

    def change_key_result(self, key_result_id: str, fields: Fields, rev: int) -> okr.KeyResult:
        """The key result with these fields changed, if nobody changed it since ``rev``."""

    def delete_key_result(self, key_result_id: str, rev: int) -> None:
        """The key result is gone from lists and from the roll-up."""

    def change_person(self, person_id: str, fields: Fields, rev: int | None = None) -> okr.Person:
        """The person with these fields changed; ``rev`` null takes the newest."""

    def invite(self, fields: Fields, idempotency_key: str) -> okr.Person:
        """Someone new, to whom an invitation goes by mail."""

    def invite_again(self, person_id: str) -> None:
        """Another invitation is on its way."""

    def create_team(self, fields: Fields, idempotency_key: str) -> okr.Team:
        """A new team."""

    def change_team(self, team_id: str, fields: Fields, rev: int) -> okr.Team:
        """The team with these fields changed, if nobody changed it since ``rev``."""

    def delete_team(self, team_id: str, rev: int) -> None:
        """The team is gone."""

    def create_cycle(self, fields: Fields, idempotency_key: str) -> okr.Cycle:
        """A new cycle."""

    def change_cycle(self, cycle_id: str, fields: Fields, rev: int) -> okr.Cycle:
        """The cycle with these fields changed, if nobody changed it since ``rev``."""

    def change_organisation(self, fields: Fields, rev: int) -> okr.Organisation:
        """The organisation with these fields changed, if nobody changed it since ``rev``."""


class CheckIns(Protocol):
    """Check-ins and who owes them."""

    def owed_list(self) -> okr.OwedList:
        """What the viewer owes, the most urgent first, and what they have done today."""

    def due_count(self, *, fresh: bool = False) -> int:
        """How many check-ins of the viewer are due; may be some seconds old unless ``fresh``."""

    def series(self, key_result_id: str, cursor: str | None = None) -> okr.Page[okr.CheckIn]:
        """A key result's check-ins, newest first, revisions included."""

    def check_in(self, check_in_id: str) -> okr.CheckIn:
        """One check-in."""

    def record(self, key_result_id: str, fields: Fields, idempotency_key: str) -> okr.CheckIn:
        """The check-in as stored; the same key twice stores it once."""

    def revise(self, check_in_id: str, fields: Fields, seq: int | None = None) -> okr.CheckIn:
        """The revision as stored, if ``seq`` still counts; the check-in before it stays readable."""

    def undo(self, check_in_id: str) -> None:
        """The check-in no longer counts; possible within ten seconds."""

    def judged(self, key_result: okr.KeyResult) -> okr.KeyResult:
        """The key result as it stands this moment, one's own last check-in included."""

    def week(self, team_id: str) -> okr.Week:
        """A team's check-ins of the current period, laid and owed."""


class Notifications(Protocol):
    """Mails: what one wants of them, and what was sent."""

    def preferences(self) -> okr.MailChoices:
        """Every kind of mail that one may choose about, and the choice."""

    def change_preferences(self, preferences: Mapping[str, str], rev: int | None = None) -> None:
        """These kinds are sent so from now on, if nobody chose since ``rev``; null takes the newest."""

    def mail_log(self, cursor: str | None = None) -> okr.Page[okr.Mail]:
        """A page of the organisation's mails, newest first. Admins only."""

    def mail(self, mail_id: str) -> okr.Mail:
        """One mail with its rendered bodies. Admins only."""


@dataclass(frozen=True)
class Services:
    """The three services, acting for one viewer."""

    goals: Goals
    checkins: CheckIns
    notifications: Notifications


@dataclass(frozen=True)
class ServicesFor:
    """Makes the services act for one principal, which costs no call."""

    acting_for: Callable[[Principal], Services]
