"""Reads every store, every queue and the mail sink, and says what does not agree.

It trusts no service: progress is computed from the check-ins alone, with the formula of the rule book.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from libs.chassis.bus.link import once
from services.notifier.domain.ledger import row_id
from tests.faults.clients import Attempt
from tests.faults.findings import Findings
from tests.faults.platform import Document, Platform
from tests.fixtures.waiting import until

DRAINED_WITHIN: Final = 150.0
OWING: Final = {
    "cairn_checkins": ("check_ins", "key_results", "reminders"),
    "cairn_goals": ("organisations", "people", "teams", "cycles", "objectives", "key_results"),
    "cairn_gateway": ("accounts",),
}
RULES: Final = ("at_risk", "back_on_track", "celebration.achieved")
COPIES: Final = (
    ("people", "cairn_checkins", "people", ("name",)),
    ("people", "cairn_notifier", "people", ("name", "email")),
    ("people", "cairn_gateway", "accounts", ("name",)),
    ("teams", "cairn_checkins", "teams", ("name", "lead_id")),
    ("teams", "cairn_notifier", "teams", ("name", "lead_id")),
    ("objectives", "cairn_notifier", "objectives", ("title", "owner_id")),
    ("key_results", "cairn_checkins", "key_results", ("title", "target", "owner_id", "state")),
    ("key_results", "cairn_notifier", "key_results", ("title", "owner_id", "state")),
)
FINAL: Final = {"sent", "suppressed", "failed", "ambiguous"}


class Auditor:
    """Looks at one platform and its one organisation."""

    def __init__(self, platform: Platform, dead_expected: Mapping[str, int] | None = None) -> None:
        self._client, self._sink, self._rabbit = platform.client, platform.sink, platform.rabbit
        self._amqp_url, self._control_broker = platform.at.amqp_url, platform.control_broker
        self._dead = dict(dead_expected or {})
        self._doubled_before = 0
        self._queues = self._names()

    def drained(
        self, attempts: Sequence[Attempt], within: float = DRAINED_WITHIN, *, in_hand: bool = True
    ) -> tuple[Findings, float]:
        """What is found once nothing is owed any more, and how many seconds that took.

        What is still amiss when the time is over is amiss. ``in_hand``: what consumers were given is waited
        for as well, which costs a second to ask; who looks again soon finds then what came of it.
        """
        began = time.monotonic()
        until(lambda: not self._owed() or time.monotonic() - began > within, within + 20, "the drain")
        while True:
            still, seconds = self._owed() + self._waiting(), time.monotonic() - began
            # Whether all is at rest comes before the verdict, which else speaks of what was about to change.
            still += self._in_hand() if in_hand and not still else []
            found = self.look(attempts)
            if (found.clean and not still) or seconds > within:
                found.missed += [each for each in still if each not in found.missed]
                return found, seconds

    def expect_dead(self, queue: str, number: int) -> None:
        """So many letters in this dead queue are as it should be."""
        self._dead[queue] = self._dead.get(queue, 0) + number

    def look(self, attempts: Sequence[Attempt]) -> Findings:
        """What the stores say now."""
        found = Findings(attempted=len(attempts))
        self._check_ins(attempts, found)
        self._standings(found)
        self._roll_up(found)
        self._copies(found)
        self._mails(found)
        found.missed += self._owed()
        found.missed += self._waiting()
        return found

    def _owed(self) -> list[str]:
        """What documents still owe, and mails that are due."""
        owed = [
            f"outbox of {name}.{collection}"
            for name, collections in OWING.items()
            for collection in collections
            if self._client[name][collection].find_one({"outbox.0": {"$exists": True}}, {"_id": 1})
        ]
        if self._client["cairn_checkins"]["check_ins"].find_one({"standing_due": True}, {"_id": 1}):
            owed.append("a standing")
        owed += [
            f"a roll-up of {collection}"
            for collection in ("objectives", "key_results")
            if self._client["cairn_goals"][collection].find_one(
                {"rollup_due.0": {"$exists": True}}, {"_id": 1}
            )
        ]
        soon = datetime.now(UTC) + timedelta(seconds=100)
        if self._client["cairn_notifier"]["ledger"].find_one({"next_at": {"$lte": soon}}, {"_id": 1}):
            owed.append("a mail")
        return owed

    def _names(self) -> list[str]:
        status, body = self._rabbit.manage("GET", "/api/queues/%2F?columns=name")
        assert status == 200, body
        return sorted(queue["name"] for queue in json.loads(body) if not queue["name"].startswith("amq."))

    def _waiting(self) -> list[str]:
        counts: dict[str, int] = {}

        def count(channel: Any) -> None:
            for name in self._queues:
                if ".v1" in name:
                    counts[name] = channel.queue_declare(name, passive=True).method.message_count

        once(self._amqp_url, "auditor", count, 30)
        return [f"{number} in {name}" for name, number in counts.items() if number != self._dead.get(name, 0)]

    def _in_hand(self) -> list[str]:
        """What consumers were given and have not settled, which no queue says of itself."""
        columns = ("name", "messages_unacknowledged")
        listed = self._control_broker("list_queues", "--silent", "--no-table-headers", *columns)
        counts = dict(line.split("\t") for line in listed.splitlines())
        return [
            f"{number} of {name} in hand"
            for name, number in counts.items()
            if ".v1" in name and int(number) > 0
        ]

    def _check_ins(self, attempts: Sequence[Attempt], found: Findings) -> None:
        notes = [attempt.note for attempt in attempts]
        stored: Counter[str] = Counter(
            document["note"]
            for document in self._client["cairn_checkins"]["check_ins"].find(
                {"note": {"$in": notes}}, {"note": 1}
            )
        )
        found.stored = len(stored)
        found.duplicated = sum(1 for number in stored.values() if number > 1)
        for attempt in attempts:
            found.acknowledged += attempt.acknowledged
            found.lost += attempt.acknowledged and attempt.note not in stored
            found.recovered += attempt.acknowledged and bool(attempt.ambiguous or attempt.replayed)
            found.replayed += attempt.replayed
            if attempt.unexpected:
                found.unexpected.append(attempt.unexpected)

    def _standings(self, found: Findings) -> None:
        """Each key result stands, here and in goals, where its last check-in put it."""
        ends = self._ends()
        told = {
            item["_id"]: item for item in self._client["cairn_goals"]["key_results"].find({}, {"standing": 1})
        }
        for item in self._client["cairn_checkins"]["key_results"].find(
            {}, {"standing": 1, "state_of_series": 1}
        ):
            end = ends.get(item["_id"])
            if end is None:
                continue
            here, there = item.get("standing") or {}, told[item["_id"]].get("standing") or {}
            for where, standing in (("checkins", here), ("goals", there)):
                if (standing.get("seq"), standing.get("current")) != (end["seq"], end["value"]):
                    found.missed.append(f"standing of {item['_id']} in {where}")

    def _ends(self) -> dict[str, Document]:
        """The last check-in of each key result; all of them are about the moment when they were made."""
        last: dict[str, Document] = {}
        fields = {"key_result_id": 1, "seq": 1, "value": 1}
        numbers: dict[str, list[int]] = defaultdict(list)
        for one in self._client["cairn_checkins"]["check_ins"].find({}, fields):
            numbers[one["key_result_id"]].append(one["seq"])
            if one["seq"] > last.get(one["key_result_id"], {"seq": 0})["seq"]:
                last[one["key_result_id"]] = one
        assert all(sorted(seen) == list(range(1, len(seen) + 1)) for seen in numbers.values()), (
            "a gap in a series"
        )
        return last

    def _roll_up(self, found: Findings) -> None:
        """Every objective is what a full recompute from the check-ins says."""
        goals = self._client["cairn_goals"]
        ends = self._ends()
        objectives = {item["_id"]: item for item in goals["objectives"].find({"state": "open"})}
        results: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
        for item in goals["key_results"].find({"state": "open"}):
            end = ends.get(item["_id"])
            share = 0.0 if end is None else (end["value"] - item["start"]) / (item["target"] - item["start"])
            results[item["objective_id"]].append((item["weight"], min(1.0, max(0.0, share)), item["_id"]))
        below: dict[str, list[str]] = defaultdict(list)
        for item in objectives.values():
            if item["parent"] and item["parent"]["kind"] == "objective":
                below[item["parent"]["id"]].append(item["_id"])

        def full(name: str) -> float | None:
            shares = [(weight, share) for weight, share, _ in results[name]]
            shares += [
                (objectives[child]["weight"], share)
                for child in below[name]
                if (share := full(child)) is not None
            ]
            total = sum(weight for weight, _ in shares)
            return sum(weight * share for weight, share in shares) / total if total else None

        for name, item in objectives.items():
            expected, stored = full(name), item["measured"]["progress"]
            if (expected is None) != (stored is None) or abs((expected or 0) - (stored or 0)) > 1e-9:
                found.missed.append(f"roll-up of {item['title']}: {stored}, should be {expected}")

    def _copies(self, found: Findings) -> None:
        """What services keep of each other is what its owner says."""
        for owned, database, collection, fields in COPIES:
            own = {
                item["_id"]: item
                for item in self._client["cairn_goals"][owned].find({}, dict.fromkeys(fields, 1))
            }
            kept = {
                item["_id"]: item
                for item in self._client[database][collection].find({}, dict.fromkeys(fields, 1))
            }
            found.missed += [
                f"{owned} {name} in {database}.{collection}"
                for name, item in own.items()
                if any(kept.get(name, {}).get(one, _NOTHING) != item.get(one) for one in fields)
            ]

    def _mails(self, found: Findings) -> None:
        """Each thing said to people has its row, each row its end, each sent row its message."""
        rows = {
            row["_id"]: row
            for row in self._client["cairn_notifier"]["ledger"].find({}, {"facts": 0, "rendered": 0})
        }
        for item in self._client["cairn_checkins"]["key_results"].find({"alarm.epoch": {"$gt": 0}}):
            found.missed += [
                f"mail about {item['_id']}, epoch {epoch}"
                for epoch in range(1, item["alarm"]["epoch"] + 1)
                if not _rows(item, epoch) & rows.keys()
            ]
        received = Counter(self._sink.message_ids())
        by_message = {name[:32]: row for name, row in rows.items()}
        found.missed += [
            f"row {name[:8]} is {row['state']}" for name, row in rows.items() if _unfinished(row)
        ]
        found.missed += [
            f"row {name[:8]} is sent, and did not arrive"
            for name, row in rows.items()
            if row["state"] == "sent" and row.get("batch") is None and not received[name[:32]]
        ]
        doubled = [name for name, number in received.items() if number > 1]
        found.mails = sum(received.values())
        found.mails_doubled = len(doubled)
        found.unexpected += [
            f"mail {name[:8]} came twice and was not counted as a doubt"
            for name in doubled
            if not by_message.get(name, {}).get("doubts")
        ]


def _rows(item: Document, epoch: int) -> set[str]:
    """The rows of those who answer for it; whoever caused it has none."""
    return {
        row_id(item["organisation_id"], rule, item["_id"], str(epoch), item[person])
        for rule in RULES
        for person in ("owner_id", "objective_owner_id")
    }


def _unfinished(row: Document) -> bool:
    """Deferred to a time that no test waits for is a state of its own."""
    return row["state"] not in FINAL and row["state"] != "deferred"


def pass_time_of_mails(platform: Platform) -> int:
    """What is deferred is due now, as if its five minutes had passed; how many rows."""
    rows = platform.client["cairn_notifier"]["ledger"]
    due = {"$set": {"next_at": datetime.now(UTC)}}
    return rows.update_many({"state": "deferred"}, due).modified_count


def described(problems: Iterable[str]) -> str:
    """The first few, for a failure's message."""
    listed = sorted(set(problems))
    return "; ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")


_NOTHING: Final = object()
