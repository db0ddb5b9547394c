"""The audit log, for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libs.chassis.web import Blueprint, decode_cursor, encode_cursor, page_of
from services.gateway.api import schemas
from services.gateway.api.identity import current_identity, ports
from services.gateway.usecases.list_audit import list_audit

blueprint = Blueprint("audit_api", __name__, url_prefix="/api/v1/audit", description="Who did what")


@blueprint.get("")
@blueprint.arguments(schemas.AuditQuerySchema, location="query")
@blueprint.response(200, page_of(schemas.AuditEntrySchema))
def read_audit(query: dict[str, Any]) -> dict[str, Any]:
    """Read the audit log, newest first.

    For administrators.
    """
    limit = query["limit"]
    found = list_audit(
        current_identity().account,
        before=decode_cursor(query["cursor"], datetime, str),
        limit=limit + 1,
        action=query["action"],
        ports=ports(),
    )
    shown = found[:limit]
    more = len(found) > limit
    return {"items": shown, "next": encode_cursor(shown[-1].at, shown[-1].id) if more else None}
