"""Someone says where a key result stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

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
    comma: bool = False,
    today: date | None = None,
) -> CheckIn:
    """The check-in is stored, once for each key.

    ``today`` is the day where the one who says it is: a check-in for that day speaks of this moment.

    Raises:
        Findings: a field needs a look; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    return services.checkins.record(
        key_result.id, check_in_fields(key_result, typed, comma=comma, today=today), idempotency_key
    )


def check_in_fields(
    key_result: KeyResult, typed: Mapping[str, str], *, comma: bool = False, today: date | None = None
) -> dict[str, Any]:
    """The fields of a check-in or a revision, from what was typed.

    Raises:
        Findings: a field means nothing.
    """
    reader = Reader(typed, comma)
    value = reader.number("value", needed="Say where it stands now.")
    confidence = reader.whole("confidence", needed="Choose low, fair or high.")
    lines = {name: reader.text(name) for name in LINES}
    as_of = reader.day("as_of")
    if key_result.kind == "boolean" and value not in {None, 0.0, 1.0}:
        reader.wrong["value"] = "Choose done or not yet."
    reader.done()
    if value is None or confidence is None:
        raise Findings({"": "Nothing was said."})
    fields: dict[str, Any] = {"value": value, "confidence": confidence}
    fields.update({name: line for name, line in lines.items() if line})
    if as_of is not None and as_of != today:
        fields["as_of"] = f"{as_of.isoformat()}T12:00:00Z"
    return fields
