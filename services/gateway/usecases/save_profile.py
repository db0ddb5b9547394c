"""Someone changes how others see them, and how dates and numbers are written for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

FIELDS = ("name", "time_zone", "locale")


def save_profile(services: Services, person_id: str, typed: Mapping[str, str], rev: int | None) -> None:
    """Save the touched fields of one's own profile; ``rev`` null takes the newest.

    Raises:
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = reader.changes({name: partial(reader.text, name) for name in FIELDS})
    if fields:
        services.goals.change_person(person_id, fields, rev)
