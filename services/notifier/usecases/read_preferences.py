"""What a person gets by mail."""

from __future__ import annotations

from services.notifier.domain.kinds import Delivery, MailKind, choices_of
from services.notifier.usecases.ports import Preferences


def read_preferences(
    organisation_id: str, person_id: str, preferences: Preferences
) -> dict[MailKind, Delivery]:
    """What holds for every kind that one may choose about."""
    return choices_of(preferences.of(organisation_id, person_id))
