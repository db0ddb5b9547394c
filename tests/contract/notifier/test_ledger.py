"""What every ledger does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from libs.chassis import mongo
from services.notifier.domain.facts import Note, ProgressFacts, ResetFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Leases, Rendered, Row, State, Unreadable, Why, row_id
from services.notifier.domain.ties import Tie
from services.notifier.storage import migrations
from services.notifier.storage.ledger import INDEXES, MongoLedger
from services.notifier.storage.mail_log import MongoMailLog
from tests.contract.notifier.conftest import lasting
from tests.fixtures.waiting import let_pass, until

NOW = datetime.now(UTC).replace(microsecond=0)
FACTS = ProgressFacts(
    subject_kind="key_result",
    subject_id="restore-time",
    objective_id="trust",
    title="Median time",
    team_id="platform",
    ends_on=date(2031, 12, 31),
    status="at_risk",
    previous_status="behind",
    progress=0.26,
    expected=0.53,
    seq=7,
    at=NOW,
    note=Note(text="A note", author_id="jun", noted_at=NOW),
)


def row(person_id: str = "jun", *, ago: float = 10, **changes: Any) -> Row:
    """A row that has been due for some seconds."""
    plain = Row(
        id=row_id("fernhollow", "at_risk", "restore-time", "1", person_id),
        organisation_id="fernhollow",
        kind=MailKind.AT_RISK,
        person_id=person_id,
        tie=Tie.OWNER,
        facts=FACTS,
        created_at=NOW - timedelta(seconds=ago),
        due_at=NOW - timedelta(seconds=ago),
        correlation_id="c0ffee00",
    )
    return replace(plain, **changes)


def claimed(ledger: Any) -> Any:
    """The next claim, if anything is due."""
    return next(iter(ledger.claim()), None)


def test_a_row_planned_twice_is_there_once_and_unchanged(stores: dict[str, Any]) -> None:
    assert stores["ledger"].plan([row(), row("odo")]) == 2
    assert stores["ledger"].plan([row(facts=replace(FACTS, title="Other words"))]) == 0
    assert stores["log"].item("fernhollow", row().id) == row()


def test_the_row_that_waits_longest_is_claimed_first_and_by_one_alone(stores: dict[str, Any]) -> None:
    stores["ledger"].plan([row("odo", ago=5), row("jun", ago=9), row("brisa", ago=-86400)])
    assert [claimed(stores["ledger"]).row.person_id for _ in range(2)] == ["jun", "odo"]
    assert claimed(stores["ledger"]) is None


def test_a_lease_that_ends_frees_the_row_and_shuts_its_holder_out(
    make_stores: Callable[[Leases], dict[str, Any]],
) -> None:
    stores = make_stores(lasting(timedelta(milliseconds=50)))
    ledger = stores["ledger"]
    ledger.plan([row()])
    lost = claimed(ledger)
    claim = until(lambda: claimed(ledger), 5)
    assert not claim.past_data
    assert not ledger.begin_data(lost)
    assert not ledger.finish(lost, lost.rows, State.SENT)
    assert ledger.finish(claim, claim.rows, State.SENT)


def test_a_row_whose_holder_vanished_past_data_says_so_and_counts_a_doubt(
    make_stores: Callable[[Leases], dict[str, Any]],
) -> None:
    ledger = make_stores(lasting(timedelta(milliseconds=50)))["ledger"]
    ledger.plan([row()])
    assert ledger.begin_data(claimed(ledger))
    again = until(lambda: claimed(ledger), 5)
    assert again.past_data
    assert again.row.doubts == 1
    third = until(lambda: claimed(ledger), 5)
    assert not third.past_data
    assert third.row.doubts == 1


def test_a_row_put_back_is_owed_later_and_keeps_count(stores: dict[str, Any]) -> None:
    ledger = stores["ledger"]
    ledger.plan([row()])
    claim = claimed(ledger)
    assert ledger.put_back(
        claim, NOW - timedelta(seconds=1), why=Why.TRY_AGAIN, detail="451 later", attempt=True, deferred=True
    )
    stored = stores["log"].item("fernhollow", row().id)
    assert (stored.state, stored.why, stored.detail) == (State.DEFERRED, Why.TRY_AGAIN, "451 later")
    claim = claimed(ledger)
    assert (claim.row.attempts, claim.row.doubts, claim.past_data) == (1, 0, False)
    ledger.put_back(claim, NOW + timedelta(days=1), why=Why.UNKNOWN_OUTCOME, doubt=True)
    assert claimed(ledger) is None


def test_a_finished_row_holds_what_was_sent_and_no_secret(stores: dict[str, Any]) -> None:
    to = Addressee(name="Fen", email="fen@example.com", locale="en", time_zone="UTC")
    secret = ResetFacts(link="https://example.com/password/s3cret", expires_at=NOW)
    stores["ledger"].plan([row(kind=MailKind.PASSWORD_RESET, facts=secret, addressee=to, tie=Tie.ACCOUNT)])
    claim = claimed(stores["ledger"])
    rendered = Rendered(subject="New password", text="text", html="<p>")
    stores["ledger"].sent(claim, claim.rows, detail="250 ok", email="fen@example.com", rendered=rendered)
    stores["ledger"].flush()
    stored = stores["log"].item("fernhollow", claim.row.id)
    assert stored.facts == replace(secret, link="")
    assert (stored.state, stored.email, stored.rendered) == (State.SENT, "fen@example.com", rendered)
    assert stored.finished_at is not None
    assert claimed(stores["ledger"]) is None


def test_a_batch_is_claimed_whole_and_settled_row_by_row(stores: dict[str, Any]) -> None:
    def won(key: str, person_id: str = "jun", **changes: Any) -> Row:
        return row(person_id, id=key, kind=MailKind.CELEBRATION, batch="celebration:platform", **changes)

    later = NOW + timedelta(minutes=1)
    stores["ledger"].plan([won("first"), won("second", due_at=later), won("other", "odo", ago=1)])
    claim = claimed(stores["ledger"])
    assert [each.id for each in claim.rows] == ["first", "second"]
    assert stores["ledger"].begin_data(claim)
    assert stores["ledger"].finish(claim, [claim.rows[0]], State.SUPPRESSED, why=Why.NO_LONGER_SO)
    assert stores["ledger"].finish(claim, [claim.rows[1]], State.SENT)
    assert claimed(stores["ledger"]).row.id == "other"


def test_what_was_achieved_first_leads_its_batch_however_late_it_was_judged_or_heard_of(
    stores: dict[str, Any],
) -> None:
    def won(key: str, judged: float, caused: float | None, **changes: Any) -> Row:
        caused_at = None if caused is None else NOW - timedelta(seconds=caused)
        facts = replace(FACTS, at=NOW - timedelta(seconds=judged), caused_at=caused_at)
        return row(id=key, facts=facts, kind=MailKind.CELEBRATION, batch="celebration:platform", **changes)

    stores["ledger"].plan([won("the objective", 20, None), won("its key result", 19, 21, ago=-60)])
    assert [each.id for each in claimed(stores["ledger"]).rows] == ["its key result", "the objective"]


def test_the_backlog_counts_what_is_due_alone(stores: dict[str, Any]) -> None:
    assert stores["ledger"].waiting() == (0, None)
    stores["ledger"].plan([row("jun", ago=9), row("odo", ago=5), row("brisa", ago=-86400)])
    assert stores["ledger"].waiting() == (2, NOW - timedelta(seconds=9))


def test_the_log_is_newest_first_filtered_and_of_one_organisation(stores: dict[str, Any]) -> None:
    stores["ledger"].plan(
        [
            row("jun", ago=3),
            row("odo", ago=2),
            row("fen", ago=1, kind=MailKind.BACK_ON_TRACK),
            row("eve", ago=0, organisation_id="elsewhere"),
        ]
    )
    whole = {"state": None, "kind": None, "before": None, "limit": 10}
    log = stores["log"]
    assert [each.person_id for each in log.page("fernhollow", **whole)] == ["fen", "odo", "jun"]
    fen = row("fen", ago=1)
    assert [
        each.person_id
        for each in log.page("fernhollow", **{**whole, "before": (fen.created_at, fen.id), "limit": 1})
    ] == ["odo"]
    assert [
        each.person_id for each in log.page("fernhollow", **{**whole, "kind": MailKind.BACK_ON_TRACK})
    ] == ["fen"]
    taken = claimed(stores["ledger"])
    sending = log.page("fernhollow", **{**whole, "state": State.SENDING})
    assert [each.id for each in sending] == [taken.row.id]
    assert log.item("elsewhere", row("jun").id) is None


def test_a_row_that_cannot_be_read_is_passed_over_and_fails_in_the_end(
    mongo_url: str, mongo_database: str
) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        rows = client[mongo_database]["ledger"]
        ledger = MongoLedger(client[mongo_database], lasting(timedelta(minutes=1)))
        ledger.plan([row("odo", ago=9), row("jun", ago=5)])
        garbled = row("odo").id
        rows.update_one({"_id": garbled}, {"$set": {"facts": {}}})
        claim = claimed(ledger)
        assert claim is not None
        assert claim.row.person_id == "jun"
        left = rows.find_one({"_id": garbled})
        assert left is not None
        assert (left["state"], left["why"], left["attempts"]) == ("deferred", "broken", 1)
        rows.update_one({"_id": garbled}, {"$set": {"next_at": NOW - timedelta(minutes=1), "attempts": 27}})
        assert claimed(ledger) is None
        left = rows.find_one({"_id": garbled})
        assert left is not None
        assert (left["state"], left["why"], "next_at" in left) == ("failed", "broken", False)


def test_an_index_that_an_older_database_lacks_is_there_after_a_migration(
    mongo_url: str, mongo_database: str
) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        migrations.migrate(database)
        database["ledger"].drop_index("batch")
        migrations.migrate(database)
        assert "batch" in database["ledger"].index_information()


def test_an_entry_that_cannot_be_read_does_not_hide_the_others(mongo_url: str, mongo_database: str) -> None:
    """The log's page shows it as unreadable, on its own page too."""
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        MongoLedger(database, lasting(timedelta(minutes=1))).plan([row("odo", ago=9), row("jun", ago=5)])
        for garbled in ({"kind": "of another version"}, {"facts": None}, {"created_at": "yesterday"}):
            database["ledger"].update_one({"_id": row("odo").id}, {"$set": garbled})
            log = MongoMailLog(database)
            shown = log.page("fernhollow", state=None, kind=None, before=None, limit=10)
            assert {type(each).__name__ for each in shown} == {"Row", "Unreadable"}
            one = log.item("fernhollow", row("odo").id)
            assert isinstance(one, Unreadable)
            assert one.person_id == "odo"


def test_settled_mails_are_forgotten_and_owed_ones_never(mongo_url: str, mongo_database: str) -> None:
    """MongoDB removes by itself what is older than the retention."""
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        migrations.migrate(database)
        (retention,) = (each for each in INDEXES if each.document["name"] == "retention")
        assert retention.document["expireAfterSeconds"] == 0
        ledger = MongoLedger(database, lasting(timedelta(minutes=1)), timedelta(days=30))
        ledger.plan([row("odo", ago=9), row("jun", ago=5)])
        claim = claimed(ledger)
        assert claim is not None
        ledger.finish(claim, claim.rows, State.SENT)
        settled = database["ledger"].find_one({"_id": claim.row.id})
        assert settled is not None
        assert settled["forget_at"] - settled["finished_at"] == timedelta(days=30)
        assert database["ledger"].count_documents({"forget_at": {"$exists": True}}) == 1


def test_mails_settled_before_there_was_a_retention_get_one(mongo_url: str, mongo_database: str) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        database["ledger"].insert_one({"_id": "old", "finished_at": NOW})
        database["ledger"].insert_one({"_id": "owed", "finished_at": None})
        migrations.migrate(database)
        found = {each["_id"]: each.get("forget_at") for each in database["ledger"].find()}
        assert found == {"old": NOW + timedelta(days=365), "owed": None}


def won(key: str, person_id: str = "jun", **changes: Any) -> Row:
    """A celebration of one team."""
    return row(person_id, id=key, kind=MailKind.CELEBRATION, batch="celebration:platform", **changes)


def test_several_rows_are_claimed_at_once_oldest_first_and_a_batch_as_one(stores: dict[str, Any]) -> None:
    ledger = stores["ledger"]
    ledger.plan([row("odo", ago=5), won("first", ago=9), won("second", ago=7), row("fen", ago=3)])
    claims = ledger.claim(10)
    assert [claim.row.id for claim in claims] == ["first", row("odo").id, row("fen").id]
    assert [each.id for each in claims[0].rows] == ["first", "second"]
    assert all(ledger.begin_data(claim) for claim in claims)
    assert list(ledger.claim(10)) == []


def test_a_claim_released_is_owed_at_once_as_if_nobody_had_held_it(
    make_stores: Callable[[Leases], dict[str, Any]],
) -> None:
    ledger = make_stores(lasting(timedelta(milliseconds=50)))["ledger"]
    ledger.plan([row()])
    assert ledger.begin_data(claimed(ledger))
    doubted = until(lambda: claimed(ledger), 5)
    assert (doubted.past_data, doubted.row.doubts) == (True, 1)
    ledger.release([doubted])
    assert not ledger.begin_data(doubted)
    again = until(lambda: claimed(ledger), 5)
    assert (again.past_data, again.row.doubts) == (True, 1)


SHORT = timedelta(milliseconds=100)
LONG = timedelta(minutes=1)


def test_a_claim_is_short_and_from_data_on_the_row_is_leased_for_longer(
    make_stores: Callable[[Leases], dict[str, Any]],
) -> None:
    ledger = make_stores(Leases(claim=SHORT, conversation=LONG, message=LONG))["ledger"]
    ledger.plan([row()])
    lost = claimed(ledger)
    claim = until(lambda: claimed(ledger), 5)
    assert not ledger.begin_data(lost)
    assert ledger.begin_data(claim)
    ledger.renew([claim])
    let_pass(2 * SHORT.total_seconds())
    assert claimed(ledger) is None


def test_a_claim_renewed_in_time_is_nobody_elses_and_one_that_was_lost_stays_lost(
    make_stores: Callable[[Leases], dict[str, Any]],
) -> None:
    ledger = make_stores(Leases(claim=10 * SHORT, conversation=LONG, message=LONG))["ledger"]
    ledger.plan([row()])
    lost = claimed(ledger)
    for _ in range(12):
        let_pass(SHORT.total_seconds())
        ledger.renew([lost])
        assert claimed(ledger) is None
    claim = until(lambda: claimed(ledger), 5)
    ledger.renew([lost])
    assert not ledger.begin_data(lost)
    assert ledger.begin_data(claim)
    assert ledger.finish(claim, claim.rows, State.SENT)
    ledger.renew([claim])
    let_pass(11 * SHORT.total_seconds())
    assert claimed(ledger) is None


def test_a_batch_of_which_a_part_was_lost_is_not_begun_and_its_rest_owed_without_a_doubt(
    stores: dict[str, Any],
) -> None:
    ledger = stores["ledger"]
    ledger.plan([won("first", ago=9), won("second", ago=7)])
    claim = claimed(ledger)
    ledger.finish(claim, [claim.rows[1]], State.SENT)
    assert not ledger.begin_data(claim)
    ledger.release([claim])
    again = until(lambda: claimed(ledger), 5)
    assert [each.id for each in again.rows] == ["first"]
    assert (again.past_data, again.row.doubts) == (False, 0)


def test_two_senders_never_hold_parts_of_one_batch(mongo_url: str, mongo_database: str) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        migrations.migrate(database)
        one, other = (MongoLedger(database, lasting(timedelta(minutes=1))) for _ in range(2))
        one.plan([won("first", ago=9)])
        held = claimed(one)
        other.plan([won("second", ago=7), row("odo", ago=5)])
        assert [claim.row.person_id for claim in other.claim(10)] == ["odo"]
        one.finish(held, held.rows, State.SENT)
        assert until(lambda: claimed(other), 5).row.id == "second"


def test_senders_that_write_at_once_each_learn_whether_their_own_claim_held(
    mongo_url: str, mongo_database: str
) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        database = client[mongo_database]
        migrations.migrate(database)
        ledger = MongoLedger(database, lasting(timedelta(minutes=1)))
        ledger.plan([row(f"person-{number}") for number in range(20)])
        claims = ledger.claim(20)
        taken = {claim.row.id for claim in claims[::3]}
        database["ledger"].update_many({"_id": {"$in": list(taken)}}, {"$set": {"claim": "somebody else's"}})
        with ThreadPoolExecutor(20) as pool:
            begun = dict(zip(claims_ids(claims), pool.map(ledger.begin_data, claims), strict=True))
        assert begun == {claim.row.id: claim.row.id not in taken for claim in claims}


def claims_ids(claims: Any) -> list[str]:
    """The ids of the claimed rows."""
    return [claim.row.id for claim in claims]
