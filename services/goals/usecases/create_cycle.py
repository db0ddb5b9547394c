"""A leader opens a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action
from services.goals.domain.cycle import ACTIVE, Cycle, check_span
from services.goals.domain.viewer import Viewer
from services.goals.usecases.add_once import add_once
from services.goals.usecases.announce import cycle_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.ports import NO_KEY, Once, Ports


@dataclass(frozen=True, kw_only=True)
class CreateCycle:
    """A cycle; it is planning or active at first."""

    name: str
    starts_on: date
    ends_on: date
    state: str = ACTIVE
    once: Once = NO_KEY


def create_cycle(command: CreateCycle, viewer: Viewer, ports: Ports) -> Cycle:
    """The cycle exists and is announced.

    Raises:
        NotAllowed: they are neither leader nor admin.
        InvalidFields: it ends before it starts.
    """
    require(viewer, Action.CYCLE_CREATE)
    check_span(command.starts_on, command.ends_on)
    now = ports.now()
    cycle = Cycle(
        id=ports.new_id(),
        organisation_id=viewer.organisation_id,
        created_at=now,
        updated_at=now,
        name=command.name,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        state=command.state,
        made_by=command.once.made_by,
        made_of=command.once.made_of,
    )
    return add_once(ports.cycles, cycle, [cycle_changed(cycle)], viewer)
