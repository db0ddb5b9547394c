"""What may hang under what."""

from __future__ import annotations

from collections.abc import Mapping

from services.goals.domain.errors import invalid
from services.goals.domain.objective import LEVELS, Objective

LONGEST_CHAIN = 32
LEVEL_NAMES = {"company": "a company", "team": "a team", "person": "a personal"}


def check_alignment(objective: Objective, above: Objective, ancestors: Mapping[str, str | None]) -> None:
    """Nothing happens when the objective may hang under ``above`` (or under a key result of it).

    ``ancestors`` maps ``above`` and every objective above that to the one it hangs under.

    Raises:
        InvalidFields: other cycle, wider level under narrower, a loop, or too deep; names ``parent``.
    """
    if above.cycle_id != objective.cycle_id:
        raise invalid("parent", "The parent belongs to another cycle. Choose one of the same cycle.")
    if LEVELS.index(objective.level) < LEVELS.index(above.level):
        below, over = LEVEL_NAMES[objective.level], LEVEL_NAMES[above.level]
        raise invalid("parent", f"{below.capitalize()} objective cannot hang under {over} objective.")
    chain = chain_of(above.id, ancestors)
    if objective.id in chain:
        raise invalid("parent", "This would put the objective beneath itself. Choose another parent.")
    if len(chain) >= LONGEST_CHAIN:
        raise invalid(
            "parent", f"Objectives can hang at most {LONGEST_CHAIN} deep. Choose a parent further up."
        )


def chain_of(objective_id: str, ancestors: Mapping[str, str | None]) -> list[str]:
    """The ids from this objective up to the top, each once even where stored data loops."""
    chain: list[str] = []
    current: str | None = objective_id
    while current is not None and current not in chain:
        chain.append(current)
        current = ancestors.get(current)
    return chain
