"""Objectives and what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.goals.domain.errors import FieldError, InvalidFields
from services.goals.domain.record import Nested

COMPANY, TEAM, PERSON = "company", "team", "person"
LEVELS = (COMPANY, TEAM, PERSON)
OPEN, ABANDONED, DELETED = "open", "abandoned", "deleted"
STATES = (OPEN, ABANDONED)
VISIBILITIES = ("organisation", "team", "private")
BOTH, KEY_RESULTS, CHILDREN = "both", "key_results", "children"
ROLL_UPS = (BOTH, KEY_RESULTS, CHILDREN)


@dataclass(frozen=True)
class Parent:
    """What an objective hangs under. Only a parent of kind ``objective`` is moved by it."""

    kind: str
    id: str


@dataclass(frozen=True)
class Weakest:
    """The live key result with the least progress below an objective."""

    key_result_id: str
    progress: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What rolled up into an objective.

    ``read_at`` is the newest moment that any check-in below speaks of; None: there is none yet.
    ``epoch`` rises with each real change of status; ``achieved_epoch`` is the one that was celebrated.
    """

    progress: float | None = None
    weakest: Weakest | None = None
    confidence: float | None = None
    status: str | None = None
    read_at: datetime | None = None
    epoch: int = 0
    achieved_epoch: int | None = None


@dataclass(frozen=True, kw_only=True)
class Objective(Nested):
    """An aim. ``under_id`` is the objective beneath which it is shown, also when its parent is a key result.

    ``rollup_due`` names the objectives that must be recomputed because of this one (itself may be among
    them), ``moved_by`` who alone caused that (null where several did, or time); ``announce_due``: its key
    results repeat facts of it that changed.
    """

    title: str
    why: str
    level: str
    cycle_id: str
    owner_id: str
    team_id: str | None = None
    parent: Parent | None = None
    under_id: str | None = None
    contribution: str = ""
    weight: float = 1.0
    visibility: str = "organisation"
    roll_up: str = BOTH
    state: str = OPEN
    follower_ids: tuple[str, ...] = ()
    measured: Measured = Measured()
    rollup_due: tuple[str, ...] = ()
    moved_by: str | None = None
    announce_due: bool = False

    @property
    def moves(self) -> str | None:
        """The objective whose progress it is part of, if any.

        A key result moves by its own check-ins alone.
        """
        return self.parent.id if self.parent is not None and self.parent.kind == "objective" else None


def check_level(level: str, team_id: str | None) -> None:
    """Nothing happens when the level fits the team.

    Raises:
        InvalidFields: a company objective has a team, or a team objective has none; names ``team_id``.
    """
    if level == COMPANY and team_id is not None:
        raise InvalidFields(
            FieldError("team_id", "A company objective belongs to no team. Leave the team empty.")
        )
    if level == TEAM and team_id is None:
        raise InvalidFields(FieldError("team_id", "Choose the team that this objective belongs to."))
