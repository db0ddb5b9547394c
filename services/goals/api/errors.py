"""Which refusal of the domain is which problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import flask

from libs.chassis import problems
from services.goals.domain import errors


class CycleClosedProblem(problems.Conflict):
    """The cycle is closed."""

    type = "cycle-closed"
    title = "The cycle is closed"


class HasChildrenProblem(problems.Conflict):
    """Something still hangs beneath it."""

    type = "has-children"
    title = "Something still hangs beneath it"


class TeamInUseProblem(problems.Conflict):
    """Sub-teams or objectives still belong to the team."""

    type = "team-in-use"
    title = "The team is still in use"


class LastAdminProblem(problems.Conflict):
    """Nobody could govern the organisation any more."""

    type = "last-admin"
    title = "An organisation needs an admin"


class KeyReusedProblem(problems.Unprocessable):
    """The idempotency key came with another body before."""

    type = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"


# The first class that fits decides, so the narrower ones stand above the wider.
TABLE: Final[Mapping[type[errors.GoalsError], type[problems.Problem]]] = {
    errors.Unknown: problems.NotFound,
    errors.NotAllowed: problems.Forbidden,
    errors.InvalidFields: problems.Unprocessable,
    errors.KeyReused: KeyReusedProblem,
    errors.Stale: problems.PreconditionFailed,
    errors.Contended: problems.Unavailable,
    errors.CycleIsClosed: CycleClosedProblem,
    errors.HasChildren: HasChildrenProblem,
    errors.TeamInUse: TeamInUseProblem,
    errors.LastAdmin: LastAdminProblem,
    errors.Refused: problems.Conflict,
}


def problem_of(error: errors.GoalsError) -> problems.Problem:
    """The problem that tells the client of this refusal."""
    cls = next(
        (problem for refusal, problem in TABLE.items() if isinstance(error, refusal)), problems.Conflict
    )
    if isinstance(error, errors.InvalidFields):
        fields = [problems.FieldError(_pointer(item.field), item.message) for item in error.errors]
        return cls(str(error), errors=fields)
    if isinstance(error, errors.KeyReused) and error.made is not None:
        return cls(str(error), extra={"made": error.made})
    return cls(str(error))


def install(app: flask.Flask) -> None:
    """Refusals of the domain are rendered as problems."""

    def render(error: errors.GoalsError) -> flask.Response:
        return problems.response_of(problem_of(error), flask.request.path)

    app.register_error_handler(errors.GoalsError, render)


# A GET has no body: what is wrong there is in the query.
def _pointer(field: str) -> str:
    if flask.has_request_context() and flask.request.method == "GET":
        return f"?{field}"
    return "/" + field.replace(".", "/")
