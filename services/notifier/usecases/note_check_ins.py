"""A recorded check-in is remembered by its time, so that a reminder does not ask for it again."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.usecases.ports import CheckedIn, Copies


def note_check_ins(check_ins: Sequence[CheckedIn], copies: Copies) -> None:
    """Each key result is known to have been checked in at this time or later.

    Only the latest of a batch is written.
    """
    latest: dict[str, CheckedIn] = {}
    for check_in in check_ins:
        known = latest.get(check_in.key_result_id)
        if known is None or known.at < check_in.at:
            latest[check_in.key_result_id] = check_in
    copies.mark_checked_in(list(latest.values()))
