"""What the gateway makes of what it hears."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from libs.chassis.bus import Event
from libs.contracts.goals import PersonChanged
from services.gateway.domain.errors import EmailTaken
from services.gateway.events.subscriptions import subscriptions
from tests.unit.gateway.memory import World

NOW = datetime(2031, 11, 11, 9, tzinfo=UTC)


def heard(world: World, person_id: str, email: str, seq: int) -> None:
    said = PersonChanged(
        person_id=person_id,
        name=person_id.title(),
        email=email,
        time_zone="UTC",
        locale="en",
        role="member",
        state="active",
    )
    event = Event(
        id=f"{person_id}-{seq}",
        type=PersonChanged.TYPE,
        source="goals",
        organisation_id="fernhollow",
        subject=person_id,
        seq=seq,
        time=NOW,
        data=asdict(said),
        correlation_id="c0ffee00",
    )
    for subscription in subscriptions(world.ports):
        if subscription.hears(event):
            subscription.handler([event])


def test_an_address_that_is_taken_is_asked_for_again_because_it_may_be_freed(world: World) -> None:
    heard(world, "jun", "shared@example.com", 1)
    with pytest.raises(EmailTaken):  # not permanent: whoever delivers tries again
        heard(world, "odo", "shared@example.com", 1)
    heard(world, "jun", "jun@example.com", 2)
    heard(world, "odo", "shared@example.com", 1)
    account = world.accounts.by_email("shared@example.com")
    assert account is not None
    assert account.person_id == "odo"
