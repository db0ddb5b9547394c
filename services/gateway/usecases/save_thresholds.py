"""An admin moves the lines between statuses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from libs.language.shares import exact, share_of
from services.gateway.domain.okr import Organisation
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

SHARES = ("on_track_gap", "behind_gap", "too_early_share")
WHOLE = {"low_confidence": "", "stale_after_days": "days"}  # with the unit beside the field
POINTS_AT_MOST = 100


def save_thresholds(
    services: Services, typed: Mapping[str, str], rev: int, *, locale: str = ""
) -> Organisation:
    """Statuses are judged by these from now on. Gaps and shares are typed as points from 0 to 100.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed, locale)
    fields = reader.changes(
        {
            **{name: partial(_share, reader, name) for name in SHARES},
            **{
                name: partial(reader.whole, name, needed="Write a whole number.", unit=unit)
                for name, unit in WHOLE.items()
            },
        }
    )
    reader.done()
    return services.goals.change_organisation({"thresholds": fields}, rev)


def _share(reader: Reader, name: str) -> float | None:
    points = reader.number(name, needed="Write points from 0 to 100.", unit="points")
    if points is None:
        return None
    if not 0 <= points <= POINTS_AT_MOST:
        reader.wrong[name] = "Write points from 0 to 100."
    return share_of(exact(points))
