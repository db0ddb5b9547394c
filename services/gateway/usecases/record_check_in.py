"""Someone says where a key result stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.gateway.domain.okr import CheckIn, KeyResult
from services.gateway.domain.typed import Findings, Reader
from services.gateway.usecases.okr_ports import Services

LINES = ("note", "challenge", "adjustment")


def record_check_in(
    services: Services,
    key_result: KeyResult,
    typed: Mapping[str, str],
    idempotency_key: str,
    *,
    now: datetime,
    comma: bool = False,
) -> CheckIn:
    """The check-in is stored, once for each key.

    ``now`` is in the time zone of whoever says it: a check-in for that day speaks of this moment, one for an
    earlier day of noon where the organisation is.

    Raises:
        Findings: a field needs a look; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    fields = check_in_fields(key_result, typed, comma=comma)
    as_of = _as_of(services, typed, now)
    if as_of is not None:
        fields["as_of"] = as_of.isoformat()
    return services.checkins.record(key_result.id, fields, idempotency_key)


def check_in_fields(
    key_result: KeyResult, typed: Mapping[str, str], *, comma: bool = False
) -> dict[str, Any]:
    """The fields of a check-in or a revision but for its moment, from what was typed.

    Raises:
        Findings: a field means nothing.
    """
    reader = Reader(typed, comma)
    value = reader.number("value", needed="Say where it stands now.")
    confidence = reader.whole("confidence", needed="Choose low, fair or high.")
    lines = {name: reader.text(name) for name in LINES}
    reader.day("as_of")
    if key_result.kind == "boolean" and value not in {None, 0.0, 1.0}:
        reader.wrong["value"] = "Choose done or not yet."
    reader.done()
    if value is None or confidence is None:
        raise Findings({"": "Nothing was said."})
    fields: dict[str, Any] = {"value": value, "confidence": confidence}
    fields.update({name: line for name, line in lines.items() if line})
    return fields


def _as_of(services: Services, typed: Mapping[str, str], now: datetime) -> datetime | None:
    """The moment that the typed day stands for; null for now. A day to come is the service's to refuse."""
    day = Reader(typed).day("as_of")
    if day is None or day == now.date():
        return None
    noon = datetime.combine(day, time(12), ZoneInfo(services.goals.organisation().time_zone))
    # Where it is still morning at the organisation, noon of that day would be a moment to come.
    return None if day < now.date() and noon >= now else noon
