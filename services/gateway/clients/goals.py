"""The goals service, acting for one viewer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from libs.chassis.auth import Principal
from libs.chassis.problems import Unprocessable
from services.gateway.clients import wire
from services.gateway.clients.remembered import Remembered
from services.gateway.clients.upstream import Upstream, if_match, segment
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import Fields, KeyResultQuery, ObjectiveQuery, PeopleQuery, TreeQuery

T = TypeVar("T")

PAGE_SIZE = 100
PAGES_AT_MOST = 1000
ROOTS_A_PAGE = 20


class GoalsClient:
    """Definitions and roll-ups over HTTP. Implements the port ``Goals``."""

    def __init__(self, upstream: Upstream, principal: Principal, remembered: Remembered) -> None:
        """``remembered`` is shared by every viewer of this process; only what all may see is kept there."""
        self._upstream = upstream
        self._principal = principal
        self._remembered = remembered

    # Seldom changing -----------------------------------------------------------------------------

    def organisation(self, *, fresh: bool = False) -> okr.Organisation:
        """The organisation; may be some seconds old unless ``fresh``."""
        if fresh:
            self._remembered.forget(self._principal.organisation_id)
        return self._known("organisation", lambda: wire.organisation(self._get("/organisation")))

    def cycles(self) -> tuple[okr.Cycle, ...]:
        """Every cycle, newest first; may be some seconds old."""
        return self._known("cycles", self._all_cycles)

    def directory(self, people: Collection[str | None] = (), *, fresh: bool = False) -> okr.Directory:
        """These people and all teams; may be some seconds old unless ``fresh``."""
        if fresh:
            self._remembered.forget(self._principal.organisation_id)
        teams = self._known("teams", lambda: {team.id: team for team in self._every("/teams", wire.team)})
        return okr.Directory(people=self._people({wanted for wanted in people if wanted}), teams=teams)

    def people(self, query: PeopleQuery) -> okr.Page[okr.Person]:
        """A page of people, by name."""
        body = self._get("/people", q=query.words, state=query.state, limit=query.limit, cursor=query.cursor)
        return _page(body, wire.person)

    def everyone(self) -> tuple[okr.Person, ...]:
        """All people, by name."""
        return self._every("/people", wire.person)

    def _people(self, wanted: Collection[str]) -> dict[str, okr.Person]:
        """Those of these people that exist; who was asked for a moment ago is not asked for again."""
        organisation_id = self._principal.organisation_id
        found: dict[str, okr.Person] = self._remembered.many(organisation_id, "person", wanted)
        missing = sorted(set(wanted) - found.keys())
        for start in range(0, len(missing), PAGE_SIZE):
            ids = missing[start : start + PAGE_SIZE]
            for person in _page(self._get("/people", ids=ids, limit=PAGE_SIZE), wire.person).items:
                found[person.id] = person
                self._remembered.keep(organisation_id, f"person {person.id}", person)
        return found

    # Objectives ----------------------------------------------------------------------------------

    def tree(self, query: TreeQuery) -> okr.Tree:
        """A page of objectives with their key results, in display order."""
        folding = {"rows": query.rows, "expand": query.expand, "collapse": query.collapse}
        wanted: dict[str, object] = {
            "cycle_id": query.cycle_id,
            "owner_id": query.owner_id,
            "team_id": query.team_id,
            "status": query.statuses,
            "root": query.root_id,
            "cursor": query.cursor,
            "limit": ROOTS_A_PAGE,
            "names": False,
        }
        try:
            body = self._get("/tree", **wanted, **(folding if query.rows else {}))
        except Unprocessable:
            if not query.rows:
                raise
            # During a rolling upgrade an older service refuses what it does not know: it collapses nothing.
            body = self._get("/tree", **wanted)
        return okr.Tree(
            rows=tuple([wire.tree_row(item) for item in body["items"]]),
            next=body["next"],
            counts=body["counts"],
        )

    def objective(self, objective_id: str) -> okr.Objective:
        """One objective."""
        return wire.objective(self._get(f"/objectives/{segment(objective_id)}"))

    def objectives(self, query: ObjectiveQuery) -> okr.Page[okr.Objective]:
        """A page of objectives."""
        body = self._get(
            "/objectives",
            cycle_id=query.cycle_id,
            level=query.level,
            owner_id=query.owner_id,
            team_id=query.team_id,
            parent_id=query.parent_id,
            q=query.words,
            limit=query.limit,
            cursor=query.cursor,
        )
        return _page(body, wire.objective)

    def objective_detail(self, objective_id: str) -> okr.ObjectiveDetail:
        """One objective with the way to it and what hangs beneath."""
        return wire.objective_detail(self._get(f"/objectives/{segment(objective_id)}"))

    def create_objective(self, fields: Fields, idempotency_key: str) -> okr.Objective:
        """A new objective."""
        return wire.objective(self._post("/objectives", fields, idempotency_key))

    def change_objective(self, objective_id: str, fields: Fields, rev: int) -> okr.Objective:
        """The objective with these fields changed, if nobody changed it since ``rev``."""
        return wire.objective(self._patch(f"/objectives/{segment(objective_id)}", fields, rev))

    def delete_objective(self, objective_id: str, rev: int) -> None:
        """The objective is gone from lists and from the roll-up."""
        self._delete(f"/objectives/{segment(objective_id)}", rev)

    def follow(self, objective_id: str) -> None:
        """The viewer follows the objective."""
        self._ask("PUT", f"/objectives/{segment(objective_id)}/followers/me")

    def unfollow(self, objective_id: str) -> None:
        """The viewer no longer follows the objective."""
        self._ask("DELETE", f"/objectives/{segment(objective_id)}/followers/me")

    # Key results ---------------------------------------------------------------------------------

    def key_result(self, key_result_id: str) -> okr.KeyResult:
        """One key result."""
        return wire.key_result(self._get(f"/key-results/{segment(key_result_id)}"))

    def key_results(self, query: KeyResultQuery) -> okr.Page[okr.KeyResult]:
        """A page of key results."""
        body = self._get(
            "/key-results",
            cycle_id=query.cycle_id,
            objective_id=query.objective_id,
            owner_id=query.owner_id,
            team_id=query.team_id,
            status=query.statuses,
            ids=query.ids,
            q=query.words,
            limit=query.limit,
            cursor=query.cursor,
        )
        return _page(body, wire.key_result)

    def create_key_result(self, objective_id: str, fields: Fields, idempotency_key: str) -> okr.KeyResult:
        """A new key result of the objective."""
        path = f"/objectives/{segment(objective_id)}/key-results"
        return wire.key_result(self._post(path, fields, idempotency_key))

    def change_key_result(self, key_result_id: str, fields: Fields, rev: int) -> okr.KeyResult:
        """The key result with these fields changed, if nobody changed it since ``rev``."""
        return wire.key_result(self._patch(f"/key-results/{segment(key_result_id)}", fields, rev))

    def delete_key_result(self, key_result_id: str, rev: int) -> None:
        """The key result is gone from lists and from the roll-up."""
        self._delete(f"/key-results/{segment(key_result_id)}", rev)

    # People, teams, cycles, organisation ------------------------------------------------------------

    def change_person(self, person_id: str, fields: Fields, rev: int | None = None) -> okr.Person:
        """The person with these fields changed; ``rev`` null takes the newest."""
        path = f"/people/{segment(person_id)}"
        newest = wire.person(self._get(path)).rev if rev is None else rev
        return self._renamed(wire.person(self._patch(path, fields, newest)))

    def invite(self, fields: Fields, idempotency_key: str) -> okr.Person:
        """Someone new, to whom an invitation goes by mail."""
        return self._renamed(wire.person(self._post("/people", fields, idempotency_key)))

    def invite_again(self, person_id: str) -> None:
        """Another invitation is on its way."""
        self._ask("POST", f"/people/{segment(person_id)}/invitation")

    def create_team(self, fields: Fields, idempotency_key: str) -> okr.Team:
        """A new team."""
        return self._renamed(wire.team(self._post("/teams", fields, idempotency_key)))

    def change_team(self, team_id: str, fields: Fields, rev: int) -> okr.Team:
        """The team with these fields changed, if nobody changed it since ``rev``."""
        return self._renamed(wire.team(self._patch(f"/teams/{segment(team_id)}", fields, rev)))

    def delete_team(self, team_id: str, rev: int) -> None:
        """The team is gone."""
        self._delete(f"/teams/{segment(team_id)}", rev)
        self._remembered.forget(self._principal.organisation_id)

    def create_cycle(self, fields: Fields, idempotency_key: str) -> okr.Cycle:
        """A new cycle."""
        return self._renamed(wire.cycle(self._post("/cycles", fields, idempotency_key)))

    def change_cycle(self, cycle_id: str, fields: Fields, rev: int) -> okr.Cycle:
        """The cycle with these fields changed, if nobody changed it since ``rev``."""
        return self._renamed(wire.cycle(self._patch(f"/cycles/{segment(cycle_id)}", fields, rev)))

    def change_organisation(self, fields: Fields, rev: int) -> okr.Organisation:
        """The organisation with these fields changed, if nobody changed it since ``rev``."""
        return self._renamed(wire.organisation(self._patch("/organisation", fields, rev)))

    # ----------------------------------------------------------------------------------------------

    def _known(self, what: str, read: Callable[[], T]) -> T:
        return self._remembered.of(self._principal.organisation_id, what, read)

    def _renamed(self, written: T) -> T:
        self._remembered.forget(self._principal.organisation_id)
        return written

    def _all_cycles(self) -> tuple[okr.Cycle, ...]:
        cycles = self._every("/cycles", wire.cycle)
        return tuple(sorted(cycles, key=lambda cycle: cycle.starts_on, reverse=True))

    def _every(self, path: str, read: Callable[[wire.Json], T]) -> tuple[T, ...]:
        found: list[T] = []
        cursor: str | None = None
        for _ in range(PAGES_AT_MOST):
            page = _page(self._get(path, limit=PAGE_SIZE, cursor=cursor), read)
            found.extend(page.items)
            cursor = page.next
            if cursor is None:
                break
        return tuple(found)

    def _get(self, path: str, **query: object) -> Any:
        return self._upstream.get(self._principal, f"/api/v1{path}", **query)

    def _ask(self, method: str, path: str, **rest: Any) -> Any:
        return self._upstream.ask(self._principal, method, f"/api/v1{path}", **rest)

    def _post(self, path: str, fields: Fields, idempotency_key: str) -> Any:
        return self._ask("POST", path, body=fields, headers={"Idempotency-Key": idempotency_key})

    def _patch(self, path: str, fields: Fields, rev: int) -> Any:
        return self._ask("PATCH", path, body=fields, headers=if_match(rev))

    def _delete(self, path: str, rev: int) -> None:
        self._ask("DELETE", path, headers=if_match(rev))


def _page(body: Any, read: Callable[[wire.Json], T]) -> okr.Page[T]:
    return okr.Page(items=tuple(read(item) for item in body["items"]), next=body.get("next"))
