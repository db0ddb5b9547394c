"""An accepted invitation makes a person reachable at once, before their owner announces it."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.usecases.ports import Copies


def note_activations(people: Sequence[tuple[str, str]], copies: Copies) -> None:
    """Each of these (organisation, person) may get mail."""
    for organisation_id, person_id in people:
        copies.mark_activated(organisation_id, person_id)
