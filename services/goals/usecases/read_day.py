"""Which day it is where the organisation lives: what is expected and what is due depend on it."""

from __future__ import annotations

from datetime import date

from services.goals.domain.errors import Unknown
from services.goals.usecases.ports import Ports


def read_day(ports: Ports, organisation_id: str) -> date:
    """The organisation's calendar day.

    Raises:
        Unknown: there is no such organisation.
    """
    organisation = ports.organisations.get(organisation_id, organisation_id)
    if organisation is None:
        raise Unknown("organisation")
    return organisation.today(ports.now())
