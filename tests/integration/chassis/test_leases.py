"""Leases on a real database: one holder, rising tokens, the server's clock."""

import threading
import time
from typing import Any

from pymongo.database import Database

from libs.chassis.lease import Lease, Leases
from tests.fixtures.waiting import WaitUntil, let_pass

Documents = Database[dict[str, Any]]


def test_a_free_lease_is_held_and_nobody_else_gets_it(database: Documents) -> None:
    mine, other = Leases(database, "mine"), Leases(database, "other")
    lease = mine.hold("clock", 10)
    assert lease is not None
    assert lease.is_safe()
    assert other.hold("clock", 10) is None
    assert other.hold("another", 10) is not None


def test_the_token_rises_with_every_holder(database: Documents) -> None:
    tokens = []
    for name in ("a", "b", "a"):
        leases = Leases(database, name)
        lease = leases.hold("clock", 10)
        assert lease is not None
        tokens.append(lease.token)
        leases.release(lease)
    assert tokens == sorted(set(tokens))


def test_a_lease_that_ran_out_can_be_taken_and_its_late_holder_can_neither_renew_nor_release_it(
    database: Documents, wait_until: WaitUntil
) -> None:
    late, next_one = Leases(database, "late"), Leases(database, "next")
    lost = late.hold("clock", 0.2)
    assert lost is not None
    taken = wait_until(lambda: next_one.hold("clock", 10))
    assert taken is not None
    assert taken.token > lost.token
    assert not lost.is_safe()
    assert late.renew(lost) is None
    late.release(lost)
    assert late.hold("clock", 10) is None


def test_renewing_keeps_the_token_and_the_lease(database: Documents) -> None:
    mine, other = Leases(database, "mine"), Leases(database, "other")
    first = lease = mine.hold("clock", 2)
    for _ in range(4):
        let_pass(0.6)
        assert lease is not None
        assert first is not None
        lease = mine.renew(lease)
        assert lease is not None
        assert lease.token == first.token
        assert other.hold("clock", 2) is None


def test_of_many_who_ask_at_once_for_a_lease_that_never_was_one_gets_it(database: Documents) -> None:
    got: list[Lease] = []
    barrier = threading.Barrier(12)

    def ask(number: int) -> None:
        leases = Leases(database, f"holder-{number}")
        barrier.wait()
        lease = leases.hold("clock", 30)
        if lease is not None:
            got.append(lease)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_the_database_counts_the_time_not_this_process(database: Documents, monkeypatch: Any) -> None:
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    assert Leases(database, "mine").hold("clock", 30) is not None
    document = database["leases"].find_one({"_id": "clock"})
    assert document is not None
    hello = database.command("hello", codec_options=database.codec_options)
    remaining = document["expires_at"] - hello["localTime"]
    assert 25 < remaining.total_seconds() <= 30
