"""What can be wrong with an account, as problems: the error on the left, the answer on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from libs.chassis.problems import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    NotFound,
    Problem,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)
from services.gateway.domain import errors


class AlreadySetUp(Conflict):
    """There is an organisation; the first set-up is over."""

    type = "already-set-up"
    title = "Cairn is set up already"


class WrongSetupCode(Forbidden):
    """The code is not the one in the log."""

    type = "wrong-setup-code"
    title = "This is not the set-up code"


class LinkUnusable(Gone):
    """The secret of an invitation or reset link was used, has expired, or is none of ours."""

    type = "link-unusable"
    title = "This link no longer works"


class EmailTaken(Conflict):
    """Another account signs in with this address."""

    type = "email-taken"
    title = "This e-mail address is taken"


class TooManyTokens(Conflict):
    """The person holds as many live tokens as one may."""

    type = "too-many-tokens"
    title = "You have as many tokens as one may have"


class InsufficientScope(Forbidden):
    """The token may read only, and this would write (or the reverse)."""

    type = "insufficient-scope"
    title = "This token may not do that"


class ForeignRequest(Forbidden):
    """A write with a session's cookie, but without the token of our own page."""

    type = "foreign-request"
    title = "This request did not come from a page of ours"


def problem_of(error: errors.AccountError) -> Problem:
    """What the client is told of this error."""
    return ANSWERS[type(error)](error)


def _fields(error: Any) -> Problem:
    count = len(error.fields)
    return Unprocessable(
        f"{count} field{'s are' if count > 1 else ' is'} not right: see errors.",
        errors=[FieldError(f"/{name}", message) for name, message in error.fields.items()],
    )


def _later(error: Any) -> Problem:
    msg = f"That was too many attempts. Try again in {error.retry_after} seconds."
    return TooManyRequests(msg, headers={"Retry-After": str(error.retry_after)})


ANSWERS: Final[dict[type[errors.AccountError], Callable[[Any], Problem]]] = {
    errors.WrongCredentials: lambda _: Forbidden("The e-mail and the password do not belong together."),
    errors.TooManyAttempts: _later,
    errors.LinkUnusable: lambda _: LinkUnusable("It was used already or has expired. Ask for another one."),
    errors.WrongPassword: lambda _: Unprocessable(
        "The current password is another one.",
        errors=[FieldError("/current", "This is not your current password.")],
    ),
    errors.WeakPassword: lambda error: Unprocessable(
        "The password is too easy to guess.", errors=[FieldError("/password", error.reason)]
    ),
    errors.InvalidFields: _fields,
    errors.WrongSetupCode: lambda _: WrongSetupCode(
        "The code stands in the gateway's log, in the line setup.code."
    ),
    errors.AlreadySetUp: lambda _: AlreadySetUp(
        "There is an organisation already. Sign in, or ask to be invited."
    ),
    errors.EmailTaken: lambda _: EmailTaken("Another account signs in with this address."),
    errors.TokenUnknown: lambda _: NotFound("You have no such token."),
    errors.TooManyTokens: lambda error: TooManyTokens(f"Revoke one of your {error.limit} tokens first."),
    errors.Busy: lambda error: Unavailable(
        "Too many passwords are being checked right now. Try again.", retry_after=error.retry_after
    ),
}
