"""Sending a form twice, or repeating a request whose answer got lost, makes one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from libs.contracts.codec import Payload
from services.goals.domain.errors import KeyReused, Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.record import Record
from services.goals.domain.team import Team
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import see, sees
from services.goals.usecases.ports import Store, Taken

T = TypeVar("T", bound=Record)

_NAMES: Final[dict[type[Record], str]] = {Objective: "objective", KeyResult: "key result", Team: "team"}


def add_once(store: Store[T], item: T, says: Sequence[Payload], viewer: Viewer) -> T:
    """The item is stored, or what the same request had stored is returned as it is now.

    Raises:
        Taken: a unique field is taken by something else.
        KeyReused: the idempotency key was used for another request.
        Unknown: what the same request had stored is gone, or has been hidden from the viewer since.
    """
    try:
        store.add(item, says)
    except Taken:
        known = store.made_by(item.organisation_id, item.made_by) if item.made_by is not None else None
        if known is None:
            raise
        if known.made_of != item.made_of:
            raise KeyReused(known.id if _is_there(store, known, viewer) else None) from None
        if store.get(known.organisation_id, known.id) is None:
            raise Unknown(_NAMES.get(type(known), "thing")) from None
        return _shown(known, item, viewer)
    return item


def _is_there(store: Store[T], known: T, viewer: Viewer) -> bool:
    if store.get(known.organisation_id, known.id) is None:
        return False
    return not isinstance(known, Objective | KeyResult) or sees(viewer, known)


def _shown(known: T, item: T, viewer: Viewer) -> T:
    if not isinstance(known, Objective | KeyResult) or not isinstance(item, Objective | KeyResult):
        return known
    if not sees(viewer, item):
        # Set for somebody else to see alone: what is repeated is the first answer, not what came of it.
        return replace(item, id=known.id, created_at=known.created_at, updated_at=known.created_at)
    see(viewer, known)
    return known
