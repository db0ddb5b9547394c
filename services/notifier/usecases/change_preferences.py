"""A person chooses what they get by mail."""

from __future__ import annotations

from collections.abc import Mapping

from services.notifier.domain.kinds import Delivery, MailKind, choices_of
from services.notifier.usecases.ports import Preferences


def change_preferences(
    organisation_id: str, person_id: str, choices: Mapping[MailKind, Delivery], preferences: Preferences
) -> dict[MailKind, Delivery]:
    """These kinds are delivered as chosen, the others as before; answers what holds for all."""
    if choices:
        preferences.change(organisation_id, person_id, choices)
    return choices_of(preferences.of(organisation_id, person_id))
