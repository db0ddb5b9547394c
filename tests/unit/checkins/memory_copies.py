"""The port ``Copies`` in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Team
from services.checkins.usecases.ports import ANY_EVENT_IS_NEWER, Learnt, Surroundings

T = TypeVar("T")


def _unnamed(item: Any) -> Any:
    return replace(item, name="") if hasattr(item, "name") else item


class MemoryCopies:
    """The port ``Copies``, and what the situations stand on."""

    def __init__(self, now: Any) -> None:
        self.kept: dict[type, dict[str, Learnt[Any]]] = {
            cls: {} for cls in (KeyResult, Cycle, Team, Organisation, Person)
        }
        self.evaluate_at: dict[str, datetime | None] = {}
        self.changed_by: dict[tuple[type, str], int] = {}
        self.revs: dict[str, int] = {}
        self.outdated_below: dict[tuple[type, str], int] = {}
        self.defined_by: dict[str, str | None] = {}
        self._now = now

    def _keep(self, learnt: Sequence[Learnt[Any]]) -> list[Any]:
        changed = []
        for copy in learnt:
            kept = self.kept[type(copy.item)]
            if copy.item.id not in kept or kept[copy.item.id].seq < copy.seq:
                kept[copy.item.id] = copy
                changed.append(copy.item)
        return changed

    def _changed(self, learnt: Sequence[Learnt[Any]]) -> set[str]:
        """Those that this telling or one after it made another thing; a name alone does not."""
        for copy in learnt:
            key = (type(copy.item), copy.item.id)
            kept = self.kept[key[0]].get(key[1])
            if kept is not None and kept.seq >= copy.seq:
                continue
            if kept is None or kept.seq == ANY_EVENT_IS_NEWER or _unnamed(kept.item) != _unnamed(copy.item):
                self.changed_by[key] = copy.seq
        self._keep(learnt)
        return {copy.item.id for copy in learnt if self.changed_by[type(copy.item), copy.item.id] >= copy.seq}

    def _of(self, cls: type[T], item_id: str | None) -> T | None:
        learnt = self.kept[cls].get(item_id or "")
        return learnt.item if learnt else None

    def _mark(self, key_result_ids: Collection[str]) -> None:
        for key_result_id in key_result_ids:
            self.evaluate_at[key_result_id] = self._now()
            self.revs[key_result_id] = self.revs.get(key_result_id, 0) + 1

    def _concerned(self, name: str, ids: set[str]) -> list[KeyResult]:
        return [learnt.item for learnt in self.kept[KeyResult].values() if getattr(learnt.item, name) in ids]

    def _mark_running(self, name: str, ids: set[str]) -> None:
        self._mark([found.id for found in self._concerned(name, ids) if self.evaluate_at[found.id]])

    def keep(self, told: Surroundings) -> None:
        self._keep([Learnt(item, ANY_EVENT_IS_NEWER) for item in (told.cycle, told.team) if item])
        self.key_results([Learnt(told.key_result, ANY_EVENT_IS_NEWER)])

    def key_results(self, learnt: Sequence[Learnt[KeyResult]]) -> None:
        actors = {(copy.item.id, copy.seq): copy.actor_id for copy in learnt}
        for item in self._keep(learnt):
            self.defined_by[item.id] = actors[item.id, self.kept[KeyResult][item.id].seq]
            self._mark([item.id])

    def cycles(self, learnt: Sequence[Learnt[Cycle]]) -> None:
        concerned = self._concerned("cycle_id", self._changed(learnt))
        self._mark([found.id for found in concerned if found.state != "deleted"])

    def teams(self, learnt: Sequence[Learnt[Team]]) -> None:
        self._mark_running("team_id", self._changed(learnt))

    def organisations(self, learnt: Sequence[Learnt[Organisation]]) -> None:
        self._mark_running("organisation_id", self._changed(learnt))

    def outdate(self, organisation_id: str, key_results: Mapping[str, int], teams: Mapping[str, int]) -> None:
        told_of: tuple[tuple[type[Any], Mapping[str, int]], ...] = ((KeyResult, key_results), (Team, teams))
        for cls, told in told_of:
            for item_id, seq in told.items():
                kept = self._of(cls, item_id)
                if kept is None or kept.organisation_id == organisation_id:
                    key = (cls, item_id)
                    self.outdated_below[key] = max(seq, self.outdated_below.get(key, 0))

    def is_outdated(self, key_result: KeyResult) -> bool:
        places = ((KeyResult, key_result.id), (Team, key_result.team_id or ""))
        kept = [(place, self.kept[place[0]].get(place[1])) for place in places]
        return any(copy is not None and self.outdated_below.get(place, 0) > copy.seq for place, copy in kept)

    def people(self, learnt: Sequence[Learnt[Person]]) -> None:
        changed = self._changed(learnt)
        self._mark_running("owner_id", changed)
        self._mark_running("delegate_id", changed)

    def person_of(self, person_ids: Collection[str]) -> dict[str, Person]:
        return {item_id: copy.item for item_id, copy in self.kept[Person].items() if item_id in person_ids}

    def team(self, organisation_id: str, team_id: str) -> Team | None:
        team = self._of(Team, team_id)
        return team if team and team.organisation_id == organisation_id else None

    def organisation(self, organisation_id: str) -> Organisation:
        return self._of(Organisation, organisation_id) or Organisation(id=organisation_id)

    def person(self, organisation_id: str, person_id: str) -> Person | None:
        person = self._of(Person, person_id)
        return person if person and person.organisation_id == organisation_id else None
