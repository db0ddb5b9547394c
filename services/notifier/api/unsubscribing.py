"""Stopping a kind of mail by the link in it; the gateway's public page asks here."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from libs.chassis import problems
from libs.chassis.web import Blueprint, Schema, Text
from services.notifier.api.authorisation import require_system
from services.notifier.api.ports import ApiPorts
from services.notifier.domain.kinds import Delivery
from services.notifier.domain.unsubscribing import BadToken
from services.notifier.usecases.describe_unsubscribe import Stoppable, describe_unsubscribe
from services.notifier.usecases.unsubscribe import unsubscribe

_TOKEN_LIMIT = 1000


class UnknownUnsubscribeLink(problems.NotFound):
    """The link is not whole, or not ours."""

    type = "unknown-unsubscribe-link"
    title = "This link is not complete"


class UnsubscribeTokenSchema(Schema):
    """The token of the link."""

    token = Text(1, _TOKEN_LIMIT, required=True)


class StoppableSchema(Schema):
    """What the link speaks of."""

    kind = fields.String(required=True)
    label = fields.String(required=True)
    hint = fields.String(required=True)
    email = fields.String(required=True)
    stopped = fields.Boolean(required=True)


def unsubscribing_blueprint(ports: ApiPorts) -> Blueprint:
    """``/internal/unsubscribe``."""
    blueprint = Blueprint("unsubscribing", __name__, url_prefix="/internal", description="For the gateway")

    @blueprint.get("/unsubscribe")
    @blueprint.arguments(UnsubscribeTokenSchema, location="query")
    @blueprint.response(200, StoppableSchema)
    def get_unsubscribe(query: dict[str, str]) -> dict[str, Any]:
        """What the link would stop; nothing changes."""
        require_system()
        try:
            found = describe_unsubscribe(
                query["token"], ports.unsubscribe_secret, ports.copies, ports.preferences
            )
        except BadToken as error:
            raise UnknownUnsubscribeLink(_WHAT_TO_DO) from error
        return _shown(found)

    @blueprint.post("/unsubscribe")
    @blueprint.arguments(UnsubscribeTokenSchema)
    @blueprint.response(200, StoppableSchema)
    def post_unsubscribe(body: dict[str, str]) -> dict[str, Any]:
        """That kind of mail is no longer sent to that person."""
        require_system()
        try:
            stopped = unsubscribe(body["token"], ports.unsubscribe_secret, ports.copies, ports.preferences)
        except BadToken as error:
            raise UnknownUnsubscribeLink(_WHAT_TO_DO) from error
        return _shown(stopped)

    return blueprint


_WHAT_TO_DO = "Use the link as it stands in the mail, or sign in and choose under Settings, Notifications."


def _shown(found: Stoppable) -> dict[str, Any]:
    return {
        "kind": str(found.choosable.kind),
        "label": found.choosable.label,
        "hint": found.choosable.hint,
        "email": found.email,
        "stopped": found.delivery is Delivery.OFF,
    }
