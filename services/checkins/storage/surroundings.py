"""What a key result stands in: its cycle, its team, its organisation.

Thousands of key results share them and they change seldom, so a process that reads one key result after the
other remembers them. When one of them changes, each key result whose judgement may change with it says since
when; what was remembered from before then is read again. A team's new name, and what a team or an
organisation becomes for what no longer runs, is seen when what is remembered has had its seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeVar

from bson.timestamp import Timestamp
from cachetools import TTLCache
from pymongo.collection import Collection
from pymongo.database import Database

from services.checkins.domain.copies import Cycle, Organisation, Team
from services.checkins.storage.documents import (
    SURROUNDINGS_AT,
    Document,
    cycle_from,
    organisation_from,
    team_from,
)

T = TypeVar("T")
AT_MOST: Final = 20_000
_NEVER: Final = Timestamp(0, 0)


@dataclass(frozen=True)
class Beside:
    """The surroundings of one key result; its organisation may not have told of itself yet."""

    cycle: Cycle
    team: Team | None
    organisation: Organisation


class Remembering:
    """Reads surroundings and remembers each for ``seconds`` at most. Safe to share between threads."""

    def __init__(self, database: Database[Document], seconds: float) -> None:
        """``database`` is the service's own; with 0 seconds nothing is remembered."""
        self._database = database
        # With each the newest change that it is known to contain: it was read after that was written.
        self._kept: TTLCache[tuple[str, str], tuple[Any, Timestamp]] = TTLCache(AT_MOST, seconds)
        self._lock = Lock()

    def beside(self, key_result: Mapping[str, Any]) -> Beside | None:
        """What this key result's document stands in; None where its cycle is not known here."""
        organisation_id = key_result["organisation_id"]
        changed = key_result.get(SURROUNDINGS_AT, _NEVER)
        cycle = self._one("cycles", key_result["cycle_id"], cycle_from, changed)
        if cycle is None or cycle.organisation_id != organisation_id:
            return None
        team_id = key_result["team_id"]
        team = self._one("teams", team_id, team_from, changed) if team_id else None
        return Beside(
            cycle=cycle,
            team=team if team is not None and team.organisation_id == organisation_id else None,
            organisation=self._one("organisations", organisation_id, organisation_from, changed)
            or Organisation(id=organisation_id),
        )

    def _one(
        self, collection: str, item_id: str, read: Callable[[Mapping[str, Any]], T], changed: Timestamp
    ) -> T | None:
        with self._lock:
            kept: tuple[T, Timestamp] | None = self._kept.get((collection, item_id))
        if kept is not None and kept[1] >= changed:
            return kept[0]
        document, contains = self._read(collection, item_id)
        if document is None:
            return None
        found = read(document)
        with self._lock:
            self._kept[collection, item_id] = (found, max(changed, contains))
        return found

    def _read(self, collection: str, item_id: str) -> tuple[Document | None, Timestamp]:
        """The document, and a time of the database before which no change is missing from it."""
        copies: Collection[Document] = self._database[collection]
        with self._database.client.start_session() as session:
            # A reading's own time may be later than what it saw; that of an answer before it is not.
            self._database.command("ping", session=session)
            before = session.operation_time or _NEVER
            return copies.find_one({"_id": item_id}, session=session), before
