"""One key result with what surrounds it on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action
from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import OPEN
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import may, relation_to_check_ins, relation_to_key_result, see, sees
from services.goals.usecases.ports import Ports
from services.goals.usecases.read_day import read_day
from services.goals.usecases.read_objective import Crumb, crumbs_above, team_names
from services.goals.usecases.references import cycle_of


@dataclass(frozen=True, kw_only=True)
class KeyResultView:
    """A key result, the way to it, names, and what the viewer may do."""

    key_result: KeyResult
    cycle: Cycle
    on: date
    ancestors: Sequence[Crumb]
    people: Mapping[str, str]
    teams: Mapping[str, tuple[str, str]]
    can: Mapping[str, bool]


def read_key_result(key_result_id: str, viewer: Viewer, ports: Ports) -> KeyResultView:
    """The view of it.

    Raises:
        Unknown: there is no such key result for them.
    """
    key_result = ports.key_results.get(viewer.organisation_id, key_result_id)
    if key_result is None:
        raise Unknown("key result")
    see(viewer, key_result)
    cycle = cycle_of(ports, viewer.organisation_id, key_result.cycle_id)
    crumbs: list[Crumb] = []
    objective = ports.objectives.get(viewer.organisation_id, key_result.objective_id)
    if objective is not None:
        above = crumbs_above(objective, viewer, ports)
        crumbs = list(above.crumbs)
        if sees(viewer, objective):
            crumbs.append(Crumb("objective", objective.id, objective.title, above.parent_hidden))
    people = {key_result.owner_id, key_result.delegate_id, key_result.objective_owner_id} - {None}
    teams = {key_result.team_id} - {None}
    return KeyResultView(
        key_result=key_result,
        cycle=cycle,
        on=read_day(ports, viewer.organisation_id),
        ancestors=crumbs,
        people=ports.people.names(
            viewer.organisation_id, {person for person in people if person is not None}
        ),
        teams=team_names(ports, viewer.organisation_id, {team for team in teams if team is not None}),
        can=key_result_abilities(key_result, cycle, viewer),
    )


def key_result_abilities(key_result: KeyResult, cycle: Cycle, viewer: Viewer) -> Mapping[str, bool]:
    """What the viewer may do with it now, so that pages offer only what works."""
    relation = relation_to_key_result(viewer, key_result)
    running = not cycle.closed
    change = running and may(viewer, Action.KEY_RESULT_CHANGE, relation)
    writes = may(viewer, Action.CHECK_IN_RECORD, relation_to_check_ins(viewer, key_result))
    return {
        "change": change,
        "delegate": change,
        "delete": running and may(viewer, Action.KEY_RESULT_DELETE, relation),
        "check_in": running and key_result.state == OPEN and writes,
    }
