"""Open pages hear what changes in their organisation, and only there."""

from __future__ import annotations

import queue
from contextlib import ExitStack

import pytest

from libs.chassis.bus import Event
from libs.contracts.checkins import ProgressRecorded
from libs.contracts.goals import PersonChanged
from services.gateway.domain.live import LiveChange, told_to
from services.gateway.events.live import change_of
from services.gateway.usecases.live_feed import KEPT, PAGES_OF_A_SESSION, LiveFeed, LiveFull


def change(organisation: str = "fernhollow", objective: str = "o1") -> LiveChange:
    return LiveChange(organisation_id=organisation, kind="check_in", objective_id=objective)


def drained(page: queue.Queue[LiveChange | None]) -> list[str | None]:
    found = [page.get_nowait() for _ in range(page.qsize())]
    return [change.objective_id if change else None for change in found]


def test_every_open_page_of_the_organisation_hears_a_change() -> None:
    feed = LiveFeed(at_most=2)
    with feed.listen("fernhollow", "s0") as one, feed.listen("fernhollow", "s1") as other:
        feed.tell(change())
        assert drained(one) == drained(other) == ["o1"]


def test_another_organisation_hears_nothing() -> None:
    feed = LiveFeed(at_most=1)
    with feed.listen("elsewhere", "s2") as page:
        feed.tell(change())
        assert drained(page) == []


def test_beyond_the_limit_a_page_is_refused_until_another_closes() -> None:
    feed = LiveFeed(at_most=1)
    with feed.listen("fernhollow", "s3"), pytest.raises(LiveFull), feed.listen("fernhollow", "s4"):
        pass
    with feed.listen("fernhollow", "s5"):
        pass


def test_a_session_that_goes_from_page_to_page_keeps_nobody_else_out() -> None:
    feed = LiveFeed(at_most=2)
    with (
        feed.listen("fernhollow", "jun") as first,
        feed.listen("fernhollow", "odo") as other,
        feed.listen("fernhollow", "jun") as newest,
    ):
        feed.tell(change())
        assert drained(first) == [None]
        assert drained(other) == drained(newest) == ["o1"]
        with pytest.raises(LiveFull), feed.listen("fernhollow", "ines"):
            pass
    with feed.listen("fernhollow", "ines"), feed.listen("fernhollow", "odo"):
        pass


def test_one_session_has_a_handful_of_live_pages_at_most() -> None:
    feed = LiveFeed(at_most=100)
    with ExitStack() as held:
        pages = [held.enter_context(feed.listen("fernhollow", "jun")) for _ in range(PAGES_OF_A_SESSION + 1)]
        feed.tell(change())
        assert drained(pages[0]) == [None]
        assert all(drained(page) == ["o1"] for page in pages[1:])


def test_a_page_that_does_not_keep_up_keeps_the_newest() -> None:
    feed = LiveFeed(at_most=1)
    with feed.listen("fernhollow", "s6") as page:
        for number in range(KEPT + 3):
            feed.tell(change(objective=f"o{number}"))
        kept = drained(page)
    assert len(kept) == KEPT
    assert kept[-1] == f"o{KEPT + 2}"


def test_when_the_process_ends_every_page_is_let_go_and_none_is_taken_in() -> None:
    feed = LiveFeed(at_most=2)
    with feed.listen("fernhollow", "s7") as page:
        feed.close()
        assert page.get_nowait() is None
        with pytest.raises(LiveFull), feed.listen("fernhollow", "s8"):
            pass


def event(kind: str, data: dict[str, str]) -> Event:
    return Event.new(
        type=kind, source="checkins", subject="k1", organisation_id="fernhollow", seq=1, data=data
    )


def test_a_check_in_becomes_a_change_that_says_who_did_it() -> None:
    said = event(
        ProgressRecorded.TYPE,
        {"key_result_id": "k1", "objective_id": "o1", "author_id": "jun", "visibility": "organisation"},
    )
    assert change_of(said) == LiveChange(
        organisation_id="fernhollow", kind="check_in", objective_id="o1", key_result_id="k1", by="jun"
    )


@pytest.mark.parametrize("visibility", [{"visibility": "private"}, {"visibility": "team"}, {}])
def test_of_what_not_everybody_may_see_others_hear_only_that_something_changed(
    visibility: dict[str, str],
) -> None:
    """Also of what was said before events told their visibility."""
    ids = {"key_result_id": "k1", "objective_id": "o1", "author_id": "jun"}
    said = change_of(event(ProgressRecorded.TYPE, {**ids, **visibility}))
    assert said is not None
    told = told_to(said, "odo", sees_all=False)
    assert (told.key_result_id, told.objective_id, told.by) == (None, None, None)
    assert told_to(said, "jun", sees_all=False) == told_to(said, "ines", sees_all=True) == said


def test_of_what_everybody_may_see_everybody_hears_which() -> None:
    assert told_to(change(), "odo", sees_all=False) == change()


def test_what_no_page_shows_is_no_change() -> None:
    assert change_of(event(PersonChanged.TYPE, {"person_id": "jun"})) is None
