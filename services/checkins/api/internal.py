"""What the service that owns key results and teams tells this one beside its events."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from libs.chassis.web import Blueprint, Id, Integer, Schema
from services.checkins.api.check_ins import current_viewer
from services.checkins.usecases.outdate_copies import outdate_copies
from services.checkins.usecases.ports import Ports

AT_MOST = 500


class _WrittenSchema(Schema):
    """A thing and the number of its latest write."""

    id = Id(required=True)
    seq = Integer(1, required=True)


class OutdatedSchema(Schema):
    """What changed; copies that are older are outdated."""

    key_results = ma.fields.List(
        ma.fields.Nested(_WrittenSchema), load_default=[], validate=ma.validate.Length(max=AT_MOST)
    )
    teams = ma.fields.List(
        ma.fields.Nested(_WrittenSchema), load_default=[], validate=ma.validate.Length(max=AT_MOST)
    )


def internal_blueprint(ports: Ports) -> Blueprint:
    """``/internal/outdated``, for goals."""
    blueprint = Blueprint("internal", __name__, url_prefix="/internal", description="For the platform itself")

    @blueprint.route("/outdated", methods=["POST"])
    @blueprint.arguments(OutdatedSchema)
    @blueprint.response(204)
    def outdated(told: dict[str, Any]) -> None:
        """Mark copies as outdated: their owner is asked until its events are here."""
        key_results, teams = (
            {one["id"]: one["seq"] for one in told[kind]} for kind in ("key_results", "teams")
        )
        outdate_copies(key_results, teams, current_viewer(), ports)

    return blueprint
