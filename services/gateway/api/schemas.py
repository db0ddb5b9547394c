"""The gateway's own resources on the wire."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from libs.chassis.web import Choice, Id, Instant, PageQuery, Schema, Text
from services.gateway.domain.tokens import SCOPES

LONGEST_SECRET = 512


class Secret(ma.fields.String):
    """A password, code or link secret: text exactly as typed, never trimmed, never in an answer but once."""

    default_error_messages: dict[str, Any] = {  # noqa: RUF012  # as marshmallow declares it
        "required": "This field is needed.",
        "null": "This field may not be null.",
        "invalid": "Must be text.",
        "long": "Must be at most {max} characters long.",
        "empty": "This field is needed.",
    }

    def __init__(self, **options: Any) -> None:
        """The usual options of a field."""
        super().__init__(**options)
        self.metadata = {"minLength": 1, "maxLength": LONGEST_SECRET, "format": "password", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not value:
            raise self.make_error("empty")
        if len(value) > LONGEST_SECRET:
            raise self.make_error("long", max=LONGEST_SECRET)
        try:
            value.encode()  # a lone surrogate can be neither hashed nor stored
        except UnicodeEncodeError as error:
            raise self.make_error("invalid") from error
        return value


def scopes_field(**options: Any) -> ma.fields.List[str]:
    """What a token may do: read, write, or both."""
    return ma.fields.List(
        Choice(SCOPES), validate=ma.validate.Length(1, 2, error="Choose read, write, or both."), **options
    )


class SetupSchema(Schema):
    """The first set-up."""

    code = Secret(required=True, metadata={"description": "the one-time code in the gateway's log"})
    organisation_name = Text(1, 120, required=True)
    time_zone = Text(1, 64, required=True, metadata={"description": "an IANA name, such as Europe/Lisbon"})
    name = Text(1, 120, required=True, metadata={"description": "the first admin's name"})
    email = Text(3, 254, required=True)
    password = Secret(required=True, metadata={"description": "at least 12 characters"})
    token_name = Text(1, 80, load_default=lambda: None)
    scopes = scopes_field(load_default=lambda: list(SCOPES))


class SetUpSchema(Schema):
    """What the first set-up made."""

    organisation_id = Id(required=True)
    person_id = Id(required=True)
    token = ma.fields.String(
        metadata={"description": "the API token, where one was asked for; shown this once"}
    )


class AcceptInvitationSchema(Schema):
    """An invitation and the password chosen; with ``token_name`` the answer holds an API token."""

    token = Secret(required=True, metadata={"description": "the last part of the link in the mail"})
    password = Secret(required=True, metadata={"description": "at least 12 characters"})
    token_name = Text(1, 80, load_default=lambda: None)
    scopes = scopes_field(load_default=lambda: list(SCOPES))


class AcceptedInvitationSchema(Schema):
    """The account that is active now."""

    person_id = Id(required=True)
    organisation_id = Id(required=True)
    email = ma.fields.String(required=True)
    token = ma.fields.String(
        metadata={"description": "the API token, where one was asked for; shown this once"}
    )


class ResetRequestSchema(Schema):
    """Whose password is forgotten."""

    email = Text(3, 254, required=True)


class ResetSchema(Schema):
    """A reset link and the password chosen."""

    token = Secret(required=True, metadata={"description": "the last part of the link in the mail"})
    password = Secret(required=True, metadata={"description": "at least 12 characters"})


class PasswordSchema(Schema):
    """The password until now and the one from now on."""

    current = Secret(required=True)
    password = Secret(required=True, metadata={"description": "at least 12 characters"})


class NewTokenSchema(Schema):
    """The token wanted; it lasts 90 days unless said otherwise, a year at most."""

    name = Text(1, 80, required=True)
    scopes = scopes_field(load_default=lambda: ["read"])
    expires_at = Instant(load_default=lambda: None)


class TokenSchema(Schema):
    """A personal API token, without its secret."""

    id = Id(required=True)
    name = ma.fields.String(required=True)
    hint = ma.fields.String(required=True, metadata={"description": "how the secret begins"})
    scopes = ma.fields.List(ma.fields.String(), required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)


class MadeTokenSchema(TokenSchema):
    """A new token with its secret."""

    token = ma.fields.String(required=True, metadata={"description": "the secret; shown this once"})


class TokensSchema(Schema):
    """All of one's tokens."""

    items = ma.fields.List(ma.fields.Nested(TokenSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class AuditQuerySchema(PageQuery):
    """Which lines to read."""

    action = Text(1, 60, load_default=lambda: None, metadata={"description": "only this action"})


class AuditEntrySchema(Schema):
    """One line of the audit log."""

    id = Id(required=True)
    at = Instant(required=True)
    action = ma.fields.String(required=True)
    actor_id = ma.fields.String(required=True, allow_none=True)
    subject = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    correlation_id = ma.fields.String(required=True)
    detail = ma.fields.Dict(required=True)
