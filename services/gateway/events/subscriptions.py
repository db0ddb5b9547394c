"""What the gateway hears: the event on the left, what happens on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from libs.chassis.bus import Event, Permanent, Subscription
from libs.contracts.codec import PayloadError, decode
from libs.contracts.goals import OrganisationChanged, PersonChanged
from services.gateway.usecases.follow_organisation import follow_organisation
from services.gateway.usecases.follow_person import PersonNews, follow_person
from services.gateway.usecases.ports import OrganisationCopy, Ports

P = TypeVar("P")
QUEUE: Final = "gateway.accounts.v1"


def subscriptions(ports: Ports) -> tuple[Subscription, ...]:
    """The table."""
    return (
        Subscription(OrganisationChanged.TYPE, _each(OrganisationChanged, _organisation, ports)),
        Subscription(PersonChanged.TYPE, _each(PersonChanged, _person, ports)),
    )


def _organisation(event: Event, said: OrganisationChanged, ports: Ports) -> None:
    follow_organisation(
        OrganisationCopy(organisation_id=said.organisation_id, name=said.name), event.seq, ports
    )


def _person(event: Event, said: PersonChanged, ports: Ports) -> None:
    # An address that is taken is no final answer: the event that frees it may still be on its way.
    follow_person(PersonNews(organisation_id=event.organisation_id, seq=event.seq, person=said), ports)


def _each(
    payload: type[P], handle: Callable[[Event, P, Ports], None], ports: Ports
) -> Callable[[Sequence[Event]], None]:
    def handler(events: Sequence[Event]) -> None:
        for event in events:
            try:
                said = decode(payload, event.data)
            except PayloadError as error:
                raise Permanent(str(error)) from error
            handle(event, said, ports)

    return handler
