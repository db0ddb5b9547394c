"""What the roll-up reads and writes: whole batches in a handful of operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from pymongo import UpdateMany, UpdateOne
from pymongo.collection import Collection as MongoCollection

from libs.chassis.mongo import new_id, now
from libs.contracts.codec import Payload
from services.goals.domain.objective import OPEN, Objective, Weakest
from services.goals.domain.recompute import Child, Children
from services.goals.storage.documents import Document, plain_of
from services.goals.storage.indexes import BY_ID, ROLLUP_DUE
from services.goals.storage.outgoing import outgoing
from services.goals.usecases.roller_ports import Debt

OBJECTIVE, KEY_RESULT = "objective", "key_result"


class MongoRoller:
    """The roll-up's port on MongoDB."""

    def __init__(self, objectives: MongoCollection[Document], key_results: MongoCollection[Document]) -> None:
        self._objectives = objectives
        self._collections = {KEY_RESULT: key_results, OBJECTIVE: objectives}

    def debts(self, limit: int) -> Sequence[Debt]:
        """Some documents because of which objectives must be recomputed.

        Of each kind those that wait longest.
        """
        found = []
        for kind, collection in self._collections.items():
            fields = {"organisation_id": 1, "seq": 1, "rollup_due": 1, "moved_by": 1}
            due = collection.find({"rollup_due.0": {"$exists": True}}, fields).sort("updated_at").limit(limit)
            found += [
                Debt(
                    kind,
                    item["_id"],
                    item["organisation_id"],
                    item["seq"],
                    frozenset(item["rollup_due"]),
                    item.get("moved_by"),
                )
                for item in due.hint(ROLLUP_DUE)
            ]
        return found

    def children_of(self, objectives: Sequence[Objective]) -> dict[str, Children]:
        """The live children of each objective, in one read per kind."""
        if not objectives:
            return {}
        ids = [item.id for item in objectives]
        live = {
            "organisation_id": {"$in": list({item.organisation_id for item in objectives})},
            "state": OPEN,
        }
        key_results: dict[str, list[Child]] = defaultdict(list)
        wanted = {"objective_id": {"$in": ids}, **live}
        for found in self._collections[KEY_RESULT].find(wanted, _OF_KEY_RESULTS):
            key_results[found["objective_id"]].append(_key_result(found))
        below: dict[str, list[Child]] = defaultdict(list)
        wanted = {"parent.kind": OBJECTIVE, "parent.id": {"$in": ids}, **live}
        for found in self._objectives.find(wanted, _OF_OBJECTIVES):
            below[found["parent"]["id"]].append(_objective(found))
        return {item: Children(key_results[item], below[item]) for item in ids}

    def store(self, changes: Sequence[tuple[Objective, Sequence[Payload]]]) -> frozenset[str]:
        """Each objective's measured values and marks are stored, if nobody wrote it since it was read."""
        if not changes:
            return frozenset()
        writer = new_id()
        writes = [_stored(item, says, writer) for item, says in changes]
        if self._objectives.bulk_write(writes, ordered=False).matched_count == len(changes):
            return frozenset(item.id for item, _ in changes)
        return self._which([item for item, _ in changes], writer)

    def paid(self, debts: Sequence[Debt], unpaid: Collection[str] = ()) -> None:
        """These are no longer owed.

        Save to ``unpaid``, and save by documents written since they were read (by ``seq``).
        """
        for kind, collection in self._collections.items():
            writes = _payments([debt for debt in debts if debt.kind == kind], frozenset(unpaid))
            if writes:
                collection.bulk_write(writes, ordered=False)

    def _which(self, items: Sequence[Objective], writer: str) -> frozenset[str]:
        """Those that this writer has stored.

        What another stored meanwhile is not ours, even where it looks the same: it may owe more.
        """
        query = {
            "_id": {"$in": [item.id for item in items]},
            "organisation_id": {"$in": list({item.organisation_id for item in items})},
            "rolled_up_by": writer,
        }
        return frozenset(found["_id"] for found in self._objectives.find(query, {"_id": 1}))


_OF_KEY_RESULTS = {
    "objective_id": 1,
    "weight": 1,
    "standing.progress": 1,
    "standing.confidence": 1,
    "standing.as_of": 1,
}
_OF_OBJECTIVES = {"parent.id": 1, "weight": 1, "measured": 1}


def _key_result(found: Document) -> Child:
    standing = found.get("standing") or {}
    return Child(
        id=found["_id"],
        weight=found["weight"],
        progress=standing.get("progress"),
        confidence=standing.get("confidence"),
        read_at=standing.get("as_of"),
    )


def _objective(found: Document) -> Child:
    measured = found["measured"]
    weakest = measured["weakest"]
    return Child(
        id=found["_id"],
        weight=found["weight"],
        progress=measured["progress"],
        confidence=measured["confidence"],
        read_at=measured["read_at"],
        weakest=None if weakest is None else Weakest(weakest["key_result_id"], weakest["progress"]),
    )


def _stored(item: Objective, says: Sequence[Payload], writer: str) -> UpdateOne:
    seq = item.seq + 1
    change: Document = {
        "$set": {
            "measured": plain_of(item.measured),
            "rollup_due": list(item.rollup_due),
            "moved_by": item.moved_by,
            "updated_at": now(),
            "seq": seq,
            "rolled_up_by": writer,
        }
    }
    if says:
        change["$push"] = {"outbox": {"$each": outgoing(replace(item, seq=seq), seq, says)}}
    key = {"_id": item.id, "organisation_id": item.organisation_id, "seq": item.seq}
    return UpdateOne(key, change, hint=BY_ID)


def _payments(debts: Sequence[Debt], unpaid: frozenset[str]) -> list[UpdateOne | UpdateMany]:
    """One statement for all documents that are quit of everything and were written equally often."""
    quit_of_all: dict[int, list[Debt]] = defaultdict(list)
    in_part = []
    for debt in debts:
        if debt.owed_to.isdisjoint(unpaid):
            quit_of_all[debt.seq].append(debt)
        elif not debt.owed_to <= unpaid:
            in_part.append(debt)
    return [
        *(
            UpdateMany(_unwritten(each), {"$set": {"rollup_due": []}}, hint=BY_ID)
            for each in quit_of_all.values()
        ),
        *(
            UpdateOne(
                _unwritten([debt]), {"$pullAll": {"rollup_due": sorted(debt.owed_to - unpaid)}}, hint=BY_ID
            )
            for debt in in_part
        ),
    ]


def _unwritten(debts: Sequence[Debt]) -> Document:
    """The documents of these debts, which share one ``seq``, unless somebody wrote them since."""
    return {
        "_id": {"$in": [debt.id for debt in debts]},
        "organisation_id": {"$in": list({debt.organisation_id for debt in debts})},
        "seq": debts[0].seq,
    }
