"""Sending a form twice, or repeating a request whose answer got lost, makes one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from libs.contracts.codec import Payload
from services.goals.domain.errors import KeyReused
from services.goals.domain.record import Record
from services.goals.usecases.ports import Store, Taken

T = TypeVar("T", bound=Record)


def add_once(store: Store[T], item: T, says: Sequence[Payload]) -> T:
    """The item is stored, or what the same request had stored is returned.

    Raises:
        Taken: a unique field is taken by something else.
        KeyReused: the idempotency key was used for another request.
    """
    try:
        store.add(item, says)
    except Taken:
        known = store.made_by(item.organisation_id, item.made_by) if item.made_by is not None else None
        if known is None:
            raise
        if known.made_of != item.made_of:
            raise KeyReused from None
        return known
    return item
