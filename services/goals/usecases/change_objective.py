"""Somebody changes an objective, hangs it elsewhere or abandons it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action
from services.goals.domain.alignment import chain_of
from services.goals.domain.errors import Contended, Unknown, invalid
from services.goals.domain.objective import PERSON, Objective, check_level
from services.goals.domain.viewer import Viewer
from services.goals.usecases.align_objective import align_objective
from services.goals.usecases.announce import objective_changed
from services.goals.usecases.announce_beneath import announce_beneath
from services.goals.usecases.authorise import relation_to_objective, require, see
from services.goals.usecases.contest import contest
from services.goals.usecases.create_objective import relation_to_new
from services.goals.usecases.ports import Ports
from services.goals.usecases.references import cycle_of, require_person, require_team
from services.goals.usecases.weigh_objective import weigh_objective

# Facts that the key results of an objective repeat.
_REPEATED = ("title", "owner_id", "team_id", "visibility", "state")
# Those of them that decide who may see the key results.
_DECIDING = ("owner_id", "team_id", "visibility")


def change_objective(
    objective_id: str, changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> Objective:
    """The objective has these values, and everything that this moves is due to be recomputed.

    Fields: title, why, owner_id, team_id, parent, contribution, weight, visibility, roll_up, state.

    Raises:
        Unknown: there is no such objective for them.
        NotAllowed: it is not theirs, or neither the team nor the person it would go to is.
        Stale: it changed since ``rev``.
        CycleIsClosed: its cycle is closed.
        InvalidFields: an id names nothing, level and team do not fit, the parent cannot be one, or the weight
            is not theirs to choose.
    """

    def attempt() -> tuple[Objective, Objective]:
        before = ports.objectives.get(viewer.organisation_id, objective_id)
        if before is None:
            raise Unknown("objective")
        see(viewer, before)
        require(
            viewer, Action.OBJECTIVE_CHANGE, relation_to_objective(viewer, before.owner_id, before.team_id)
        )
        before.require_rev(rev)
        cycle_of(ports, before.organisation_id, before.cycle_id).require_open()
        changed = _changed(before, changes, viewer, ports)
        return before, ports.objectives.save(changed, [objective_changed(changed)])

    before, stored = contest(attempt)
    if stored.parent != before.parent:
        _undo_loop(stored, before, ports)
    if any(getattr(stored, name) != getattr(before, name) for name in _DECIDING):
        _tell_at_once(stored, viewer, ports)
    return stored


def _tell_at_once(stored: Objective, viewer: Viewer, ports: Ports) -> None:
    """Let no copy of its key results show them to somebody who may not see them any more.

    The announcer would tell them too, but later.
    """
    try:
        beneath = contest(lambda: announce_beneath(stored, ports, all_of_them=True))
        written = {one.id: one.seq for one in beneath}
    except Contended:  # the objective still owes it, and each will be announced with a greater number
        owing = ports.key_results.of_objectives(stored.organisation_id, [stored.id])
        written = {one.id: one.seq + 1 for one in owing}
    if written:
        ports.check_ins.outdate(viewer, key_results=written)


def _changed(before: Objective, changes: Mapping[str, Any], viewer: Viewer, ports: Ports) -> Objective:
    plain = {name: value for name, value in changes.items() if name != "parent"}
    changed = replace(before, **plain, updated_at=ports.now())
    if changed.owner_id != before.owner_id:
        require_person(ports, before.organisation_id, changed.owner_id, "owner_id")
    if changed.team_id != before.team_id:
        check_level(changed.level, changed.team_id)
        if changed.team_id is not None:
            require_team(ports, before.organisation_id, changed.team_id)
            changed = replace(changed, recheck_due=True)
    if changed.team_id != before.team_id or (changed.level == PERSON and changed.owner_id != before.owner_id):
        # Nobody hands work to a team or a person, or takes it out of one, where they could not have set it.
        relation = relation_to_new(viewer, changed.level, changed.owner_id, changed.team_id)
        require(viewer, Action.OBJECTIVE_CREATE, relation)
    if "parent" in changes and changes["parent"] != before.parent:
        changed = align_objective(changed, changes["parent"], viewer, ports)
    if (changed.weight, changed.moves) != (before.weight, before.moves):
        weigh_objective(changed, viewer, ports)
    owes = any(getattr(changed, name) != getattr(before, name) for name in _REPEATED)
    return replace(
        changed,
        rollup_due=_owed(before, changed),
        moved_by=viewer.person_id,
        announce_due=before.announce_due or owes,
    )


def _owed(before: Objective, changed: Objective) -> tuple[str, ...]:
    """Which objectives must be recomputed.

    The old and the new parent, and itself where its own rule changed.
    """
    owed = set(before.rollup_due)
    if (before.weight, before.moves, before.state) != (changed.weight, changed.moves, changed.state):
        owed |= {parent for parent in (before.moves, changed.moves) if parent is not None}
    if (before.roll_up, before.state) != (changed.roll_up, changed.state):
        owed.add(before.id)
    return tuple(sorted(owed))


def _undo_loop(stored: Objective, before: Objective, ports: Ports) -> None:
    """Two people may hang A under B and B under A at the same moment, each rightly by what they read.

    Whoever sees the loop after writing takes their own step back; where both see it, both do.
    """
    chain = ports.objectives.chain(stored.organisation_id, stored.id)
    above = {link.id: link.under_id for link in chain}
    if stored.under_id is None or stored.id not in chain_of(stored.under_id, above):
        return

    def attempt() -> None:
        current = ports.objectives.get(stored.organisation_id, stored.id)
        if current is None or current.parent != stored.parent:
            return
        back = replace(current, parent=before.parent, under_id=before.under_id, updated_at=ports.now())
        back = replace(back, rollup_due=_owed(current, back), moved_by=None, recheck_due=True)
        ports.objectives.save(back, [objective_changed(back)])

    contest(attempt)
    raise invalid(
        "parent", "Somebody moved that parent beneath this objective just now. Choose another parent."
    )
