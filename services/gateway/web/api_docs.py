"""``/api/docs``: the public API to read, rendered here from its own document, without any outside address."""

from __future__ import annotations

import svcs
from flask import Blueprint, render_template, request

from services.gateway.domain.api_reference import reference
from services.gateway.usecases.publish_document import PublicDocument
from services.gateway.web.viewer import viewer_or_none

blueprint = Blueprint("api_docs", __name__)
LONGEST_SEARCH = 100


@blueprint.get("/api/docs")
def api_docs() -> str:
    """Every operation, or with ``?q=`` those that mention the words."""
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    viewer_or_none()
    return render_template(
        "api_docs/page.html",
        page={"title": "API"},
        sections=reference(svcs.flask.get(PublicDocument).read(), words),
        words=words,
    )
