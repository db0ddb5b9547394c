"""Check-ins and what follows from them, as resources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from libs.chassis import auth
from libs.chassis.web import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OPTIONAL,
    Blueprint,
    decode_cursor,
    encode_cursor,
    etag_of,
    expected_rev,
    idempotency_key,
    page_of,
)
from services.checkins.api import presented, schemas
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.count_week import count_week
from services.checkins.usecases.extend_series import Words
from services.checkins.usecases.find_entry import find_entry
from services.checkins.usecases.list_check_ins import list_check_ins
from services.checkins.usecases.list_owed import list_owed
from services.checkins.usecases.ports import Ports, Window
from services.checkins.usecases.record_check_in import RecordCheckIn, record_check_in
from services.checkins.usecases.revise_check_in import ReviseCheckIn, revise_check_in
from services.checkins.usecases.tell_standing import tell_standing
from services.checkins.usecases.undo_check_in import undo_check_in

Json = dict[str, Any]
_TEXT = {"type": "string"}
_ETAG = {
    "ETag": {"description": "Send it as If-Match to be refused where somebody was faster.", "schema": _TEXT}
}
_RECORDED = {
    **_ETAG,
    "Location": {"description": "Where the check-in is.", "schema": _TEXT},
    "Idempotency-Replayed": {
        "description": "`true` when the key had been used: nothing was written.",
        "schema": _TEXT,
    },
}
HistoryPage = page_of(schemas.EntrySchema)


class _CheckInId(BaseConverter):
    """Any id but the names of lists: ``/check-ins/due`` must not seem to take what a check-in takes."""

    regex = r"(?!(?:due|week)\Z)[^/]+"
    part_isolating = True


def _know_ids(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["check_in"] = _CheckInId


def current_viewer() -> Viewer:
    """The one who asks, with the token that they showed.

    Raises:
        Forbidden: their token may only read, and this writes.
    """
    principal = auth.current_principal_in_scope()
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return Viewer(principal.person_id, principal.organisation_id, principal.roles, token)


def key_results_blueprint(ports: Ports) -> Blueprint:
    """What hangs on a key result."""
    blueprint = Blueprint(
        "check_ins_of_key_results",
        __name__,
        url_prefix="/api/v1/key-results",
        description="Check-ins of key results",
    )

    @blueprint.route("/<string:key_result_id>/check-ins", methods=["POST"])
    @blueprint.arguments(schemas.CheckInWriteSchema)
    @blueprint.response(201, schemas.CheckInSchema, headers=_RECORDED)
    @blueprint.request_header(IF_MATCH_OPTIONAL)
    @blueprint.request_header(IDEMPOTENCY_KEY)
    def record(fields: Json, key_result_id: str) -> Any:
        """Check in.

        201 means that the check-in and its event are safe; totals above it and mails follow by themselves.
        The same Idempotency-Key again gives the same answer and writes nothing.
        """
        as_of = fields.pop("as_of")
        command = RecordCheckIn(
            key_result_id=key_result_id,
            words=Words(**fields),
            as_of=as_of,
            idempotency_key=idempotency_key(),
            if_seq=expected_rev(optional=True),
        )
        recorded = record_check_in(command, current_viewer(), ports)
        headers = {
            "ETag": etag_of(recorded.check_in.seq),
            "Location": f"/api/v1/check-ins/{recorded.check_in.id}",
        }
        if recorded.replayed:
            headers["Idempotency-Replayed"] = "true"
        return presented.check_in(recorded.check_in), 201, headers

    @blueprint.route("/<string:key_result_id>/check-ins", methods=["GET"])
    @blueprint.arguments(schemas.HistoryQuery, location="query")
    @blueprint.response(200, HistoryPage)
    def history(query: Json, key_result_id: str) -> Any:
        """The history of a key result, the latest first, each check-in with all its versions."""
        window = Window(after=decode_cursor(query["cursor"], datetime, int), limit=query["limit"])
        found = list_check_ins(key_result_id, window, current_viewer(), ports)
        after = found.entries.after
        return {
            "items": [presented.entry(entry, found.situation) for entry in found.entries.items],
            "next": encode_cursor(*after) if after else None,
        }

    @blueprint.route("/<string:key_result_id>/standing", methods=["GET"])
    @blueprint.response(200, schemas.ToldSchema, headers=_ETAG)
    def standing(key_result_id: str) -> Any:
        """Where a key result stands now and why, when its next check-in is due, and its expected line.

        The ETag is that of its series: send it as If-Match with a check-in to refuse it if somebody was
        faster.
        """
        told = tell_standing(key_result_id, current_viewer(), ports)
        return presented.told(told), 200, {"ETag": etag_of(told.standing.seq)}

    return blueprint


def check_ins_blueprint(ports: Ports) -> Blueprint:
    """Single check-ins, and what people owe."""
    blueprint = Blueprint("check_ins", __name__, url_prefix="/api/v1/check-ins", description="Check-ins")

    blueprint.record_once(_know_ids)

    @blueprint.route("/due", methods=["GET"])
    @blueprint.response(200, schemas.OwedPageSchema)
    def due() -> Any:
        """List what you owe as delegate, or as owner where no delegate checks in for you.

        `items` are due today or were missed, where you are; what is due later this week stands apart.
        """
        return presented.owed_list(list_owed(current_viewer(), ports))

    @blueprint.route("/week", methods=["GET"])
    @blueprint.arguments(schemas.WeekQuery, location="query")
    @blueprint.response(200, schemas.WeekSchema)
    def week(query: Json) -> Any:
        """What a team has laid and owes in its current week, fortnight or month."""
        return presented.week(count_week(query["team_id"], current_viewer(), ports))

    @blueprint.route("/<check_in:check_in_id>", methods=["GET"])
    @blueprint.response(200, schemas.EntrySchema, headers=_ETAG)
    def read(check_in_id: str) -> Any:
        """A check-in as it counts now, with all its versions; the id may be that of any of them."""
        entry, situation = find_entry(check_in_id, current_viewer(), ports)
        return presented.entry(entry, situation), 200, {"ETag": etag_of(entry.latest.seq)}

    @blueprint.route("/<check_in:check_in_id>", methods=["PATCH"])
    @blueprint.arguments(schemas.CheckInChangeSchema)
    @blueprint.response(200, schemas.CheckInSchema, headers=_ETAG)
    @blueprint.request_header(IF_MATCH_OPTIONAL)
    def revise(fields: Json, check_in_id: str) -> Any:
        """Correct a check-in: the new version counts, the history keeps both. Its author and admins may."""
        command = ReviseCheckIn(check_in_id=check_in_id, changes=fields, if_seq=expected_rev(optional=True))
        version = revise_check_in(command, current_viewer(), ports)
        return presented.check_in(version), 200, {"ETag": etag_of(version.seq)}

    @blueprint.route("/<check_in:check_in_id>", methods=["DELETE"])
    @blueprint.response(200, schemas.CheckInSchema, headers=_ETAG)
    def undo(check_in_id: str) -> Any:
        """Undo your own check-in within ten seconds.

        The answer shows where the key result stands without it.
        """
        version = undo_check_in(check_in_id, current_viewer(), ports)
        return presented.check_in(version), 200, {"ETag": etag_of(version.seq)}

    return blueprint
