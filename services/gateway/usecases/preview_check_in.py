"""Someone types a check-in and sees what it would store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from libs.language.number_parse import Ambiguous, Number, parse_number
from services.gateway.domain.okr import KeyResult
from services.gateway.domain.preview import Preview, Typed, preview
from services.gateway.domain.typed import LARGEST, Reader
from services.gateway.usecases.okr_ports import Services


def preview_check_in(
    services: Services, key_result: KeyResult, typed: Mapping[str, str], *, now: datetime, locale: str = ""
) -> tuple[Preview, ...]:
    """Return what would follow: for each number that the text could be; nothing while there is no number."""
    organisation = services.goals.organisation()
    cycle = next((one for one in services.goals.cycles() if one.id == key_result.cycle_id), None)
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    reader = Reader(typed, locale)
    confidence, on = reader.whole("confidence"), reader.day("as_of") or today
    return tuple(
        preview(
            key_result,
            cycle,
            organisation.thresholds,
            Typed(value=float(value), confidence=confidence, on=on),
            today,
        )
        for value in _numbers(typed.get("value", ""), locale, key_result.unit)
        if abs(value) <= LARGEST
    )


def _numbers(text: str, locale: str, unit: str) -> tuple[Decimal, ...]:
    found = parse_number(text, locale, unit)
    if isinstance(found, Number):
        return (found.value,)
    return found.readings if isinstance(found, Ambiguous) else ()
