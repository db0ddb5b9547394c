"""Someone drafts an objective, or changes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.domain.okr import HIDDEN_PARENT, Objective
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

# Fields that somebody may empty; another one that is empty stays as it is.
EMPTIED = frozenset({"team_id", "parent"})
PARENT_KINDS = ("objective", "key_result")
NO_SUCH_PARENT = "This parent was deleted, or is no longer visible to you. Choose another one."


@dataclass(frozen=True, kw_only=True)
class SaveObjective:
    """What was typed. Without ``objective_id`` it is a new one, sent once for each ``idempotency_key``."""

    typed: Mapping[str, str]
    objective_id: str | None = None
    rev: int = 0
    idempotency_key: str = ""
    locale: str = ""


def save_objective(services: Services, command: SaveObjective) -> Objective:
    """The objective as stored.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(command.typed, command.locale)
    fields = _fields(reader)
    reader.done()
    if command.objective_id is not None:
        if not fields:
            return services.goals.objective(command.objective_id)
        return services.goals.change_objective(command.objective_id, fields, command.rev)
    fields["level"] = reader.choice("level") or "team"
    fields["cycle_id"] = reader.choice("cycle_id")
    if fields["level"] == "company":
        fields["team_id"] = None
    return services.goals.create_objective(fields, command.idempotency_key)


def _fields(reader: Reader) -> dict[str, Any]:
    fields = reader.changes(
        {
            "title": lambda: reader.line("title", needed="Say what will be true for whom."),
            "why": lambda: reader.text("why"),
            "contribution": lambda: reader.line("contribution"),
            "visibility": lambda: reader.choice("visibility") or "organisation",
            "team_id": lambda: reader.choice("team_id"),
            "parent": lambda: parent_of(reader),
            "weight": lambda: reader.number("weight"),
            "owner_id": lambda: reader.choice("owner_id"),
            "roll_up": lambda: reader.choice("roll_up"),
        }
    )
    if reader.typed.get("parent") == HIDDEN_PARENT:  # it stays where it is, whatever the form was shown with
        fields.pop("parent", None)
    return {name: value for name, value in fields.items() if value is not None or name in EMPTIED}


def parent_of(reader: Reader) -> dict[str, str] | None:
    """The parent that a choice such as ``key_result:0192…`` names; null for none.

    What names nothing is wrong: taken for none, it would put the objective at the top without a word.
    """
    chosen = reader.choice("parent")
    if chosen is None or chosen == HIDDEN_PARENT:
        return None
    kind, _, parent_id = chosen.partition(":")
    if kind not in PARENT_KINDS or not parent_id:
        reader.wrong["parent"] = NO_SUCH_PARENT
        return None
    return {"kind": kind, "id": parent_id}
