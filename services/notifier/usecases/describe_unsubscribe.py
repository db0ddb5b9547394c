"""What an unsubscribe link would stop. Looking changes nothing: mail scanners follow every link."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.kinds import CHOOSABLE, Choosable, Delivery
from services.notifier.domain.unsubscribing import read
from services.notifier.usecases.ports import Copies, Preferences


@dataclass(frozen=True)
class Stoppable:
    """A kind of mail, whose it is, and how it is delivered now."""

    choosable: Choosable
    email: str
    delivery: Delivery


def describe_unsubscribe(token: str, secret: str, copies: Copies, preferences: Preferences) -> Stoppable:
    """The kind and address that the token speaks of.

    Raises:
        BadToken: we did not sign it.
    """
    wish = read(token, secret)
    person = copies.people(wish.organisation_id, [wish.person_id]).get(wish.person_id)
    chosen = preferences.of(wish.organisation_id, wish.person_id)
    return Stoppable(
        choosable=next(each for each in CHOOSABLE if each.kind is wish.kind),
        email="" if person is None else person.email,
        delivery=chosen.get(wish.kind, Delivery.AT_ONCE),
    )
