"""Organisations, people, teams and cycles in MongoDB."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from cachetools import TTLCache
from pymongo.collection import Collection as MongoCollection

from libs.contracts.codec import Payload
from libs.language.addresses import address_key
from services.goals.domain.cycle import CLOSED, Cycle
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.team import DELETED, LIVE, Team
from services.goals.storage.documents import Document, entity_of
from services.goals.storage.repository import NestedRepository, Repository
from services.goals.usecases.ports import Slice, Taken, Ties, Window

LATELY_SECONDS: Final = 1.0


class MongoOrganisations(Repository[Organisation]):
    """Organisations; each is its own ``organisation_id``."""

    entity = Organisation
    unique: ClassVar[Mapping[str, str]] = {"slug": "slug"}

    def by_ids(self, organisation_ids: Collection[str]) -> dict[str, Organisation]:
        """These organisations."""
        return {item.id: item for item in self._find({"_id": {"$in": list(organisation_ids)}})}

    def time_zones(self) -> Sequence[str]:
        """Every time zone in which one of them lives, for the clock."""
        return self._collection.distinct("time_zone")

    def unjudged(self, time_zones: Collection[str], today: date, limit: int) -> Sequence[str]:
        """The ids of some that live there and whose objectives were last judged on another day, or never."""
        query = {"time_zone": {"$in": sorted(time_zones)}, "judged_on": {"$ne": today.isoformat()}}
        return [found["_id"] for found in self._collection.find(query, {"_id": 1}).limit(limit)]


class MongoPeople(Repository[Person]):
    """People."""

    entity = Person
    unique: ClassVar[Mapping[str, str]] = {"email_key": "email", "address_key": "email"}

    def save(self, item: Person, says: Sequence[Payload] = (), *, edited: bool = True) -> Person:
        """As every repository; people who share an address since before it was compared can still change."""
        try:
            return super().save(item, says, edited=edited)
        except Taken as taken:
            if taken.field != "email" or not self._shares_address(item):
                raise
            return self._replace(item, says, edited=edited, without=("address_key",))

    def _shares_address(self, person: Person) -> bool:
        """Whether the stored address is this one and was someone else's already when keys were compared."""
        stored = {"_id": person.id, "organisation_id": person.organisation_id, "email": person.email}
        return self._collection.count_documents({**stored, "address_key": {"$exists": False}}, limit=1) == 1

    def page(
        self,
        organisation_id: str,
        text: str | None,
        state: str | None,
        window: Window,
        *,
        ids: Collection[str] | None = None,
    ) -> Slice[Person]:
        """By name. ``text`` is contained in name or address; ``ids`` leaves out all others."""
        query: Document = {"organisation_id": organisation_id}
        if ids is not None:
            query["_id"] = {"$in": sorted(ids)}
        if state is not None:
            query["state"] = state
        if text is not None:
            written = {text.casefold(), address_key(text)}
            contained = {"$regex": "|".join(re.escape(spelling) for spelling in sorted(written))}
            query["$or"] = [{"name_key": contained}, {"email_key": contained}]
        return self._page(query, [("name_key", 1), ("_id", 1)], window)

    def other_admins(self, organisation_id: str, but: Collection[str]) -> int:
        """How many active admins there are besides these people."""
        others = {
            "organisation_id": organisation_id,
            "role": "admin",
            "state": "active",
            "_id": {"$nin": sorted(but)},
        }
        return self._collection.count_documents(others)

    def names(self, organisation_id: str, person_ids: Collection[str]) -> dict[str, str]:
        """The names of these people, disabled ones included."""
        if not person_ids:
            return {}
        query = {"_id": {"$in": list(person_ids)}, "organisation_id": organisation_id}
        return {found["_id"]: found["name"] for found in self._collection.find(query, {"name": 1})}


class MongoTeams(NestedRepository[Team]):
    """Teams."""

    entity = Team
    live: ClassVar[Document] = {"state": LIVE}
    unique: ClassVar[Mapping[str, str]] = {"slug": "slug"}

    def page(self, organisation_id: str, window: Window) -> Slice[Team]:
        """By name."""
        return self._page(
            {"organisation_id": organisation_id, **self.live}, [("name_key", 1), ("_id", 1)], window
        )

    def of_person(self, organisation_id: str, person_id: str) -> Sequence[Team]:
        """The teams that the person leads or is a member of."""
        tied = [{"lead_id": person_id}, {"member_ids": person_id}]
        return self._find({"organisation_id": organisation_id, "$or": tied, **self.live})

    def ties(self, organisation_id: str, person_id: str) -> Ties:
        """The ids of the same teams, which is far less to read."""
        tied = [{"lead_id": person_id}, {"member_ids": person_id}]
        # Of hundreds of members only the one who asks is sent.
        shape = {"lead_id": 1, "member_ids": {"$elemMatch": {"$eq": person_id}}}
        query = {"organisation_id": organisation_id, "$or": tied, **self.live}
        found = list(self._collection.find(query, shape))
        return Ties(
            frozenset(team["_id"] for team in found if team.get("lead_id") == person_id),
            frozenset(team["_id"] for team in found if team.get("member_ids")),
        )

    def parents(self, organisation_id: str) -> Mapping[str, str | None]:
        """Every live team and the one above it."""
        found = self._collection.find({"organisation_id": organisation_id, **self.live}, {"parent_id": 1})
        return {team["_id"]: team["parent_id"] for team in found}

    def gone(self, organisation_id: str, team_id: str) -> Team | None:
        """The deleted team, or None."""
        found = self._find({"_id": team_id, "organisation_id": organisation_id, "state": DELETED})
        return found[0] if found else None


class MongoCycles(Repository[Cycle]):
    """Cycles."""

    entity = Cycle

    def __init__(self, collection: MongoCollection[Document]) -> None:
        super().__init__(collection)
        self._lately: TTLCache[tuple[str, str], tuple[Cycle, Organisation]] = TTLCache(1024, LATELY_SECONDS)
        self._lock = threading.Lock()

    def page(self, organisation_id: str, state: str | None, window: Window) -> Slice[Cycle]:
        """The latest first."""
        query: Document = {"organisation_id": organisation_id}
        if state is not None:
            query["state"] = state
        return self._page(query, [("starts_on", -1), ("_id", -1)], window)

    def by_ids(self, organisation_ids: Collection[str], cycle_ids: Collection[str]) -> dict[str, Cycle]:
        """These cycles of these organisations; for the worker."""
        query = {"_id": {"$in": list(cycle_ids)}, "organisation_id": {"$in": list(organisation_ids)}}
        return {item.id: item for item in self._find(query)}

    def with_organisation(
        self, organisation_id: str, cycle_id: str, *, fresh: bool = True
    ) -> tuple[Cycle, Organisation] | None:
        """The cycle and its organisation, in one read; not ``fresh`` may be a second old."""
        key = (organisation_id, cycle_id)
        with self._lock:
            kept = None if fresh else self._lately.get(key)
        if kept is None and (kept := self._with_organisation(organisation_id, cycle_id)) is not None:
            with self._lock:
                self._lately[key] = kept
        return kept

    def _with_organisation(self, organisation_id: str, cycle_id: str) -> tuple[Cycle, Organisation] | None:
        steps: list[Document] = [
            {"$match": {"_id": cycle_id, "organisation_id": organisation_id}},
            {"$lookup": {"from": "organisations", "localField": "organisation_id", "foreignField": "_id",
                         "as": "organisation"}},
            {"$unset": ["outbox", "organisation.outbox"]},
        ]  # fmt: skip
        found = next(iter(self._collection.aggregate(steps)), None)
        if found is None or not found["organisation"]:
            return None
        return self._entity(found), entity_of(Organisation, found["organisation"][0])

    def open_ids(self, organisation_id: str) -> Sequence[str]:
        """Those that are not closed."""
        query = {"organisation_id": organisation_id, "state": {"$ne": CLOSED}}
        return [found["_id"] for found in self._collection.find(query, {"_id": 1})]

    def judge_due(self) -> Sequence[Cycle]:
        """Those whose objectives must be judged anew."""
        return self._find({"judge_due": True})
