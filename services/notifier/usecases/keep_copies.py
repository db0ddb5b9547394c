"""Copies follow what their owners announce, so that a mail can be worded without asking anybody."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.usecases.ports import Copies, Versioned


def keep_copies(announced: Sequence[Versioned], copies: Copies) -> None:
    """Every announced thing is known at least as newly as announced.

    Only the newest of a batch is written.
    """
    newest: dict[tuple[type, str], Versioned] = {}
    for one in announced:
        key = (type(one.thing), one.thing.id)
        if key not in newest or newest[key].seq < one.seq:
            newest[key] = one
    copies.keep(list(newest.values()))
