"""A check-in is found by the id of any of its versions, and only by who may see its key result."""

from __future__ import annotations

from services.checkins.domain.check_in import Entry
from services.checkins.domain.errors import Unknown
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.find_situation import find_situation
from services.checkins.usecases.ports import Ports


def find_entry(check_in_id: str, viewer: Viewer, ports: Ports) -> tuple[Entry, Situation]:
    """The check-in with all its versions, and its key result.

    Raises:
        Unknown: there is no such check-in for the viewer.
        Unreachable: nobody who knows its key result can be asked.
    """
    version = ports.check_ins.get(viewer.organisation_id, check_in_id)
    if version is None:
        raise Unknown("check-in")
    try:
        situation = find_situation(version.key_result_id, viewer, ports)
    except Unknown as error:
        raise Unknown("check-in") from error
    return Entry(
        versions=tuple(ports.check_ins.versions(viewer.organisation_id, version.first_id))
    ), situation
