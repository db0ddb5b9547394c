"""The weakest key result below an objective may be one that the viewer may not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import sight_of, sight_test
from services.goals.usecases.ports import Ports


def hide_weakest(
    objectives: Sequence[Objective], viewer: Viewer, ports: Ports, at_hand: Iterable[KeyResult] = ()
) -> list[Objective]:
    """These objectives, each with its weakest only where the viewer may see that key result.

    One read at most, and none where all that are named are ``at_hand``.
    """
    named = {item.measured.weakest.key_result_id for item in objectives if item.measured.weakest is not None}
    if not named or sight_of(viewer).everything:
        return list(objectives)
    known = {item.id: item for item in at_hand if item.id in named}
    if named > known.keys():
        known |= ports.key_results.many(viewer.organisation_id, named - known.keys())
    seen = sight_test(viewer)
    shown = {key_result_id for key_result_id, item in known.items() if seen(item)}
    return [_without_weakest(item) if _names_other(item, shown) else item for item in objectives]


def _names_other(item: Objective, shown: set[str]) -> bool:
    weakest = item.measured.weakest
    return weakest is not None and weakest.key_result_id not in shown


def _without_weakest(item: Objective) -> Objective:
    return replace(item, measured=replace(item.measured, weakest=None))
