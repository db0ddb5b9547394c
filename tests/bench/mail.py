"""Alerts into ledger rows, and ledger rows into delivered mails, beside a bare loop from queue to SMTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pika

from deploy.native.servers import LOOPBACK, free_port
from libs.chassis.bus import Event
from libs.chassis.mongo import now
from libs.contracts.checkins import KeyResultAchieved, KeyResultAtRisk, StandingFacts
from libs.contracts.codec import encode
from services.notifier.domain.ties import answerable_for, celebrating
from services.notifier.storage.copies import MongoCopies
from tests.bench import organisation
from tests.bench.accounting import spent
from tests.bench.broker import channel, fill, purge
from tests.bench.draining import Drains, drain, instant_of
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import Document, Platform, python
from tests.bench.table import Report, Row, spread

SHAPE: Final = Shape(teams=20, personal=9)
QUEUE, YARDSTICK, WORKER = "notifier.alerts.v1", "yardstick-mail", "notifier-worker"
HELD: Final = {"CAIRN_ALERT_HOLD": "1h", "CAIRN_CELEBRATION_BATCH": "1h"}
REACH: Final = 0.8


class Sink:
    """The mail server of a measurement, and what it has noted."""

    def __init__(self, platform: Platform) -> None:
        """It listens."""
        self.port = free_port()
        folder = platform.at.folder
        self._record, self._sample = folder / "mails.txt", folder / "mail.eml"
        self._record.touch()
        command = python("-m", "tests.bench.sink", str(self.port), str(self._record), str(self._sample))
        platform.run("sink", command, {})
        platform.settings |= {"CAIRN_SMTP_HOST": LOOPBACK, "CAIRN_SMTP_PORT": str(self.port)}

    def instants(self) -> list[float]:
        """When each mail was accepted."""
        return [float(line) for line in self._record.read_text().splitlines()]

    def count(self) -> int:
        """How many were."""
        return self._record.read_bytes().count(b"\n")

    def sample(self) -> bytes:
        """A mail as it arrived."""
        return self._sample.read_bytes()


def measure(platform: Platform, options: Options) -> Report:
    """First the ledger alone, then mails in rounds with the bare loop, which sends the same bytes."""
    made = organisation.make(platform, SHAPE, "Mail")
    sink = Sink(platform)
    planned, ours, bare = Drains(), Drains(), Drains()
    per_event = 0.0
    for number in range(options.rounds):
        per_event = _plan(platform, made, options.alerts, number, planned)
    rows = _only_alerts(platform, options.mails)
    for _ in range(options.rounds):
        _send(platform, sink, rows, ours)
        _send_bare(platform, sink, len(rows), bare)
    platform.stop(["sink"])
    sample = sink.sample()
    table = [
        Row("Alerts turned into ledger rows: events a second", spread(planned.rates)),
        Row(
            f"Mails rendered and delivered a second, {len(rows):,} rows pre-filled",
            spread(ours.rates),
            f"{spread(bare.rates)} from queue to SMTP",
            ours.rate / bare.rate,
            f"≥ {REACH}",
        ),
    ]
    told = (
        f"{per_event:.1f} ledger rows an event; a mail has {len(sample):,} bytes. "
        f"CPU ms per event: {planned.costs()}. CPU ms per mail: {ours.costs()}. "
        f"CPU ms per mail of the bare loop: {bare.costs()}."
    )
    return Report(table, [told])


def _plan(platform: Platform, made: Made, count: int, number: int, drains: Drains) -> float:
    """A round of events becomes rows, while nothing is due; how many rows an event has."""
    fill(platform.at.amqp_url, QUEUE, _alarms(made, count, number))
    ledger = platform.database("notifier")["ledger"]
    ledger.delete_many({})
    rows = _rows_of(platform, made, count)
    with platform.told(HELD):
        drain(
            platform,
            QUEUE,
            lambda: platform.start([WORKER], ready=False),
            lambda: ledger.estimated_document_count() >= rows,
            drains,
        )
    platform.stop([WORKER])
    return rows / count


def _alarms(made: Made, count: int, number: int) -> list[Event]:
    """Alarms about all key results in turn; every other key result is achieved, the rest are at risk."""
    return [_alarm(made, place, number) for place in range(count)]


def _alarm(made: Made, place: int, number: int) -> Event:
    key_result = made.key_results[place % len(made.key_results)]
    cls = KeyResultAchieved if place % 2 else KeyResultAtRisk
    at, done = now(), place % 2
    said = cls(
        key_result_id=key_result,
        objective_id=made.objective_of[key_result],
        title="Median lead time for changes falls from nine days to three",
        unit="days",
        start=9.0,
        target=3.0,
        kind="metric",
        owner_id=made.people[place % len(made.key_results) % len(made.tokens)],
        team_id=made.team_of[key_result],
        ends_on=at.date() + timedelta(days=40),
        epoch=1 + number * 1000 + place // len(made.key_results),
        previous_status="on_track",
        standing=StandingFacts(
            seq=3,
            at=at,
            current=3.0 if done else 8.0,
            raw_progress=1.0 if done else 0.17,
            progress=1.0 if done else 0.17,
            expected=0.5,
            status="achieved" if done else "at_risk",
            confidence=3,
            as_of=at,
            next_check_in_on=at.date(),
        ),
        note="The second team waits for its data, and nobody can say for how long.",
        author_id=made.people[1],
        noted_at=at,
    )
    return Event.new(
        type=cls.TYPE,
        source="/checkins",
        subject=key_result,
        organisation_id=made.id,
        seq=3,
        data=encode(said),
    )


def _rows_of(platform: Platform, made: Made, count: int) -> int:
    """How many rows these alarms owe, by the notifier's own rules."""
    copies = MongoCopies(platform.database("notifier"))
    key_results = copies.key_results(made.id, made.key_results)
    objectives = copies.objectives(made.id, set(made.objective_of.values()))
    teams = copies.teams(made.id, {team for team in made.team_of.values() if team})
    rows = 0
    for place in range(count):
        key_result = key_results[made.key_results[place % len(made.key_results)]]
        team = teams[key_result.team_id] if key_result.team_id else None
        objective = objectives[key_result.objective_id]
        ties = (
            celebrating(key_result.owner_id, objective, team)
            if place % 2
            else answerable_for(key_result, team)
        )
        rows += len(ties)
    return rows


def _only_alerts(platform: Platform, count: int) -> list[Document]:
    """So many rows about key results at risk, as they were planned."""
    rows = list(platform.database("notifier")["ledger"].find({"kind": "at_risk"}).limit(count))
    for row in rows:
        row["due_at"] = row["next_at"] = datetime.now(UTC) - timedelta(minutes=1)
    return rows


def _send(platform: Platform, sink: Sink, rows: list[Document], drains: Drains) -> None:
    """One worker sends them all."""
    ledger = platform.database("notifier")["ledger"]
    ledger.delete_many({})
    ledger.insert_many(rows)
    before = sink.count()
    platform.start([WORKER], ready=False)
    _accepted(platform, sink, before, len(rows), drains)
    platform.stop([WORKER])
    purge(platform.at.amqp_url)


def _send_bare(platform: Platform, sink: Sink, count: int, drains: Drains) -> None:
    """The bare loop sends as many of the same bytes."""
    body = sink.sample()
    with channel(platform.at.amqp_url) as on:
        on.queue_declare(YARDSTICK, durable=True, arguments={"x-queue-type": "quorum"})
        on.confirm_delivery()
        persistent = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent.value)
        for _ in range(count):
            on.basic_publish("", YARDSTICK, body, persistent)
    before = sink.count()
    loop = python(*("-m", "tests.bench.yardsticks.mail"), platform.at.amqp_url, YARDSTICK, str(sink.port))
    platform.run(YARDSTICK, loop, {})
    _accepted(platform, sink, before, count, drains)
    platform.stop([YARDSTICK])


def _accepted(platform: Platform, sink: Sink, before: int, count: int, drains: Drains) -> None:
    """So many mails have arrived; the time between the first and the last of them is one more round."""
    instant_of(lambda: sink.count() > before)
    cpu = platform.cpu()
    instant_of(lambda: sink.count() >= before + count)
    ours: list[float] = sink.instants()[before:]
    drains.add(count - 1, ours[-1] - ours[0], spent(cpu, platform.cpu()))
