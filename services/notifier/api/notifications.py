"""One's own choices about mail."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from libs.chassis.web import Blueprint, Choice, Schema
from libs.contracts.permissions import Action
from services.notifier.api.authorisation import require
from services.notifier.api.ports import ApiPorts
from services.notifier.domain.kinds import CHOOSABLE, Delivery, MailKind
from services.notifier.usecases.change_preferences import change_preferences
from services.notifier.usecases.read_preferences import read_preferences

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
    kinds = fields.List(fields.Nested(NotificationKindSchema), required=True)


def notifications_blueprint(ports: ApiPorts) -> Blueprint:
    """``/api/v1/me/notifications``."""
    blueprint = Blueprint(
        "notifications", __name__, url_prefix="/api/v1/me", description="What one gets by mail"
    )

    @blueprint.get("/notifications")
    @blueprint.response(200, NotificationsSchema)
    def get_notifications() -> dict[str, Any]:
        """What you get by mail, and what each kind is for."""
        principal = require(Action.NOTIFICATIONS_CHANGE, own=True)
        return _answer(read_preferences(principal.organisation_id, principal.person_id, ports.preferences))

    @blueprint.put("/notifications")
    @blueprint.arguments(NotificationChoicesSchema)
    @blueprint.response(200, NotificationsSchema)
    def put_notifications(choices: dict[str, str]) -> dict[str, Any]:
        """Choose for the kinds that you name; the others stay as they are."""
        principal = require(Action.NOTIFICATIONS_CHANGE, own=True)
        chosen = {MailKind(kind): Delivery(how) for kind, how in choices.items()}
        return _answer(
            change_preferences(principal.organisation_id, principal.person_id, chosen, ports.preferences)
        )

    return blueprint


def _answer(preferences: dict[MailKind, Delivery]) -> dict[str, Any]:
    return {
        "preferences": {str(kind): str(how) for kind, how in preferences.items()},
        "kinds": [
            {"kind": str(choosable.kind), "label": choosable.label, "hint": choosable.hint}
            for choosable in CHOOSABLE
        ],
    }
