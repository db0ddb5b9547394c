"""An author corrects a check-in: the new value counts, and history keeps both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from libs.contracts.permissions import Action
from services.checkins.domain.acceptance import accept_value, require_open
from services.checkins.domain.check_in import MOST_VERSIONS, CheckIn
from services.checkins.domain.errors import AlreadyWithdrawn, RevisedTooOften, Stale
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.announce import progress_recorded
from services.checkins.usecases.authorise import relation_of_author, require
from services.checkins.usecases.contest import contest
from services.checkins.usecases.extend_series import rewritten
from services.checkins.usecases.find_entry import find_entry
from services.checkins.usecases.ports import Ports
from services.checkins.usecases.say_unchanged import say_unchanged


@dataclass(frozen=True, kw_only=True)
class ReviseCheckIn:
    """``changes``: any of value, confidence, note, challenge, adjustment.

    ``if_seq``: refuse when this is not the version that counts any more.
    """

    check_in_id: str
    changes: Mapping[str, Any]
    if_seq: int | None = None


def revise_check_in(command: ReviseCheckIn, viewer: Viewer, ports: Ports) -> CheckIn:
    """A version with these changes counts; saying what it says already writes nothing.

    Raises:
        Unknown: there is no such check-in for the viewer.
        NotAllowed: they neither wrote it nor are admin.
        Refused: the cycle is closed, the key result abandoned, or the check-in undone or revised too often.
        InvalidFields: the value does not fit the kind.
        Stale: it was revised since ``if_seq``.
        Contended: too many at once; nothing is written.
    """

    def attempt() -> CheckIn:
        entry, situation = find_entry(command.check_in_id, viewer, ports)
        require(viewer, Action.CHECK_IN_REVISE, relation_of_author(viewer, entry.first))
        require_open(situation)
        latest = entry.latest
        if latest.withdrawn:
            raise AlreadyWithdrawn
        if command.if_seq is not None and command.if_seq != latest.seq:
            raise Stale
        changed = replace(latest, **command.changes)
        if changed == latest:
            return say_unchanged(latest, ports)
        if len(entry.versions) >= MOST_VERSIONS:
            raise RevisedTooOften(MOST_VERSIONS)
        accept_value(situation.key_result.kind, changed.value)
        now = ports.now()
        version = replace(
            changed,
            id=ports.new_id(),
            revision_of=entry.first.id,
            author_id=viewer.person_id,
            recorded_at=now,
        )
        series = ports.check_ins.series(viewer.organisation_id, latest.key_result_id)
        check_in, standing = rewritten(situation, series, version, now)
        ports.check_ins.add(check_in, [progress_recorded(situation, check_in, standing)])
        return check_in

    return contest(attempt)
