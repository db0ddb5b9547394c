"""What a refused rule is over HTTP: the error on the left, the problem on the right."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from libs.chassis import problems
from services.checkins.domain import errors


class CycleClosed(problems.Conflict):
    """The cycle is closed, so its key results take no more check-ins."""

    type = "cycle-closed"
    title = "The cycle is closed"


class KeyResultAbandoned(problems.Conflict):
    """Nobody pursues the key result any more."""

    type = "key-result-abandoned"
    title = "The key result was abandoned"


class UndoExpired(problems.Conflict):
    """A check-in can be undone for ten seconds; later it can be revised."""

    type = "undo-expired"
    title = "It is too late to undo"


class CheckInWithdrawn(problems.Conflict):
    """What was undone cannot be revised."""

    type = "check-in-withdrawn"
    title = "This check-in was undone"


class TooManyVersions(problems.Conflict):
    """A check-in keeps all its versions, so there is an end to them."""

    type = "too-many-versions"
    title = "This check-in was revised too often"


class IdempotencyKeyReused(problems.Unprocessable):
    """The same key came with another body."""

    type = "idempotency-key-reused"
    title = "This idempotency key was used for something else"


TABLE: dict[type[errors.CheckInsError], type[problems.Problem]] = {
    errors.Unknown: problems.NotFound,
    errors.NotAllowed: problems.Forbidden,
    errors.KeyReused: IdempotencyKeyReused,
    errors.InvalidFields: problems.Unprocessable,
    errors.Stale: problems.PreconditionFailed,
    errors.Unreachable: problems.Unavailable,
    errors.Contended: problems.Unavailable,
    errors.CycleIsClosed: CycleClosed,
    errors.KeyResultAbandoned: KeyResultAbandoned,
    errors.UndoExpired: UndoExpired,
    errors.AlreadyWithdrawn: CheckInWithdrawn,
    errors.RevisedTooOften: TooManyVersions,
    errors.Refused: problems.Conflict,
}


def problem_of(error: errors.CheckInsError) -> problems.Problem:
    """The problem that tells this error, with every field that is wrong."""
    cls = next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), problems.Conflict)
    found = error.errors if isinstance(error, errors.InvalidFields) else ()
    wrong = [problems.FieldError(_pointer(item.field), item.message) for item in found]
    made = {"made": error.made} if isinstance(error, errors.KeyReused) and error.made else {}
    return cls(str(error), errors=wrong, extra=made)


def _pointer(field: str) -> str:
    return f"headers:{field}" if field[0].isupper() else f"/{field}"


def install(app: Flask) -> None:
    """Refused rules are answered as problems."""

    def refused(error: errors.CheckInsError) -> Any:
        return problems.response_of(problem_of(error), request.path)

    app.register_error_handler(errors.CheckInsError, refused)
