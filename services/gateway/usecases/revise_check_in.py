"""Someone corrects a check-in; both versions stay readable."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import CheckIn, KeyResult
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.record_check_in import LINES, check_in_fields


def revise_check_in(
    services: Services,
    key_result: KeyResult,
    check_in_id: str,
    typed: Mapping[str, str],
    *,
    comma: bool = False,
) -> CheckIn:
    """The revision is stored and counts from now on.

    Raises:
        Findings: a field needs a look; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    fields = check_in_fields(key_result, typed, comma=comma)
    emptied = {name: "" for name in LINES if name in typed and name not in fields}
    return services.checkins.revise(check_in_id, {**fields, **emptied})
