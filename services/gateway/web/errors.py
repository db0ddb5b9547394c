"""Problems as pages: what is true, and one way on."""

from __future__ import annotations

import contextlib

from flask import Response, flash, g, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from libs.chassis.problems import InternalError, Problem, TooManyRequests, Unauthenticated, response_of
from libs.chassis.telemetry import correlation_id
from services.gateway.domain.browser import is_foreign
from services.gateway.domain.kept_forms import Fields, without_secrets
from services.gateway.web.field_words import PROSE, label_of
from services.gateway.web.links import redirect
from services.gateway.web.security import PressAgain, shows_our_token
from services.gateway.web.viewer import page_before, to_sign_in, viewer_or_none

LEFT_ALONE = frozenset({403, 404, 409, 410})
JSON_TYPES = ("application/json", "application/problem+json")


def problem_page(problem: Problem) -> BaseResponse:
    """The problem for who asked: a page for people, JSON for programs, the sign-in page for who is nobody."""
    if wants_json():
        return response_of(problem, request.path)
    if isinstance(problem, Unauthenticated):
        return to_sign_in()
    if isinstance(problem, PressAgain):  # of a view that has no form to show again: a button, mostly
        flash(problem.detail, "problem")
        return redirect(page_before())
    g.page_kind = "problem"
    with_viewer()
    response: Response = make_response(
        render_template(
            "errors/error.html",
            page={"title": problem.title},
            problem=problem,
            status=problem.status,
            correlation_id=correlation_id(),
            again=_fields_to_send_again(problem),
            kept=_words_to_keep(problem),
        ),
        problem.status,
        problem.headers,
    )
    return response


def _fields_to_send_again(problem: Problem) -> Fields | None:
    """Return what was typed, for a button that sends it again, where that may help; null elsewhere."""
    may_help = problem.status >= InternalError.status or isinstance(problem, TooManyRequests)
    if request.method != "POST" or not may_help or is_foreign(request.headers.get("Sec-Fetch-Site")):
        return None
    if not shows_our_token():
        return None
    return without_secrets(request.form.items(multi=True))


def _words_to_keep(problem: Problem) -> list[tuple[str, str]]:
    """Return what was typed into a form that cannot be shown again: its thing is gone, or not theirs."""
    if request.method != "POST" or problem.status not in LEFT_ALONE or not shows_our_token():
        return []
    return [(label_of(name), text) for name, text in request.form.items() if name in PROSE and text.strip()]


def with_viewer() -> None:
    """The page has the viewer's navigation where one is signed in; without a database it does without."""
    with contextlib.suppress(Problem):
        viewer_or_none()


def wants_json() -> bool:
    """Whether the one who asks reads JSON rather than pages."""
    best = request.accept_mimetypes.best_match(["text/html", *JSON_TYPES], default="application/json")
    return best in JSON_TYPES
