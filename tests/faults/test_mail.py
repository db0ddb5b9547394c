"""The mail server is away, unwell or silent; what is owed to people waits, and nobody gets it twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Final

import pytest

from tests.faults.auditor import pass_time_of_mails
from tests.faults.conftest import Scene
from tests.faults.loading import under_load
from tests.faults.mail_sink import ACCEPTED
from tests.fixtures.waiting import let_pass, until

pytestmark = pytest.mark.faults_long
UNWELL_FOR: Final = 6.0


def failed(scene: Scene) -> int:
    """How many mails were refused for good; the mail log shows each with the server's words."""
    return scene.platform.client["cairn_notifier"]["ledger"].count_documents({"state": "failed"})


def sent_after_all(scene: Scene) -> None:
    """What was put off goes out once its time has come."""
    until(lambda: not pass_time_of_mails(scene.platform), 90, "what was put off is settled")


def test_mails_wait_while_nobody_takes_them(single: Scene) -> None:
    with under_load(single, "Mail server down for 6 s") as over:
        single.platform.sink.stop()
        let_pass(UNWELL_FOR)
        single.platform.sink.start()
        over()


@pytest.mark.parametrize(
    ("case", "answer"), [("try later (451)", "451 4.3.0 later"), ("no (554)", "554 5.7.1 no")]
)
def test_a_refusal_is_taken_at_its_word(single: Scene, case: str, answer: str) -> None:
    sink, before, refused = single.platform.sink, failed(single), single.platform.sink.refused
    with under_load(single, f"Mail server says {case}") as over:
        sink.answer = answer
        until(lambda: sink.refused > refused, 30, "a mail is refused")
        let_pass(UNWELL_FOR)
        sink.answer = ACCEPTED
        over()
        sent_after_all(single)
    assert (failed(single) - before == sink.refused - refused) is answer.startswith("5")


def test_a_silent_mail_server_is_asked_again_and_the_doubt_is_counted(single: Scene) -> None:
    sink, rows = single.platform.sink, single.platform.client["cairn_notifier"]["ledger"]
    with under_load(single, "Mail server silent after DATA") as over:
        sink.silent = True
        until(lambda: sink.swallowed, 30, "a mail is swallowed")
        let_pass(UNWELL_FOR)
        sink.silent = False
        over()
        sent_after_all(single)
    assert rows.count_documents({"doubts": {"$gt": 0}})


def paused_at(scene: Scene, role: str, point: str, beyond: Callable[[], bool]) -> None:
    """A copy of the role stands still at the point until the others have gone beyond it; then it goes on."""
    order = scene.platform.order(role, point, action="stop")
    until(lambda: not order.exists(), 30, f"somebody stands still at {point}")
    stopped = until(lambda: scene.platform.stopped(role), 10, "it stands still")
    until(beyond, 40, "others go on")
    scene.platform.signal(stopped, signal.SIGCONT)


def test_a_sender_that_stood_still_before_data_does_not_send_what_another_has_sent(doubled: Scene) -> None:
    ledger = doubled.platform.client["cairn_notifier"]["ledger"]
    before = doubled.doubled
    with under_load(doubled, "Sender paused before DATA, beyond its lease") as over:
        paused_at(
            doubled, "notifier-worker", "mail.before_data", lambda: not ledger.find_one({"state": "sending"})
        )
        over()
    assert doubled.doubled == before


@pytest.mark.parametrize("point", ["relay.after_claim", "relay.after_confirm"])
def test_a_relay_that_stood_still_beyond_its_lease_harms_nothing(doubled: Scene, point: str) -> None:
    leases = doubled.platform.client["cairn_checkins"]["leases"]

    def token() -> int:
        return int(leases.find_one({"_id": "outbox:check_ins"})["token"])  # type: ignore[index]

    with under_load(doubled, f"Relay paused at `{point}`, beyond its lease") as over:
        before = token()
        paused_at(doubled, "checkins-worker", point, lambda: token() > before)
        over()
