"""The least that a check-in can be: one majority-journalled insert behind one route.

No sign-in, no second hop, no validation beyond JSON, no history, no event, no index but that of ``_id``.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime

from flask import Flask, request
from flask.typing import ResponseReturnValue
from pymongo import MongoClient


def application() -> Flask:
    """What each gunicorn worker calls after its fork."""
    app = Flask(__name__)
    client: MongoClient[dict[str, object]] = MongoClient(
        os.environ["YARDSTICK_MONGO_URL"], w="majority", journal=True
    )
    check_ins = client["yardstick"]["check_ins"]

    @app.post("/api/v1/key-results/<key_result_id>/check-ins")
    def record(key_result_id: str) -> ResponseReturnValue:
        asked = request.get_json()
        now = datetime.now(UTC)
        document = {
            "_id": str(uuid.uuid4()),
            "organisation_id": "0193a2c1-7d10-7c3e-9a51-5b1e6f0c1d20",
            "key_result_id": key_result_id,
            "objective_id": "0193a2c1-6a00-7b1d-8f40-2c7d90ab3e11",
            "value": asked["value"],
            "confidence": asked["confidence"],
            "note": asked["note"],
            "challenge": "",
            "adjustment": "",
            "author_id": "0193a2c0-2222-7aaa-8bbb-000000000003",
            "as_of": now,
            "recorded_at": now,
            "request_id": request.headers["Idempotency-Key"],
        }
        check_ins.insert_one(document)
        instant = now.isoformat()
        return {**document, "as_of": instant, "recorded_at": instant}, 201

    return app
