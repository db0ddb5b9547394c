"""``/api/openapi.json``: the whole public API as one document."""

from __future__ import annotations

import svcs
from flask import Blueprint, Response, jsonify

from services.gateway.usecases.publish_document import PublicDocument

blueprint = Blueprint("document", __name__)


@blueprint.get("/api/openapi.json")
def public_document() -> Response:
    """The document."""
    response = jsonify(svcs.flask.get(PublicDocument).read())
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
