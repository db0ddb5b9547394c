"""The history of a key result: who said what, when, and what was corrected."""

from __future__ import annotations

from dataclasses import dataclass

from services.checkins.domain.check_in import Entry
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.find_situation import find_situation
from services.checkins.usecases.ports import Ports, Slice, Window


@dataclass(frozen=True)
class History:
    """Some entries of a key result, the latest first."""

    situation: Situation
    entries: Slice[Entry]


def list_check_ins(key_result_id: str, window: Window, viewer: Viewer, ports: Ports) -> History:
    """The key result's check-ins, each with all its versions.

    Raises:
        Unknown: there is no such key result for the viewer.
        Unreachable: nobody who knows can be asked.
    """
    situation = find_situation(key_result_id, viewer, ports)
    return History(situation, ports.check_ins.page(viewer.organisation_id, key_result_id, window))
