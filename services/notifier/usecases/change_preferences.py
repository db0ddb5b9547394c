"""A person chooses what they get by mail."""

from __future__ import annotations

from collections.abc import Mapping

from services.notifier.domain.kinds import Delivery, MailKind, choices_of
from services.notifier.usecases.ports import Preferences, Stale


def change_preferences(
    organisation_id: str,
    person_id: str,
    choices: Mapping[MailKind, Delivery],
    preferences: Preferences,
    *,
    rev: int | None = None,
) -> dict[MailKind, Delivery]:
    """Deliver these kinds as chosen, the others as before. Return what holds for all.

    Raises:
        Stale: the person chose again since ``rev``.
    """
    if choices and not preferences.change(organisation_id, person_id, choices, rev):
        raise Stale
    return choices_of(preferences.of(organisation_id, person_id))
