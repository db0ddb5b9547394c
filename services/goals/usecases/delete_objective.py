"""An objective goes when nothing hangs beneath it any more."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import HasChildren, Unknown
from services.goals.domain.objective import DELETED, Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import objective_changed
from services.goals.usecases.authorise import relation_to_objective, require, see
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports
from services.goals.usecases.references import cycle_of


def delete_objective(objective_id: str, rev: int | None, viewer: Viewer, ports: Ports) -> None:
    """The objective is in no list and no roll-up any more.

    What somebody hangs beneath it in this very instant is due to be put right.

    Raises:
        Unknown: there is no such objective for them.
        NotAllowed: it is not theirs.
        Stale: it changed since ``rev``.
        CycleIsClosed: its cycle is closed.
        HasChildren: key results or objectives hang beneath it.
    """

    def attempt() -> None:
        objective = ports.objectives.get(viewer.organisation_id, objective_id)
        if objective is None:
            raise Unknown("objective")
        see(viewer, objective)
        relation = relation_to_objective(viewer, objective.owner_id, objective.team_id)
        require(viewer, Action.OBJECTIVE_DELETE, relation)
        objective.require_rev(rev)
        cycle_of(ports, objective.organisation_id, objective.cycle_id).require_open()
        _require_bare(objective, ports)
        owed = set(objective.rollup_due) | ({objective.moves} if objective.moves is not None else set())
        gone = replace(
            objective,
            state=DELETED,
            rollup_due=tuple(sorted(owed)),
            moved_by=viewer.person_id,
            recheck_due=True,
            updated_at=ports.now(),
        )
        ports.objectives.save(gone, [objective_changed(gone)])

    contest(attempt)


def _require_bare(objective: Objective, ports: Ports) -> None:
    if ports.key_results.of_objectives(objective.organisation_id, [objective.id]):
        raise HasChildren("Key results belong to this objective.")
    if ports.objectives.has_children(objective.organisation_id, objective.id):
        raise HasChildren("Other objectives hang beneath this one.")
