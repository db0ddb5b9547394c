"""Someone hangs an objective under another parent."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import HIDDEN_PARENT, Objective
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.save_objective import parent_of


def align_objective(
    services: Services, objective: Objective, typed: Mapping[str, str], rev: int
) -> Objective:
    """The objective belongs there, and says how it contributes.

    Raises:
        Findings: the parent names nothing; nothing was stored.
        Problem: the parent is refused (a loop, another cycle); names ``parent``.
    """
    reader = Reader(typed)
    fields = reader.changes(
        {
            "parent": lambda: parent_of(reader),
            "contribution": lambda: reader.line("contribution"),
        }
    )
    reader.done()
    if typed.get("parent") == HIDDEN_PARENT:  # it stays where it is, whatever the form was shown with
        fields.pop("parent", None)
    if not fields:
        return objective
    return services.goals.change_objective(objective.id, fields, rev)
