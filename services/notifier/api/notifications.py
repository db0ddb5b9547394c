"""One's own choices about mail."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from libs.chassis.problems import PreconditionFailed
from libs.chassis.web import IF_MATCH_OPTIONAL, Blueprint, Choice, Schema, etag_of, expected_rev
from libs.contracts.permissions import Action
from services.notifier.api.authorisation import require
from services.notifier.api.ports import ApiPorts
from services.notifier.domain.kinds import CHOOSABLE, Delivery, MailKind
from services.notifier.usecases.change_preferences import change_preferences
from services.notifier.usecases.ports import Stale
from services.notifier.usecases.read_preferences import read_preferences

_ETAG = {"ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}}}
_DELIVERIES = tuple(str(delivery) for delivery in Delivery)

NotificationChoicesSchema: type[Schema] = (
    type(  # one field for each kind, so that a new kind needs no word here
        "NotificationChoicesSchema",
        (Schema,),
        {
            str(choosable.kind): Choice(_DELIVERIES, metadata={"description": choosable.hint})
            for choosable in CHOOSABLE
        },
    )
)


class NotificationKindSchema(Schema):
    """A kind of mail as the settings page words it."""

    kind = fields.String(required=True)
    label = fields.String(required=True)
    hint = fields.String(required=True)


class NotificationsSchema(Schema):
    """What one gets by mail."""

    preferences = fields.Nested(NotificationChoicesSchema, required=True)
    rev = fields.Integer(required=True)
    kinds = fields.List(fields.Nested(NotificationKindSchema), required=True)


def notifications_blueprint(ports: ApiPorts) -> Blueprint:
    """``/api/v1/me/notifications``."""
    blueprint = Blueprint(
        "notifications", __name__, url_prefix="/api/v1/me", description="What one gets by mail"
    )

    @blueprint.get("/notifications")
    @blueprint.response(200, NotificationsSchema, headers=_ETAG)
    def get_notifications() -> Any:
        """What you get by mail, and what each kind is for."""
        principal = require(Action.NOTIFICATIONS_CHANGE, own=True)
        # Read first: a choice made in between then leaves a revision that is too old, never one too new.
        rev = ports.preferences.rev_of(principal.organisation_id, principal.person_id)
        found = read_preferences(principal.organisation_id, principal.person_id, ports.preferences)
        return _answer(found, rev), 200, {"ETag": etag_of(rev)}

    @blueprint.put("/notifications")
    @blueprint.arguments(NotificationChoicesSchema)
    @blueprint.response(200, NotificationsSchema, headers=_ETAG)
    @blueprint.request_header(IF_MATCH_OPTIONAL)
    def put_notifications(choices: dict[str, str]) -> Any:
        """Choose for the kinds that you name; the others stay as they are."""
        principal = require(Action.NOTIFICATIONS_CHANGE, own=True)
        organisation_id, person_id = principal.organisation_id, principal.person_id
        chosen = {MailKind(kind): Delivery(how) for kind, how in choices.items()}
        expected = expected_rev(optional=True)
        try:
            found = change_preferences(organisation_id, person_id, chosen, ports.preferences, rev=expected)
        except Stale as error:
            msg = "You chose again in the meantime. Read it again, then repeat your change."
            raise PreconditionFailed(msg) from error
        rev = ports.preferences.rev_of(organisation_id, person_id)
        return _answer(found, rev), 200, {"ETag": etag_of(rev)}

    return blueprint


def _answer(preferences: dict[MailKind, Delivery], rev: int) -> dict[str, Any]:
    return {
        "rev": rev,
        "preferences": {str(kind): str(how) for kind, how in preferences.items()},
        "kinds": [
            {"kind": str(choosable.kind), "label": choosable.label, "hint": choosable.hint}
            for choosable in CHOOSABLE
        ],
    }
