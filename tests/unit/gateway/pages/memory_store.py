"""What the organisation of the page tests knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from libs.chassis.problems import NotFound, PreconditionFailed, Problem, Unprocessable
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import (
    Fields,
)

T = TypeVar("T")


@dataclass
class Store:
    """What the organisation knows, and what happens at the next write."""

    organisation: okr.Organisation
    cycles: list[okr.Cycle]
    people: dict[str, okr.Person]
    teams: dict[str, okr.Team]
    objectives: dict[str, okr.Objective]
    key_results: dict[str, okr.KeyResult]
    check_ins: dict[str, list[okr.CheckIn]] = field(default_factory=dict)
    owed: dict[str, tuple[okr.Owed, ...]] = field(default_factory=dict)
    later: tuple[okr.Owed, ...] = ()
    done: list[okr.Done] = field(default_factory=list)
    next_check_in_on: date | None = None
    preferences: dict[str, str] = field(default_factory=dict)
    chosen: int = 0
    mails: list[okr.Mail] = field(default_factory=list)
    made: dict[tuple[str, str], tuple[Fields, str]] = field(default_factory=dict)
    refusal: Problem | None = None
    asked: list[str] = field(default_factory=list)

    def once(self, where: str, key: str, fields: Fields) -> str | None:
        """The id of what this key made before from the same fields; null for a new key."""
        if (where, key) not in self.made:
            return None
        before, made = self.made[where, key]
        if before != fields:
            raise Unprocessable(extra={"cause": "idempotency-key-reused", "made": made})
        return made

    def keep(self, where: str, key: str, fields: Fields, made: str) -> None:
        """The key stands for what it has made."""
        if key:
            self.made[where, key] = (dict(fields), made)

    def refuse(self) -> None:
        """Raise what was arranged for the next write, once."""
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal


def known(things: Mapping[str, T], thing_id: str) -> T:
    if thing_id not in things:
        raise NotFound
    return things[thing_id]


def require(stored: int, rev: int | None) -> None:
    if rev is not None and rev != stored:
        raise PreconditionFailed


def fields_of(kind: type, fields: Fields) -> dict[str, Any]:
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]  # only dataclasses come here
    return {
        name: value for name, value in fields.items() if name in names and name not in {"parent", "due_on"}
    }


def parent(fields: Fields) -> okr.Parent | None:
    given = fields.get("parent")
    return okr.Parent(**given) if given else None
