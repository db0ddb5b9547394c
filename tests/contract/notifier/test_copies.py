"""What every store of copies and choices does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from pymongo import WriteConcern

from libs.chassis import mongo, problems
from services.notifier.domain.copies import Objective, Organisation, Person, Standing, Team
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.storage.copies import MongoCopies
from services.notifier.usecases.ports import Versioned

AT = datetime(2031, 11, 11, 9, tzinfo=UTC)
JUN = Person(
    id="jun",
    organisation_id="fernhollow",
    name="Jun Alder",
    email="jun@example.com",
    time_zone="Europe/London",
    locale="en",
    role="member",
    state="active",
)
STANDING = Standing(
    id="kr",
    organisation_id="fernhollow",
    seq=2,
    at=AT,
    status="behind",
    progress=0.3,
    expected=0.5,
    confidence=5,
)


def test_a_newer_announcement_replaces_an_older_one_and_never_the_other_way(stores: dict[str, Any]) -> None:
    copies = stores["copies"]
    copies.keep([Versioned(JUN, 2)])
    copies.keep([Versioned(replace(JUN, name="Too old"), 1), Versioned(replace(JUN, name="The same"), 2)])
    assert copies.people("fernhollow", ["jun"]) == {"jun": JUN}
    copies.keep([Versioned(replace(JUN, name="Jun Reed"), 3)])
    assert copies.people("fernhollow", ["jun"])["jun"].name == "Jun Reed"


def test_copies_of_another_organisation_do_not_exist(stores: dict[str, Any]) -> None:
    team = Team(
        id="t",
        organisation_id="fernhollow",
        name="Platform",
        lead_id=None,
        member_ids=("jun",),
        every="weekly",
        weekday=1,
        state="live",
    )
    objective = Objective(
        id="o",
        organisation_id="fernhollow",
        title="Trust",
        owner_id="jun",
        team_id="t",
        visibility="team",
        follower_ids=("odo",),
        state="open",
    )
    organisation = Organisation(id="fernhollow", organisation_id="fernhollow", name="Fernhollow Systems")
    stores["copies"].keep([Versioned(each, 1) for each in (JUN, team, objective, organisation)])
    assert stores["copies"].teams("fernhollow", ["t"]) == {"t": team}
    assert stores["copies"].objectives("fernhollow", ["o", "unknown"]) == {"o": objective}
    assert stores["copies"].organisation("fernhollow") == organisation
    assert stores["copies"].organisation("elsewhere") is None
    assert stores["copies"].people("elsewhere", ["jun"]) == {}
    assert stores["copies"].objectives("elsewhere", ["o"]) == {}
    assert stores["copies"].key_results("fernhollow", ["o"]) == {}


def test_an_activation_may_be_heard_before_or_after_the_person(stores: dict[str, Any]) -> None:
    copies = stores["copies"]
    invited = replace(JUN, state="invited")
    copies.mark_activated("fernhollow", "jun")
    assert copies.people("fernhollow", ["jun"]) == {}
    copies.keep([Versioned(invited, 1)])
    assert copies.people("fernhollow", ["jun"])["jun"].active
    copies.keep([Versioned(replace(invited, id="odo"), 1)])
    assert not copies.people("fernhollow", ["odo"])["odo"].active
    copies.mark_activated("fernhollow", "odo")
    copies.keep([Versioned(replace(invited, id="odo", name="Odo"), 2)])
    assert copies.people("fernhollow", ["odo"])["odo"].active


def test_standings_are_ordered_by_check_in_then_by_instant(stores: dict[str, Any]) -> None:
    copies = stores["copies"]
    copies.keep_standings([STANDING])
    copies.keep_standings([replace(STANDING, seq=1, at=AT + timedelta(hours=1), status="too old")])
    copies.keep_standings([replace(STANDING, at=AT - timedelta(hours=1), status="too old")])
    assert copies.standings("fernhollow", ["kr"])["kr"].status == "behind"
    copies.keep_standings([replace(STANDING, at=AT + timedelta(hours=1), status="stale")])
    copies.keep_standings([replace(STANDING, seq=3, status="on_track")])
    assert copies.standings("fernhollow", ["kr"])["kr"].status == "on_track"
    assert copies.standings("elsewhere", ["kr"]) == {}


def test_the_confidence_before_is_the_last_that_differed(stores: dict[str, Any]) -> None:
    copies = stores["copies"]
    copies.keep_standings([STANDING])
    assert copies.standings("fernhollow", ["kr"])["kr"].confidence_before is None
    copies.keep_standings([replace(STANDING, seq=3, confidence=3)])
    copies.keep_standings([replace(STANDING, seq=4, confidence=3)])
    known = copies.standings("fernhollow", ["kr"])["kr"]
    assert (known.confidence, known.confidence_before) == (3, 5)


def test_an_older_check_in_moves_neither_the_standing_nor_the_last_time(
    stores: dict[str, Any],
) -> None:
    copies = stores["copies"]
    copies.keep_standings([replace(STANDING, checked_in_at=AT)])
    older = replace(STANDING, seq=STANDING.seq - 1, status="on_track", checked_in_at=AT - timedelta(hours=1))
    copies.keep_standings([older])
    known = copies.standings("fernhollow", ["kr"])["kr"]
    assert (known.status, known.checked_in_at) == ("behind", AT)


def test_a_check_in_heard_after_a_newer_judgement_is_remembered_by_its_time(stores: dict[str, Any]) -> None:
    copies = stores["copies"]
    copies.keep_standings([STANDING])
    older = replace(STANDING, at=STANDING.at - timedelta(hours=1), status="on_track", checked_in_at=AT)
    copies.keep_standings([older])
    known = copies.standings("fernhollow", ["kr"])["kr"]
    assert (known.status, known.at, known.checked_in_at) == ("behind", STANDING.at, AT)
    copies.keep_standings([replace(STANDING, at=STANDING.at + timedelta(hours=1), status="at_risk")])
    known = copies.standings("fernhollow", ["kr"])["kr"]
    assert (known.status, known.checked_in_at) == ("at_risk", AT)


def test_a_choice_changes_its_kind_alone(stores: dict[str, Any]) -> None:
    preferences = stores["preferences"]
    assert preferences.of("fernhollow", "jun") == {}
    preferences.change("fernhollow", "jun", {MailKind.AT_RISK: Delivery.OFF})
    preferences.change("fernhollow", "jun", {MailKind.CELEBRATION: Delivery.AT_ONCE})
    assert preferences.of("fernhollow", "jun") == {
        MailKind.AT_RISK: Delivery.OFF,
        MailKind.CELEBRATION: Delivery.AT_ONCE,
    }
    assert preferences.of("fernhollow", "odo") == {}


def test_choices_are_changed_only_from_the_revision_that_was_read(stores: dict[str, Any]) -> None:
    preferences = stores["preferences"]
    assert preferences.rev_of("fernhollow", "jun") == 0
    assert preferences.change("fernhollow", "jun", {MailKind.AT_RISK: Delivery.OFF}, 0)
    assert not preferences.change("fernhollow", "jun", {MailKind.AT_RISK: Delivery.AT_ONCE}, 0)
    assert not preferences.change("fernhollow", "jun", {MailKind.AT_RISK: Delivery.AT_ONCE}, 7)
    assert preferences.change("fernhollow", "jun", {MailKind.CELEBRATION: Delivery.OFF}, 1)
    assert preferences.change("fernhollow", "jun", {MailKind.CELEBRATION: Delivery.AT_ONCE})
    assert preferences.rev_of("fernhollow", "jun") == 3
    assert preferences.of("fernhollow", "jun")[MailKind.AT_RISK] == Delivery.OFF


def test_a_bounced_address_is_known_however_it_is_written(stores: dict[str, Any]) -> None:
    stores["suppressions"].add("fernhollow", "Jun@Example.com", "550 no")
    stores["suppressions"].add("fernhollow", "jun@example.com", "550 no")
    assert stores["suppressions"].has("fernhollow", "jun@example.com")
    assert not stores["suppressions"].has("elsewhere", "jun@example.com")
    assert not stores["suppressions"].has("fernhollow", "odo@example.com")


def test_what_is_heard_at_once_by_several_is_all_kept(mongo_url: str, mongo_database: str) -> None:
    with mongo.connect(mongo_url, "notifier") as client, ThreadPoolExecutor(4) as pool:
        copies = MongoCopies(client[mongo_database])
        keys = [f"kr-{number}" for number in range(60)]
        together = Barrier(4)

        def hear(minutes: int) -> None:
            at = AT + timedelta(minutes=minutes)
            for key in keys:
                together.wait(timeout=30)
                standing = replace(STANDING, id=key, seq=minutes, checked_in_at=at)
                copies.keep_standings([standing])
                copies.keep([Versioned(replace(JUN, id=key, name=f"{minutes}"), minutes)])
                copies.mark_activated("fernhollow", key)

        list(pool.map(hear, range(1, 5)))
        standings = list(client[mongo_database]["standings"].find())
        latest = {(document["seq"], document["checked_in_at"]) for document in standings}
        people = copies.people("fernhollow", keys).values()
        assert latest == {(4, AT + timedelta(minutes=4))}
        assert [(person.name, person.activated) for person in people] == [("4", True)] * len(keys)


def test_what_no_majority_keeps_is_not_kept(mongo_url: str, mongo_database: str) -> None:
    with mongo.connect(mongo_url, "notifier") as client:
        lacking_one = client.get_database(mongo_database, write_concern=WriteConcern(w=2))
        copies = MongoCopies(lacking_one)
        with pytest.raises(problems.Unavailable):
            copies.keep([Versioned(JUN, 2)])
        with pytest.raises(problems.Unavailable):  # as new already here, and no more durable than before
            copies.keep([Versioned(JUN, 2)])
