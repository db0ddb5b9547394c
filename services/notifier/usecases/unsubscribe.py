"""The holder of an unsubscribe link wants no more mail of its kind (RFC 8058: one click, no sign-in)."""

from __future__ import annotations

from services.notifier.domain.kinds import Delivery
from services.notifier.domain.unsubscribing import read
from services.notifier.usecases.describe_unsubscribe import Stoppable, describe_unsubscribe
from services.notifier.usecases.ports import Copies, Preferences


def unsubscribe(token: str, secret: str, copies: Copies, preferences: Preferences) -> Stoppable:
    """That kind of mail is off for that person; doing it again changes nothing.

    Raises:
        BadToken: we did not sign it.
    """
    wish = read(token, secret)
    preferences.change(wish.organisation_id, wish.person_id, {wish.kind: Delivery.OFF})
    return describe_unsubscribe(token, secret, copies, preferences)
