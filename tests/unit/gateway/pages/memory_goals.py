"""The port ``Goals`` in memory, for one organisation: as far as pages see it."""

# ruff: noqa: ARG002  # a fake takes what its port takes

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from libs.chassis.problems import FieldError, Unprocessable
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import (
    Fields,
    KeyResultQuery,
    ObjectiveQuery,
    PeopleQuery,
    TreeQuery,
)
from tests.unit.gateway.pages.memory_store import Store, fields_of, known, parent, require
from tests.unit.gateway.pages.memory_trees import tree_of


class MemoryGoals:
    """The port ``Goals``."""

    def __init__(self, store: Store, person_id: str) -> None:
        self.store, self.person_id = store, person_id

    def organisation(self, *, fresh: bool = False) -> okr.Organisation:
        return self.store.organisation

    def cycles(self) -> tuple[okr.Cycle, ...]:
        return tuple(self.store.cycles)

    def directory(self, people: Collection[str | None] = (), *, fresh: bool = False) -> okr.Directory:
        known = {person_id: person for person_id, person in self.store.people.items() if person_id in people}
        return okr.Directory(people=known, teams=dict(self.store.teams))

    def people(self, query: PeopleQuery) -> okr.Page[okr.Person]:
        found = [
            person
            for person in self.store.people.values()
            if query.words.casefold() in f"{person.name} {person.email}".casefold()
            and (query.state is None or person.state == query.state)
        ]
        begin = int(query.cursor or 0)
        end = begin + query.limit
        found.sort(key=lambda person: person.name.casefold())
        return okr.Page(items=tuple(found[begin:end]), next=str(end) if end < len(found) else None)

    def everyone(self) -> tuple[okr.Person, ...]:
        return tuple(sorted(self.store.people.values(), key=lambda person: person.name.casefold()))

    def tree(self, query: TreeQuery) -> okr.Tree:
        self.store.asked.append("tree")
        return tree_of(self.store.objectives, self.store.key_results, query, self.person_id)

    def objective(self, objective_id: str) -> okr.Objective:
        return known(self.store.objectives, objective_id)

    def objective_detail(self, objective_id: str) -> okr.ObjectiveDetail:
        objective = self.objective(objective_id)
        above = self.store.objectives.get(objective.parent.id) if objective.parent else None
        return okr.ObjectiveDetail(
            objective=objective,
            ancestors=(okr.Crumb(kind="objective", id=above.id, title=above.title),) if above else (),
            key_results=tuple(k for k in self.store.key_results.values() if k.objective_id == objective_id),
            children=tuple(
                o for o in self.store.objectives.values() if o.parent and o.parent.id == objective_id
            ),
        )

    def objectives(self, query: ObjectiveQuery) -> okr.Page[okr.Objective]:
        self.store.asked.append("objectives")
        found = [
            o
            for o in self.store.objectives.values()
            if (query.level is None or o.level == query.level) and query.words.lower() in o.title.lower()
        ]
        return okr.Page(items=tuple(found))

    def key_result(self, key_result_id: str) -> okr.KeyResult:
        return known(self.store.key_results, key_result_id)

    def key_results(self, query: KeyResultQuery) -> okr.Page[okr.KeyResult]:
        self.store.asked.append("key_results")
        found = [
            k
            for k in self.store.key_results.values()
            if (not query.statuses or k.status in query.statuses)
            and (not query.ids or k.id in query.ids)
            and (query.owner_id is None or query.owner_id in {k.owner_id, k.delegate_id})
            and (query.team_id is None or k.team_id == query.team_id)
            and query.words.lower() in k.title.lower()
        ]
        begin = int(query.cursor or 0)
        end = begin + query.limit
        return okr.Page(items=tuple(found[begin:end]), next=str(end) if end < len(found) else None)

    def create_objective(self, fields: Fields, idempotency_key: str) -> okr.Objective:
        self.store.refuse()
        if (before := self.store.once("objectives", idempotency_key, fields)) is not None:
            return self.objective(before)
        made = okr.Objective(id="o-new", **{**fields_of(okr.Objective, fields), "parent": parent(fields)})
        self.store.objectives[made.id] = made
        self.store.keep("objectives", idempotency_key, fields, made.id)
        return made

    def change_objective(self, objective_id: str, fields: Fields, rev: int) -> okr.Objective:
        self.store.refuse()
        before = self.objective(objective_id)
        require(before.rev, rev)
        given = fields_of(okr.Objective, fields)
        if "parent" in fields:
            given["parent"] = parent(fields)
        if given.get("parent") and given["parent"].id == objective_id:
            message = "This would put the objective beneath itself. Choose another parent."
            raise Unprocessable(errors=[FieldError("/parent", message)])
        changed = replace(before, **given, rev=rev + 1)
        self.store.objectives[objective_id] = changed
        return changed

    def delete_objective(self, objective_id: str, rev: int) -> None:
        self.store.refuse()
        del self.store.objectives[objective_id]

    def follow(self, objective_id: str) -> None:
        found = self.objective(objective_id)
        self.store.objectives[objective_id] = replace(
            found, follower_ids=(*found.follower_ids, self.person_id)
        )

    def unfollow(self, objective_id: str) -> None:
        found = self.objective(objective_id)
        others = tuple(person for person in found.follower_ids if person != self.person_id)
        self.store.objectives[objective_id] = replace(found, follower_ids=others)

    def create_key_result(self, objective_id: str, fields: Fields, idempotency_key: str) -> okr.KeyResult:
        self.store.refuse()
        if (before := self.store.once(objective_id, idempotency_key, fields)) is not None:
            return self.key_result(before)
        made = okr.KeyResult(id="k-new", objective_id=objective_id, **fields_of(okr.KeyResult, fields))
        self.store.key_results[made.id] = made
        self.store.keep(objective_id, idempotency_key, fields, made.id)
        return made

    def change_key_result(self, key_result_id: str, fields: Fields, rev: int) -> okr.KeyResult:
        self.store.refuse()
        before = self.key_result(key_result_id)
        require(before.rev, rev)
        changed = replace(before, **fields_of(okr.KeyResult, fields), rev=rev + 1)
        self.store.key_results[key_result_id] = changed
        return changed

    def delete_key_result(self, key_result_id: str, rev: int) -> None:
        self.store.refuse()
        del self.store.key_results[key_result_id]

    def change_person(self, person_id: str, fields: Fields, rev: int | None = None) -> okr.Person:
        self.store.refuse()
        before = known(self.store.people, person_id)
        require(before.rev, rev)
        changed = replace(before, **fields, rev=before.rev + 1)
        self.store.people[person_id] = changed
        return changed

    def invite(self, fields: Fields, idempotency_key: str) -> okr.Person:
        self.store.refuse()
        if (before := self.store.once("people", idempotency_key, fields)) is not None:
            return self.store.people[before]
        taken = sum(person_id.startswith("p-new") for person_id in self.store.people)
        made = okr.Person(id=f"p-new-{taken}" if taken else "p-new", state="invited", **fields)
        self.store.people[made.id] = made
        self.store.keep("people", idempotency_key, fields, made.id)
        return made

    def invite_again(self, person_id: str) -> None:
        self.store.refuse()

    def create_team(self, fields: Fields, idempotency_key: str) -> okr.Team:
        self.store.refuse()
        if (before := self.store.once("teams", idempotency_key, fields)) is not None:
            return self.store.teams[before]
        made = okr.Team(
            id="t-new", **{**fields_of(okr.Team, fields), "rhythm": okr.Rhythm(**fields["rhythm"])}
        )
        self.store.teams[made.id] = made
        self.store.keep("teams", idempotency_key, fields, made.id)
        return made

    def change_team(self, team_id: str, fields: Fields, rev: int) -> okr.Team:
        self.store.refuse()
        before = known(self.store.teams, team_id)
        require(before.rev, rev)
        given = fields_of(okr.Team, fields)
        if "rhythm" in fields:
            given["rhythm"] = okr.Rhythm(**fields["rhythm"])
        changed = replace(before, **given, rev=rev + 1)
        self.store.teams[team_id] = changed
        return changed

    def delete_team(self, team_id: str, rev: int) -> None:
        self.store.refuse()
        del self.store.teams[team_id]

    def create_cycle(self, fields: Fields, idempotency_key: str) -> okr.Cycle:
        self.store.refuse()
        if (before := self.store.once("cycles", idempotency_key, fields)) is not None:
            return next(cycle for cycle in self.store.cycles if cycle.id == before)
        made = okr.Cycle(
            id="c-new",
            name=fields["name"],
            state="active",
            starts_on=date.fromisoformat(fields["starts_on"]),
            ends_on=date.fromisoformat(fields["ends_on"]),
        )
        self.store.cycles.append(made)
        self.store.keep("cycles", idempotency_key, fields, made.id)
        return made

    def change_cycle(self, cycle_id: str, fields: Fields, rev: int) -> okr.Cycle:
        self.store.refuse()
        place = next(i for i, cycle in enumerate(self.store.cycles) if cycle.id == cycle_id)
        require(self.store.cycles[place].rev, rev)
        days: dict[str, Any] = {
            name: date.fromisoformat(fields[name]) for name in ("starts_on", "ends_on") if name in fields
        }
        given = {name: value for name, value in fields.items() if name in {"name", "state"}}
        self.store.cycles[place] = replace(self.store.cycles[place], **given, **days, rev=rev + 1)
        return self.store.cycles[place]

    def change_organisation(self, fields: Fields, rev: int) -> okr.Organisation:
        self.store.refuse()
        require(self.store.organisation.rev, rev)
        limits = replace(self.store.organisation.thresholds, **fields.get("thresholds", {}))
        plain = {name: value for name, value in fields.items() if name != "thresholds"}
        self.store.organisation = replace(self.store.organisation, **plain, thresholds=limits, rev=rev + 1)
        return self.store.organisation
