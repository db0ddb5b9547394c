"""The least that the OKRs page can be: two queries, decoded, and the same bytes of HTML without any logic."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response
from pymongo import MongoClient


def application() -> Flask:
    """What each gunicorn worker calls after its fork."""
    app = Flask(__name__)
    client: MongoClient[dict[str, Any]] = MongoClient(os.environ["YARDSTICK_MONGO_URL"], tz_aware=True)
    goals = client["cairn_goals"]
    organisation_id = os.environ["YARDSTICK_ORGANISATION"]
    html = Path(os.environ["YARDSTICK_PAGE"]).read_bytes()
    wanted = os.environ["YARDSTICK_OBJECTIVES"].split(",")

    @app.get("/okrs")
    def okrs() -> Response:
        objectives = list(goals["objectives"].find({"_id": {"$in": wanted}}))
        ids = [each["_id"] for each in objectives]
        live = {"organisation_id": organisation_id, "objective_id": {"$in": ids}, "state": "open"}
        key_results = list(goals["key_results"].find(live))
        shown = {"X-Shown": f"{len(objectives)}, {len(key_results)}"}
        return Response(html, content_type="text/html; charset=utf-8", headers=shown)

    return app
