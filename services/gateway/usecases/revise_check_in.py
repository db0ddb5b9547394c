"""Someone corrects a check-in; both versions stay readable."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import CheckIn, KeyResult
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.record_check_in import LINES, check_in_readers, check_value


def revise_check_in(
    services: Services,
    key_result: KeyResult,
    check_in_id: str,
    typed: Mapping[str, str],
    *,
    seq: int | None = None,
    locale: str = "",
) -> CheckIn:
    """The revision is stored and counts from now on. ``seq`` is the version that the form was shown with.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed, locale)
    readers = check_in_readers(reader, key_result.unit)
    fields = reader.changes(
        {name: read for name, read in readers.items() if name not in LINES or name in typed}
    )
    check_value(key_result, reader, fields)
    reader.done()
    if not fields:
        return services.checkins.check_in(check_in_id)
    return services.checkins.revise(check_in_id, fields, seq)
