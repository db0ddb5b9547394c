"""Someone says where a key result stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from services.gateway.domain.okr import CheckIn, KeyResult
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

LINES = ("note", "challenge", "adjustment")


def record_check_in(
    services: Services,
    key_result: KeyResult,
    typed: Mapping[str, str],
    idempotency_key: str,
    *,
    now: datetime,
    locale: str = "",
) -> CheckIn:
    """The check-in is stored, once for each key.

    ``now`` is in the time zone of whoever says it: a check-in for that day speaks of this moment, one for an
    earlier day of noon where the organisation is.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    fields = _fields(key_result, Reader(typed, locale))
    as_of = _as_of(services, typed, now)
    if as_of is not None:
        fields["as_of"] = as_of.isoformat()
    return services.checkins.record(key_result.id, fields, idempotency_key)


def check_in_readers(reader: Reader, unit: str) -> dict[str, Callable[[], Any]]:
    """Return how each field of a check-in or a revision is read, but for its moment."""
    return {
        "value": lambda: reader.number("value", needed="Say where it stands now.", unit=unit),
        "confidence": lambda: reader.whole("confidence", needed="Choose low, fair or high."),
        **{name: partial(reader.text, name) for name in LINES},
    }


def check_value(key_result: KeyResult, reader: Reader, fields: Mapping[str, Any]) -> None:
    """Remember in the reader what is wrong with the value of a key result that is done or not."""
    if key_result.kind == "boolean" and fields.get("value") not in {None, 0.0, 1.0}:
        reader.wrong["value"] = "Choose done or not yet."


def _fields(key_result: KeyResult, reader: Reader) -> dict[str, Any]:
    fields = {name: read() for name, read in check_in_readers(reader, key_result.unit).items()}
    reader.day("as_of")
    check_value(key_result, reader, fields)
    reader.done()
    return {name: value for name, value in fields.items() if name not in LINES or value}


def _as_of(services: Services, typed: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment that the typed day stands for; null for now. A day to come is the service's to refuse."""
    day = Reader(typed).day("as_of")
    if day is None or day == now.date():
        return None
    noon = datetime.combine(day, time(12), ZoneInfo(services.goals.organisation().time_zone))
    # Where it is still morning at the organisation, noon of that day would be a moment to come.
    return None if day < now.date() and noon >= now else noon
