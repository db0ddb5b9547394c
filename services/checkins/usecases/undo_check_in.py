"""A slip of the finger is taken back within ten seconds; history keeps that it happened."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.checkins.domain.acceptance import require_open
from services.checkins.domain.check_in import UNDO_WITHIN, CheckIn
from services.checkins.domain.errors import UndoExpired
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.announce import progress_recorded
from services.checkins.usecases.authorise import relation_of_author, require
from services.checkins.usecases.contest import contest
from services.checkins.usecases.extend_series import rewritten
from services.checkins.usecases.find_entry import find_entry
from services.checkins.usecases.ports import Ports
from services.checkins.usecases.say_unchanged import say_unchanged


def undo_check_in(check_in_id: str, viewer: Viewer, ports: Ports) -> CheckIn:
    """The check-in counts no more; undoing it again changes nothing.

    Raises:
        Unknown: there is no such check-in for the viewer.
        NotAllowed: they did not write it.
        Refused: its ten seconds are over, or the cycle was closed meanwhile.
        Contended: too many at once; nothing is written.
    """

    def attempt() -> CheckIn:
        entry, situation = find_entry(check_in_id, viewer, ports)
        require(viewer, Action.CHECK_IN_UNDO, relation_of_author(viewer, entry.first))
        if entry.latest.withdrawn:
            return say_unchanged(entry.latest, ports)
        now = ports.now()
        if now - entry.first.recorded_at > UNDO_WITHIN:
            raise UndoExpired
        require_open(situation)
        version = replace(
            entry.latest,
            id=ports.new_id(),
            revision_of=entry.first.id,
            author_id=viewer.person_id,
            recorded_at=now,
            withdrawn=True,
        )
        series = ports.check_ins.series(viewer.organisation_id, entry.first.key_result_id)
        check_in, standing = rewritten(situation, series, version, now)
        ports.check_ins.add(check_in, [progress_recorded(situation, check_in, standing)])
        return check_in

    return contest(attempt)
