"""What the roll-up reads and writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.contracts.codec import Payload
from services.goals.domain.objective import Objective
from services.goals.domain.recompute import Children


@dataclass(frozen=True)
class Debt:
    """A document (``kind`` objective or key_result) because of which these objectives must be recomputed.

    ``moved_by`` is who caused it, null where time did or several people.
    """

    kind: str
    id: str
    organisation_id: str
    seq: int
    owed_to: frozenset[str]
    moved_by: str | None = None


class Roller(Protocol):
    """What the roll-up reads and writes, in batches."""

    def debts(self, limit: int) -> Sequence[Debt]:
        """Some documents because of which objectives must be recomputed."""

    def children_of(self, objectives: Sequence[Objective]) -> dict[str, Children]:
        """The live children of each objective, in one read per kind."""

    def store(self, changes: Sequence[tuple[Objective, Sequence[Payload]]]) -> frozenset[str]:
        """Each objective's measured values and marks are stored, if nobody wrote it since it was read.

        The ids of those stored are returned.
        """

    def paid(self, debts: Sequence[Debt], unpaid: Collection[str] = ()) -> None:
        """These are no longer owed.

        Save to ``unpaid``, and save by documents written since they were read (by ``seq``).
        """
