"""The write that matters: a person says where a key result stands. One document, with its event."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.permissions import Action
from services.checkins.domain.acceptance import accept_as_of, accept_value, require_open
from services.checkins.domain.check_in import CheckIn
from services.checkins.domain.errors import CheckInsError, KeyReused, NotAllowed, Stale
from services.checkins.domain.series import EMPTY, State
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.announce import progress_recorded
from services.checkins.usecases.authorise import relation_to_check_ins, require
from services.checkins.usecases.contest import contest
from services.checkins.usecases.extend_series import Words, extended
from services.checkins.usecases.find_situation import find_situation
from services.checkins.usecases.ports import Ports, Repeated, Request


@dataclass(frozen=True, kw_only=True)
class RecordCheckIn:
    """What somebody says about a key result. ``as_of`` null means now.

    ``if_seq``: refuse when the series has grown past this number since it was read.
    """

    key_result_id: str
    words: Words
    as_of: datetime | None
    idempotency_key: str
    if_seq: int | None = None


@dataclass(frozen=True)
class Recorded:
    """The check-in that stands; ``replayed`` when an earlier request with the same key had made it."""

    check_in: CheckIn
    replayed: bool = False


def record_check_in(command: RecordCheckIn, viewer: Viewer, ports: Ports) -> Recorded:
    """The check-in and its event are stored.

    Raises:
        Unknown: there is no such key result for the viewer.
        Unreachable: nobody who knows can be asked.
        NotAllowed: it is not theirs to check in.
        Refused: the cycle is closed or the key result abandoned.
        InvalidFields: the value does not fit the kind, or ``as_of`` lies outside the cycle's past.
        KeyReused: the key stands for another request.
        Stale: the series has grown past ``if_seq``.
        Contended: too many at once; nothing is written.
    """
    situation = find_situation(command.key_result_id, viewer, ports)
    require(viewer, Action.CHECK_IN_RECORD, relation_to_check_ins(viewer, situation))
    request = _request(command, viewer)
    writer = _Writer(command, request, situation, viewer, ports)
    try:
        return Recorded(contest(writer.attempt))
    except Repeated as repeated:
        return _replayed(request, repeated.request, repeated.check_in)
    except NotAllowed:
        raise
    except CheckInsError:
        # What was accepted once stays accepted: since then the cycle may have closed or the series moved on.
        made = ports.check_ins.made_by(viewer.organisation_id, request.id)
        if made is None:
            raise
        return _replayed(request, *made)


class _Writer:
    """Writes after what was last settled of the series, which the situation has brought along.

    It is nearly always the series' end; where it is not, the number is taken, and the end itself is read.
    """

    def __init__(
        self, command: RecordCheckIn, request: Request, situation: Situation, viewer: Viewer, ports: Ports
    ) -> None:
        self._command, self._request = command, request
        self._situation, self._viewer, self._ports = situation, viewer, ports
        self._settled: State | None = situation.state

    def attempt(self) -> CheckIn:
        command, situation, ports = self._command, self._situation, self._ports
        now = ports.now()
        require_open(situation)
        accept_value(situation.key_result.kind, command.words.value)
        as_of = accept_as_of(command.as_of, now, situation)
        state = self._state()
        check_in, standing = extended(
            situation,
            state,
            command.words,
            new_id=ports.new_id(),
            author_id=self._viewer.person_id,
            as_of=as_of,
            now=now,
        )
        ports.check_ins.add(check_in, [progress_recorded(situation, check_in, standing)], self._request)
        return check_in

    def _state(self) -> State:
        """What is believed to be the end of the series.

        Raises:
            Stale: it is not what the client has seen.
        """
        settled, self._settled = self._settled, None
        seen = self._command.if_seq
        if settled is not None and (seen is None or seen == settled.seq):
            return settled
        last = self._ports.check_ins.last(self._viewer.organisation_id, self._command.key_result_id)
        state = last.state if last else EMPTY
        if seen is not None and seen != state.seq:
            raise Stale
        return state


def _replayed(asked: Request, before: Request, check_in: CheckIn) -> Recorded:
    if asked.body != before.body:
        raise KeyReused(check_in.id)
    return Recorded(check_in, replayed=True)


def _request(command: RecordCheckIn, viewer: Viewer) -> Request:
    words = command.words
    as_of = command.as_of.isoformat() if command.as_of else None
    body = [
        command.key_result_id,
        words.value,
        words.confidence,
        words.note,
        words.challenge,
        words.adjustment,
        as_of,
    ]
    return Request(
        id=_digest([viewer.organisation_id, viewer.person_id, command.idempotency_key]), body=_digest(body)
    )


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
