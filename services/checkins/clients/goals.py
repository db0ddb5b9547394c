"""Asks `goals` for a key result that its events have not told yet, in the name of the one who asked us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import pybreaker
import stamina
import urllib3

from libs.chassis import telemetry
from services.checkins.domain.copies import Cycle, KeyResult, Rhythm, Team
from services.checkins.domain.errors import Unreachable
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.ports import Surroundings

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_TIMEOUT: Final = urllib3.Timeout(connect=0.5, read=2.0)
_HIDDEN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
Fields = Mapping[str, Any]


class _NoAnswerError(Exception):
    """The service did not answer, or not as agreed."""


class _NotNowError(_NoAnswerError):
    """The service answers, and cannot do it now, as while its database is down."""


class HttpGoals:
    """Implements the port ``Goals``. After five failures in a row it stops asking for ten seconds.

    A 503 is none of them: it costs nobody time, and its end would be missed.
    """

    def __init__(self, url: str) -> None:
        """``url`` is the service's address, without a path."""
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=16, timeout=_TIMEOUT, retries=False)
        self._breaker = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=10, exclude=[_NotNowError])

    def surroundings(self, key_result_id: str, viewer: Viewer) -> Surroundings | None:
        """See the port."""
        if not _ID.fullmatch(key_result_id):
            return None
        try:
            return self._surroundings(key_result_id, viewer)
        except (_NoAnswerError, pybreaker.CircuitBreakerError, KeyError, TypeError, ValueError) as error:
            raise Unreachable from error

    def _surroundings(self, key_result_id: str, viewer: Viewer) -> Surroundings | None:
        fields = self._get("key-results", key_result_id, viewer)
        if fields is None:
            return None
        team = self._get("teams", fields["team_id"], viewer) if fields["team_id"] else None
        organisation_id = viewer.organisation_id
        return Surroundings(
            key_result=_key_result(fields, organisation_id),
            cycle=_cycle(fields["cycle"], organisation_id),
            team=_team(team, organisation_id) if team else None,
        )

    def _get(self, collection: str, item_id: str, viewer: Viewer) -> Fields | None:
        address = f"{self._url}/api/v1/{collection}/{quote(item_id, safe='')}"
        headers = {
            "Authorization": f"Bearer {viewer.credential}",
            "Accept": "application/json",
            telemetry.CORRELATION_HEADER: telemetry.correlation_id(),
        }
        # A block, not a decorated function: a retry is logged with its arguments, and one is a secret.
        for attempt in stamina.retry_context(on=_NoAnswerError, attempts=2, wait_initial=0.05, wait_max=0.2):
            # Not the breaker's `call`: it holds a lock for as long as the service takes to answer.
            with attempt, self._breaker.calling():
                answer = self._ask(address, headers)
        return answer

    def _ask(self, address: str, headers: Mapping[str, str]) -> Fields | None:
        try:
            answer = self._pool.request("GET", address, headers=headers)
            if answer.status in _HIDDEN:
                return None
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise _NotNowError
            if answer.status != HTTPStatus.OK:
                msg = f"goals answered {answer.status}"
                raise _NoAnswerError(msg)
            found: Fields = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise _NoAnswerError(str(error)) from error
        return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _key_result(fields: Fields, organisation_id: str) -> KeyResult:
    return KeyResult(
        id=fields["id"],
        organisation_id=organisation_id,
        objective_id=fields["objective_id"],
        objective_title=fields["objective_title"],
        objective_owner_id=fields["objective_owner_id"],
        title=fields["title"],
        kind=fields["kind"],
        unit=fields["unit"],
        start=float(fields["start"]),
        target=float(fields["target"]),
        owner_id=fields["owner_id"],
        delegate_id=fields["delegate_id"],
        due_on=_day(fields["due_on"]),
        cycle_id=fields["cycle_id"],
        team_id=fields["team_id"],
        visibility=fields["visibility"],
        state=fields["state"],
        created_on=_day(fields["created_on"]),
    )


def _cycle(fields: Fields, organisation_id: str) -> Cycle:
    return Cycle(
        id=fields["id"],
        organisation_id=organisation_id,
        starts_on=date.fromisoformat(fields["starts_on"]),
        ends_on=date.fromisoformat(fields["ends_on"]),
        state=fields["state"],
    )


def _team(fields: Fields, organisation_id: str) -> Team:
    rhythm = fields["rhythm"]
    return Team(
        id=fields["id"],
        organisation_id=organisation_id,
        name=fields["name"],
        lead_id=fields["lead_id"],
        member_ids=tuple(fields["member_ids"]),
        rhythm=Rhythm(every=rhythm["every"], weekday=rhythm["weekday"], time=rhythm["time"]),
    )
