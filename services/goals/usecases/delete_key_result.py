"""A key result goes."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import HasChildren, Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.authorise import relation_to_key_result, require, see
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports
from services.goals.usecases.references import cycle_of


def delete_key_result(key_result_id: str, rev: int | None, viewer: Viewer, ports: Ports) -> None:
    """The key result is in no list and no roll-up any more.

    What somebody hangs on it in this very instant is due to be put right.

    Raises:
        Unknown: there is no such key result for them.
        NotAllowed: neither it nor its objective is theirs.
        Stale: it changed since ``rev``.
        CycleIsClosed: its cycle is closed.
        HasChildren: objectives hang on it.
    """

    def attempt() -> KeyResult:
        key_result = ports.key_results.get(viewer.organisation_id, key_result_id)
        if key_result is None:
            raise Unknown("key result")
        see(viewer, key_result)
        require(viewer, Action.KEY_RESULT_DELETE, relation_to_key_result(viewer, key_result))
        key_result.require_rev(rev)
        cycle_of(ports, key_result.organisation_id, key_result.cycle_id).require_open()
        if ports.objectives.has_children(key_result.organisation_id, key_result.id):
            raise HasChildren("Objectives hang on this key result.")
        gone = replace(key_result.removed(viewer.person_id), updated_at=ports.now())
        return ports.key_results.save(gone, [key_result_changed(gone, viewer.person_id)])

    gone = contest(attempt)
    ports.check_ins.outdate(viewer, key_results={gone.id: gone.seq})
