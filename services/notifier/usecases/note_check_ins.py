"""A recorded check-in is remembered by its time, so that a reminder does not ask for it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifier.usecases.ports import Copies


@dataclass(frozen=True)
class CheckedIn:
    """A key result was checked in."""

    organisation_id: str
    key_result_id: str
    at: datetime


def note_check_ins(check_ins: Sequence[CheckedIn], copies: Copies) -> None:
    """Each key result is known to have been checked in at this time or later."""
    for check_in in check_ins:
        copies.mark_checked_in(check_in.organisation_id, check_in.key_result_id, check_in.at)
