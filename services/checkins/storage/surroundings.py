"""What a key result stands in: its cycle, its team, its organisation.

Thousands of key results share them and they change seldom, so a process that reads one key result after the
other remembers them. When one of them changes, each key result whose judgement may change with it says since
when; what was remembered from before then is read again. A team's new name, and what a team or an
organisation becomes for what no longer runs, is seen when what is remembered has had its seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from bson.timestamp import Timestamp
from cachetools import TTLCache
from pymongo.database import Database

from services.checkins.domain.copies import Cycle, Organisation, Team
from services.checkins.storage.documents import (
    SURROUNDINGS_AT,
    Document,
    cycle_from,
    is_outdated,
    organisation_from,
    team_from,
)

AT_MOST: Final = 20_000
_NEVER: Final = Timestamp(0, 0)
_READ: Final[dict[str, Callable[[Mapping[str, Any]], Any]]] = {
    "cycles": cycle_from,
    "teams": team_from,
    "organisations": organisation_from,
}
_UNKNOWN: Final[tuple[Any, bool]] = (None, False)
Place = tuple[str, str]
"""A collection and an id in it."""


@dataclass(frozen=True)
class Beside:
    """The surroundings of one key result; its organisation may not have told of itself yet."""

    cycle: Cycle
    team: Team | None
    organisation: Organisation
    is_team_outdated: bool = False


class Remembering:
    """Reads surroundings and remembers each for ``seconds`` at most. Safe to share between threads."""

    def __init__(self, database: Database[Document], seconds: float) -> None:
        """``database`` is the service's own; with 0 seconds nothing is remembered."""
        self._database = database
        # With each the newest change that it is known to contain: it was read after that was written.
        self._kept: TTLCache[Place, tuple[Any, Timestamp]] = TTLCache(AT_MOST, seconds)
        self._lock = Lock()

    def beside(self, key_results: Sequence[Mapping[str, Any]]) -> list[Beside | None]:
        """What each of these documents stands in, in their order; None where a cycle is not known here.

        What is not remembered costs one question a collection, however many they are.
        """
        found: dict[Place, Any] = {}
        missing: dict[Place, Timestamp] = {}
        with self._lock:
            for key_result in key_results:
                changed = key_result.get(SURROUNDINGS_AT, _NEVER)
                for place in _places(key_result):
                    kept = self._kept.get(place)
                    if kept is not None and kept[1] >= changed:
                        found[place] = kept[0]
                    else:
                        missing[place] = max(changed, missing.get(place, _NEVER))
        if missing:  # what is too old for one of them is read anew for all
            found = {place: one for place, one in found.items() if place not in missing}
            found |= self._read(missing)
        return [_beside(key_result, found) for key_result in key_results]

    def _read(self, missing: Mapping[Place, Timestamp]) -> dict[Place, Any]:
        """Those of them that exist; with each is remembered a time before which it misses no change."""
        found: dict[Place, tuple[Any, Timestamp]] = {}
        with self._database.client.start_session() as session:
            # A reading's own time may be later than what it saw; that of an answer before it is not.
            self._database.command("ping", session=session)
            before = session.operation_time or _NEVER
            for name, read in _READ.items():
                ids = [item_id for collection, item_id in missing if collection == name]
                documents = self._database[name].find({"_id": {"$in": ids}}, session=session) if ids else ()
                for document in documents:
                    place = (name, document["_id"])
                    one = (read(document), is_outdated(document, "seq"))
                    found[place] = (one, max(missing[place], before))
        with self._lock:
            self._kept.update(found)
        return {place: one for place, (one, _) in found.items()}


def _places(key_result: Mapping[str, Any]) -> list[Place]:
    places = [("cycles", key_result["cycle_id"]), ("organisations", key_result["organisation_id"])]
    return [*places, ("teams", key_result["team_id"])] if key_result["team_id"] else places


def _beside(key_result: Mapping[str, Any], found: Mapping[Place, Any]) -> Beside | None:
    organisation_id = key_result["organisation_id"]
    cycle: Cycle | None = found.get(("cycles", key_result["cycle_id"]), _UNKNOWN)[0]
    team: Team | None
    team, is_team_outdated = found.get(("teams", key_result["team_id"]), _UNKNOWN)
    if cycle is None or cycle.organisation_id != organisation_id:
        return None
    return Beside(
        cycle=cycle,
        team=team if team is not None and team.organisation_id == organisation_id else None,
        organisation=found.get(("organisations", organisation_id), _UNKNOWN)[0]
        or Organisation(id=organisation_id),
        is_team_outdated=is_team_outdated,
    )
