"""The checkins service, acting for one viewer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from libs.chassis.auth import Principal
from services.gateway.clients import wire
from services.gateway.clients.remembered import Remembered
from services.gateway.clients.upstream import Upstream, if_match, segment
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import Fields

HISTORY_PAGE = 100


class CheckInsClient:
    """Check-ins and who owes them over HTTP. Implements the port ``CheckIns``."""

    def __init__(self, upstream: Upstream, principal: Principal, remembered: Remembered) -> None:
        """The token names goals too: where a copy has not caught up, checkins asks the owner with it."""
        self._upstream = upstream
        self._principal = principal
        self._remembered = remembered

    def owed_list(self) -> okr.OwedList:
        """What the viewer owes, the most urgent first, and what they have done today."""
        owed = wire.owed_list(self._upstream.get(self._principal, "/api/v1/check-ins/due"))
        self._remembered.keep(self._principal.organisation_id, self._what, len(owed.due))
        return owed

    def due_count(self, *, fresh: bool = False) -> int:
        """How many check-ins of the viewer are due; may be some seconds old unless ``fresh``."""
        if fresh:
            return len(self.owed_list().due)
        return self._remembered.of(
            self._principal.organisation_id, self._what, lambda: len(self.owed_list().due)
        )

    def series(self, key_result_id: str, cursor: str | None = None) -> okr.Page[okr.CheckIn]:
        """A key result's check-ins, newest first, revisions included."""
        path = f"/api/v1/key-results/{segment(key_result_id)}/check-ins"
        body = self._upstream.get(self._principal, path, limit=HISTORY_PAGE, cursor=cursor)
        return okr.Page(items=tuple(wire.check_in(item) for item in body["items"]), next=body.get("next"))

    def check_in(self, check_in_id: str) -> okr.CheckIn:
        """One check-in."""
        return wire.check_in(self._upstream.get(self._principal, f"/api/v1/check-ins/{segment(check_in_id)}"))

    def record(self, key_result_id: str, fields: Fields, idempotency_key: str) -> okr.CheckIn:
        """The check-in as stored; the same key twice stores it once."""
        path = f"/api/v1/key-results/{segment(key_result_id)}/check-ins"
        return wire.check_in(
            self._send("POST", path, body=fields, headers={"Idempotency-Key": idempotency_key})
        )

    def revise(self, check_in_id: str, fields: Fields, seq: int | None = None) -> okr.CheckIn:
        """The revision as stored, if ``seq`` still counts; the check-in before it stays readable."""
        path = f"/api/v1/check-ins/{segment(check_in_id)}"
        return wire.check_in(self._send("PATCH", path, body=fields, headers=if_match(seq)))

    def undo(self, check_in_id: str) -> None:
        """The check-in no longer counts; possible within ten seconds."""
        self._send("DELETE", f"/api/v1/check-ins/{segment(check_in_id)}")

    def judged(self, key_result: okr.KeyResult) -> okr.KeyResult:
        """The key result as it stands this moment, one's own last check-in included."""
        body = self._upstream.get(self._principal, f"/api/v1/key-results/{segment(key_result.id)}/standing")
        due = bool(body["schedule"].get("due", False))
        return replace(wire.judged(body["standing"], key_result), check_in_due=due)

    def week(self, team_id: str) -> okr.Week:
        """A team's check-ins of the current period, laid and owed."""
        return wire.week(self._upstream.get(self._principal, "/api/v1/check-ins/week", team_id=team_id))

    @property
    def _what(self) -> str:
        return f"owed by {self._principal.person_id}"

    def _send(self, method: str, path: str, **rest: Any) -> Any:
        self._remembered.drop(self._principal.organisation_id, self._what)
        return self._upstream.ask(self._principal, method, path, **rest)
