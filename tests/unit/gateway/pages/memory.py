"""The other services' ports in memory, for one organisation: as far as pages see them."""

# ruff: noqa: ARG002  # a fake takes what its port takes

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from libs.chassis.problems import Conflict
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import (
    Fields,
    Services,
)
from tests.unit.gateway.pages.memory_goals import MemoryGoals
from tests.unit.gateway.pages.memory_store import Store, known, require

__all__ = ["MemoryGoals", "Store", "services"]


class MemoryCheckIns:
    """The port ``CheckIns``."""

    def __init__(self, store: Store, person_id: str) -> None:
        self.store, self.person_id = store, person_id

    def owed_list(self) -> okr.OwedList:
        due = self.store.owed.get(self.person_id, ())
        done = tuple(
            one for one in self.store.done if one.key_result.id not in {o.key_result.id for o in due}
        )
        return okr.OwedList(due=due, later=self.store.later, done=done, next_on=self.store.next_check_in_on)

    def due_count(self, *, fresh: bool = False) -> int:
        return len(self.owed_list().due)

    def series(self, key_result_id: str, cursor: str | None = None) -> okr.Page[okr.CheckIn]:
        return okr.Page(items=tuple(reversed(self.store.check_ins.get(key_result_id, []))))

    def check_in(self, check_in_id: str) -> okr.CheckIn:
        every = {found.id: found for series in self.store.check_ins.values() for found in series}
        return known(every, check_in_id)

    def record(self, key_result_id: str, fields: Fields, idempotency_key: str) -> okr.CheckIn:
        self.store.refuse()
        if (before := self.store.once("check-ins", idempotency_key, fields)) is not None:
            return self.check_in(before)
        series = self.store.check_ins.setdefault(key_result_id, [])
        now = datetime.now(UTC)
        given = {name: value for name, value in fields.items() if name != "as_of"}
        made = okr.CheckIn(
            id=f"new-{len(series)}",
            key_result_id=key_result_id,
            author_id=self.person_id,
            as_of=now,
            recorded_at=now,
            seq=len(series) + 1,
            **given,
        )
        series.append(made)
        self.store.keep("check-ins", idempotency_key, fields, made.id)
        self._lay(key_result_id, made)
        return made

    def _lay(self, key_result_id: str, made: okr.CheckIn) -> None:
        known = self.store.key_results[key_result_id]
        self.store.key_results[key_result_id] = replace(
            known, current=made.value, confidence=made.confidence, as_of=made.as_of
        )
        owed = self.store.owed.get(self.person_id, ())
        self.store.owed[self.person_id] = tuple(one for one in owed if one.key_result.id != key_result_id)
        after = self.store.key_results[key_result_id]
        self.store.done.append(okr.Done(key_result=after, check_in_id=made.id, before=known.current))

    def revise(self, check_in_id: str, fields: Fields, seq: int | None = None) -> okr.CheckIn:
        self.store.refuse()
        before = self.check_in(check_in_id)
        require(before.seq, seq)
        after = replace(before, **fields, seq=before.seq + 1)
        series = self.store.check_ins[before.key_result_id]
        series[series.index(before)] = replace(after, versions=(before, after))
        return after

    def undo(self, check_in_id: str) -> None:
        self.store.refuse()
        before = self.check_in(check_in_id)
        if before.withdrawn:
            raise Conflict
        series = self.store.check_ins[before.key_result_id]
        series[series.index(before)] = replace(before, withdrawn=True)
        undone = next((one for one in self.store.done if one.check_in_id == check_in_id), None)
        if undone is not None:
            self.store.done.remove(undone)
            owed = okr.Owed(key_result=replace(undone.key_result, current=undone.before))
            self.store.owed[self.person_id] = (owed, *self.store.owed.get(self.person_id, ()))

    def judged(self, key_result: okr.KeyResult) -> okr.KeyResult:
        return key_result

    def week(self, team_id: str) -> okr.Week:
        return okr.Week(laid=14, total=18, open_by_person={self.person_id: len(self.owed_list().due)})


class MemoryNotifications:
    """The port ``Notifications``."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def preferences(self) -> okr.MailChoices:
        choices = tuple(
            okr.MailChoice(kind=kind, label=kind.replace("_", " "), hint="", delivery=delivery)
            for kind, delivery in self.store.preferences.items()
        )
        return okr.MailChoices(choices=choices, rev=self.store.chosen)

    def change_preferences(self, preferences: Mapping[str, str], rev: int | None = None) -> None:
        self.store.refuse()
        require(self.store.chosen, rev)
        self.store.chosen += 1
        self.store.preferences.update(preferences)

    def mail_log(self, cursor: str | None = None) -> okr.Page[okr.Mail]:
        return okr.Page(items=tuple(self.store.mails))

    def mail(self, mail_id: str) -> okr.Mail:
        return known({found.id: found for found in self.store.mails}, mail_id)


def services(store: Store, person_id: str) -> Services:
    """All three, acting for this person."""
    return Services(
        MemoryGoals(store, person_id), MemoryCheckIns(store, person_id), MemoryNotifications(store)
    )
