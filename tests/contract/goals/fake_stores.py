"""Documents in memory: organisations, people, teams and cycles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Generic, TypeVar

from libs.contracts.codec import Payload
from libs.language.addresses import address_key
from services.goals.domain.cycle import CLOSED, Cycle
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.record import Nested, Record
from services.goals.domain.team import LIVE, Team
from services.goals.usecases.ports import (
    LostRace,
    Slice,
    Taken,
    Ties,
    Window,
)

T = TypeVar("T", bound=Record)
N = TypeVar("N", bound=Nested)


class FakeStore(Generic[T]):
    """Documents of one kind in a dictionary; what they say is kept in ``said``."""

    def __init__(self) -> None:
        self.items: dict[str, T] = {}
        self.said: list[tuple[int, Payload]] = []
        self.before_add: Callable[[], None] = lambda: None
        self.before_save: Callable[[], None] = lambda: None

    def live(self, item: T) -> bool:
        """Whether the item is not deleted."""
        return getattr(item, "state", LIVE) != "deleted"

    def unique(self, item: T) -> Mapping[str, object]:
        """What no other item of the organisation may have, by field."""
        del item
        return {}

    def get(self, organisation_id: str, item_id: str) -> T | None:
        """The live item, or None."""
        return self.many(organisation_id, [item_id]).get(item_id)

    def many(self, organisation_id: str, item_ids: Collection[str]) -> dict[str, T]:
        """Those that are live."""
        found = (self.items[item_id] for item_id in item_ids if item_id in self.items)
        return {
            item.id: item for item in found if item.organisation_id == organisation_id and self.live(item)
        }

    def add(self, item: T, says: Sequence[Payload] = ()) -> None:
        """The item is stored."""
        self.before_add()
        if item.id in self.items:
            raise Taken("_id")
        self._check_unique(item)
        self.items[item.id] = item
        self.said += [(item.seq, payload) for payload in says]

    def made_by(self, organisation_id: str, made_by: str) -> T | None:
        """What was made with this key."""
        return next((item for item in self._of(organisation_id) if item.made_by == made_by), None)

    def save(self, item: T, says: Sequence[Payload] = (), *, edited: bool = True) -> T:
        """The item is replaced unless somebody was quicker."""
        self.before_save()
        known = self.items.get(item.id)
        if known is None or known.seq != item.seq:
            raise LostRace
        self._check_unique(item)
        stored = replace(item, seq=item.seq + 1, rev=item.rev + 1 if edited else item.rev)
        self.items[item.id] = stored
        self.said += [(stored.seq, payload) for payload in says]
        return stored

    def _of(self, organisation_id: str) -> list[T]:
        return [item for item in self.items.values() if item.organisation_id == organisation_id]

    def _check_unique(self, item: T) -> None:
        for other in self.items.values():
            if other.id == item.id:
                continue
            same = other.organisation_id == item.organisation_id
            if same and item.made_by is not None and other.made_by == item.made_by:
                raise Taken("_id")
            theirs = self.unique(other)
            for name, value in self.unique(item).items():
                if theirs.get(name) == value:
                    raise Taken(name)


class FakeNested(FakeStore[N]):
    """Documents that hang on others."""

    def recheck_due(self, limit: int) -> Sequence[N]:
        """Those owing."""
        return [item for item in self.items.values() if item.recheck_due][:limit]

    def rechecked(self, items: Collection[N]) -> None:
        """Paid, unless written."""
        for item in items:
            known = self.items[item.id]
            if known.seq == item.seq:
                self.items[item.id] = replace(known, recheck_due=False)


Key = Callable[[T], tuple[str | int, ...]]


def part(items: Iterable[T], key: Key[T], window: Window, *, latest_first: bool = False) -> Slice[T]:
    """The part of a list that the window shows."""
    ordered = sorted(items, key=key, reverse=latest_first)
    if window.after is not None:
        after = window.after
        ordered = [item for item in ordered if (key(item) < after if latest_first else key(item) > after)]
    shown = ordered[: window.limit]
    return Slice(shown, key(shown[-1]) if len(ordered) > len(shown) else None)


class FakeOrganisations(FakeStore[Organisation]):
    """Organisations."""

    def unique(self, item: Organisation) -> Mapping[str, object]:
        """The slug, platform-wide."""
        return {"slug": item.slug}

    def by_ids(self, organisation_ids: Collection[str]) -> dict[str, Organisation]:
        """These."""
        return {item_id: self.items[item_id] for item_id in organisation_ids if item_id in self.items}

    def time_zones(self) -> Sequence[str]:
        """Where they live."""
        return sorted({item.time_zone for item in self.items.values()})

    def unjudged(self, time_zones: Collection[str], today: date, limit: int) -> Sequence[str]:
        """Those with a day to judge."""
        found = [item for item in self.items.values() if item.time_zone in time_zones]
        return [item.id for item in found if item.judged_on != today][:limit]


class FakePeople(FakeStore[Person]):
    """People."""

    def unique(self, item: Person) -> Mapping[str, object]:
        """The address within the organisation."""
        return {"email": (item.organisation_id, item.address_key)}

    def page(
        self,
        organisation_id: str,
        text: str | None,
        state: str | None,
        window: Window,
        *,
        ids: Collection[str] | None = None,
    ) -> Slice[Person]:
        """By name."""
        found = [
            item
            for item in self._of(organisation_id)
            if (state is None or item.state == state)
            and (ids is None or item.id in ids)
            and (
                text is None
                or text.casefold() in item.name.casefold()
                or address_key(text) in item.address_key
            )
        ]
        return part(found, lambda item: (item.name.casefold(), item.id), window)

    def other_admins(self, organisation_id: str, but: Collection[str]) -> int:
        """How many govern besides them."""
        return sum(item.governs and item.id not in but for item in self._of(organisation_id))

    def names(self, organisation_id: str, person_ids: Collection[str]) -> dict[str, str]:
        """Their names."""
        return {item.id: item.name for item in self._of(organisation_id) if item.id in person_ids}


class FakeTeams(FakeNested[Team]):
    """Teams."""

    def unique(self, item: Team) -> Mapping[str, object]:
        """The slug of live teams within the organisation."""
        return {"slug": (item.organisation_id, item.slug)} if item.state == LIVE else {}

    def page(self, organisation_id: str, window: Window) -> Slice[Team]:
        """By name."""
        return part(self._live_of(organisation_id), lambda item: (item.name.casefold(), item.id), window)

    def of_person(self, organisation_id: str, person_id: str) -> Sequence[Team]:
        """Led by or with them."""
        found = self._live_of(organisation_id)
        return [item for item in found if person_id == item.lead_id or person_id in item.member_ids]

    def ties(self, organisation_id: str, person_id: str) -> Ties:
        """Their ids."""
        found = self._live_of(organisation_id)
        return Ties(
            frozenset(item.id for item in found if person_id == item.lead_id),
            frozenset(item.id for item in found if person_id in item.member_ids),
        )

    def parents(self, organisation_id: str) -> Mapping[str, str | None]:
        """Who is under whom."""
        return {item.id: item.parent_id for item in self._live_of(organisation_id)}

    def gone(self, organisation_id: str, team_id: str) -> Team | None:
        """The deleted one."""
        found = [item for item in self._of(organisation_id) if item.id == team_id and not self.live(item)]
        return found[0] if found else None

    def _live_of(self, organisation_id: str) -> list[Team]:
        return [item for item in self._of(organisation_id) if self.live(item)]


class FakeCycles(FakeStore[Cycle]):
    """Cycles."""

    def __init__(self, organisations: FakeOrganisations) -> None:
        super().__init__()
        self._organisations = organisations

    def with_organisation(
        self, organisation_id: str, cycle_id: str, *, fresh: bool = True
    ) -> tuple[Cycle, Organisation] | None:
        """Both, or neither."""
        del fresh
        found = self.get(organisation_id, cycle_id)
        organisation = self._organisations.get(organisation_id, organisation_id)
        return None if found is None or organisation is None else (found, organisation)

    def page(self, organisation_id: str, state: str | None, window: Window) -> Slice[Cycle]:
        """The latest first."""
        found = [item for item in self._of(organisation_id) if state is None or item.state == state]
        return part(found, lambda item: (item.starts_on.isoformat(), item.id), window, latest_first=True)

    def by_ids(self, organisation_ids: Collection[str], cycle_ids: Collection[str]) -> dict[str, Cycle]:
        """These."""
        found = [self.items[item_id] for item_id in cycle_ids if item_id in self.items]
        return {item.id: item for item in found if item.organisation_id in organisation_ids}

    def open_ids(self, organisation_id: str) -> Sequence[str]:
        """Those not closed."""
        return [item.id for item in self._of(organisation_id) if item.state != CLOSED]

    def judge_due(self) -> Sequence[Cycle]:
        """Those owed a judgement."""
        return [item for item in self.items.values() if item.judge_due]
