"""An admin says where the organisation's days begin and how it writes dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from services.gateway.domain.okr import Organisation
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

NEEDED = {
    "name": "Write the name of the organisation.",
    "time_zone": "Choose a time zone.",
    "locale": "Choose a language.",
}


def save_company(services: Services, typed: Mapping[str, str], rev: int) -> Organisation:
    """Return the organisation with the touched fields as typed.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = reader.changes({name: partial(reader.text, name, needed=why) for name, why in NEEDED.items()})
    reader.done()
    return services.goals.change_organisation(fields, rev) if fields else services.goals.organisation()
