"""What was mailed, to whom, and what became of it: for admins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import fields

from libs.chassis import problems
from libs.chassis.web import (
    Blueprint,
    Choice,
    Instant,
    Page,
    PageQuery,
    Schema,
    decode_cursor,
    encode_cursor,
    page_of,
)
from libs.contracts.permissions import Action
from services.notifier.api.authorisation import require
from services.notifier.api.ports import ApiPorts
from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Rendered, Row, State, Unreadable, Why
from services.notifier.usecases.read_mail import read_mail
from services.notifier.usecases.read_mail_log import LoggedMail, LogQuery, read_mail_log

_STATES = tuple(str(state) for state in State)
UNREADABLE = "unreadable"
_KINDS = tuple(str(kind) for kind in MailKind)
_TITLES = {
    MailKind.CHECK_IN_DUE: "Check-ins due",
    MailKind.CHECK_IN_OVERDUE: "Check-ins overdue",
    MailKind.INVITATION: "Invitation",
    MailKind.PASSWORD_RESET: "Choose a new password",
}


class MailSchema(Schema):
    """One mail to one person. ``reason`` says why it was not sent, or not yet.

    An entry that cannot be read is of kind ``unreadable``.
    """

    id = fields.String(required=True)
    kind = Choice((*_KINDS, UNREADABLE), required=True)
    state = Choice(_STATES, required=True)
    reason = Choice(tuple(str(why) for why in Why), required=True, allow_none=True)
    subject = fields.String(required=True)
    recipient = fields.String(required=True, metadata={"description": "the address"})
    recipient_name = fields.String(required=True)
    person_id = fields.String(required=True)
    created_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)
    attempts = fields.Integer(required=True, metadata={"description": "how often the server said: later"})
    doubts = fields.Integer(
        required=True, metadata={"description": "how often nobody knew whether the mail had arrived"}
    )
    last_answer = fields.String(
        required=True, allow_none=True, metadata={"description": "the server's last word"}
    )


class RenderedMailSchema(MailSchema):
    """A mail with its bodies; links that open something are removed. Empty before it was sent."""

    text = fields.String(required=True)
    html = fields.String(required=True)


class MailLogQuery(PageQuery):
    """Filters of the mail log."""

    state = Choice(_STATES, metadata={"description": "Only mails in this state."})
    kind = Choice(_KINDS, metadata={"description": "Only mails of this kind."})


def mail_log_blueprint(ports: ApiPorts) -> Blueprint:
    """``/api/v1/mail-log``."""
    blueprint = Blueprint(
        "mail_log", __name__, url_prefix="/api/v1/mail-log", description="Mails, for admins"
    )

    @blueprint.get("")
    @blueprint.arguments(MailLogQuery, location="query")
    @blueprint.response(200, page_of(MailSchema))
    def list_mails(query: dict[str, Any]) -> Page[dict[str, Any]]:
        """The organisation's mails, newest first."""
        principal = require(Action.MAIL_LOG_READ)
        mails, more = read_mail_log(_asked(principal.organisation_id, query), ports.log, ports.copies)
        last = mails[-1].row if more else None
        return Page(
            [_shown(mail) for mail in mails],
            None if last is None else encode_cursor(last.created_at, last.id),
        )

    @blueprint.get("/<mail_id>")
    @blueprint.response(200, RenderedMailSchema)
    @blueprint.alt_response(404, description="No such mail in this organisation")
    def get_mail(mail_id: str) -> dict[str, Any]:
        """One mail as it was sent."""
        principal = require(Action.MAIL_LOG_READ)
        mail = read_mail(principal.organisation_id, mail_id, ports.log, ports.copies)
        if mail is None:
            raise problems.NotFound
        rendered = (mail.row.rendered if isinstance(mail.row, Row) else None) or Rendered(
            subject="", text="", html=""
        )
        return {**_shown(mail), "text": rendered.text, "html": rendered.html}

    return blueprint


def _asked(organisation_id: str, query: dict[str, Any]) -> LogQuery:
    cursor = decode_cursor(query["cursor"], datetime, str)
    return LogQuery(
        organisation_id=organisation_id,
        state=State(query["state"]) if "state" in query else None,
        kind=MailKind(query["kind"]) if "kind" in query else None,
        before=None if cursor is None else (cursor[0], cursor[1]),
        limit=query["limit"],
    )


def _shown(mail: LoggedMail) -> dict[str, Any]:
    row = mail.row
    if isinstance(row, Unreadable):
        return _said_of(row, mail)
    return {
        "id": row.id,
        "kind": str(row.kind),
        "state": str(row.state),
        "reason": None if row.why is None else str(row.why),
        "subject": row.rendered.subject if row.rendered else _about(row),
        "recipient": mail.email,
        "recipient_name": mail.name,
        "person_id": row.person_id,
        "created_at": row.created_at,
        "sent_at": row.finished_at if row.state is State.SENT else None,
        "attempts": row.attempts,
        "doubts": row.doubts,
        "last_answer": row.detail or None,
    }


def _said_of(row: Unreadable, mail: LoggedMail) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": UNREADABLE,
        "state": str(State.FAILED),
        "reason": str(Why.BROKEN),
        "subject": "This entry cannot be read",
        "recipient": mail.email,
        "recipient_name": mail.name,
        "person_id": row.person_id,
        "created_at": row.created_at,
        "sent_at": None,
        "attempts": 0,
        "doubts": 0,
        "last_answer": None,
    }


def _about(row: Row) -> str:
    return row.facts.title if isinstance(row.facts, ProgressFacts) else _TITLES[row.kind]
