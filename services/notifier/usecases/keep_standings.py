"""Standings follow their announcements, so that "is it still so?" can be asked before a mail goes out."""

from __future__ import annotations

from collections.abc import Sequence

from services.notifier.domain.copies import Standing
from services.notifier.usecases.ports import Copies


def keep_standings(announced: Sequence[Standing], copies: Copies) -> None:
    """Every subject's standing is at least as new as announced, in whatever order this was heard."""
    copies.keep_standings(sorted(announced, key=lambda standing: (standing.id, standing.seq, standing.at)))
