"""The web base: strict fields, one OpenAPI document, health, metrics, and the two ways to run."""

from __future__ import annotations

from libs.chassis.web.app import (
    Handled,
    begin_request,
    create_app,
    end_request,
    finish_request,
)
from libs.chassis.web.bodies import BODY_LIMIT, take_body
from libs.chassis.web.conversation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    Page,
    PageQuery,
    decode_cursor,
    encode_cursor,
    etag_of,
    expected_rev,
    idempotency_key,
    page_of,
    require_match,
)
from libs.chassis.web.fields import (
    Choice,
    CommaList,
    Day,
    Flag,
    Id,
    Instant,
    Integer,
    Number,
    QueryFlag,
    QueryInteger,
    Schema,
    Share,
    Text,
)
from libs.chassis.web.openapi import Blueprint
from libs.chassis.web.refusals import HEADERS
from libs.chassis.web.serving import serve
from libs.chassis.web.worker import Part, run_worker

__all__ = [
    "BODY_LIMIT",
    "HEADERS",
    "IDEMPOTENCY_KEY",
    "IF_MATCH",
    "IF_MATCH_OPTIONAL",
    "Blueprint",
    "Choice",
    "CommaList",
    "Day",
    "Flag",
    "Handled",
    "Id",
    "Instant",
    "Integer",
    "Number",
    "Page",
    "PageQuery",
    "Part",
    "QueryFlag",
    "QueryInteger",
    "Schema",
    "Share",
    "Text",
    "begin_request",
    "create_app",
    "decode_cursor",
    "encode_cursor",
    "end_request",
    "etag_of",
    "expected_rev",
    "finish_request",
    "idempotency_key",
    "page_of",
    "require_match",
    "run_worker",
    "serve",
    "take_body",
]
