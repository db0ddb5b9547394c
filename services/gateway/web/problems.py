"""``/problems/<slug>``: where the ``type`` of every problem leads."""

from __future__ import annotations

from flask import Blueprint, render_template

from libs.chassis.problems import NotFound
from services.gateway.domain.problem_words import EXPLANATIONS
from services.gateway.web.viewer import viewer_or_none

blueprint = Blueprint("problems", __name__)


@blueprint.get("/problems/<slug>")
def explain(slug: str) -> str:
    """What the problem means and what to do.

    Raises:
        NotFound: there is no such problem.
    """
    explanation = EXPLANATIONS.get(slug)
    if explanation is None:
        raise NotFound
    viewer_or_none()
    return render_template(
        "problems/explanation.html", page={"title": explanation.title}, slug=slug, problem=explanation
    )
