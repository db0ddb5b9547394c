"""The list below a field that looks for people."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from services.gateway.web import choices
from services.gateway.web.frame import services
from services.gateway.web.viewer import signed_in

blueprint = Blueprint("people", __name__, url_prefix="/people")
FIELDS = {
    "owner_id": "Owner",
    "delegate_id": "Delegate",
    "lead_id": "Lead",
    "member_ids": "Members",
}


@blueprint.get("/found")
@signed_in
def found() -> str:
    """The people of whom the words are part of the name; those chosen so far stay."""
    asked = request.args
    name = asked.get("name", "")
    name = name if name in FIELDS else "owner_id"
    many = "many" in asked
    chosen = asked.getlist(name)
    return render_template(
        "people/found.html",
        name=name,
        label=FIELDS[name],
        people=choices.people(services().goals, chosen, asked.get(f"{name}_words", "")[:100]),
        value=set(chosen) if many else next(iter(chosen), ""),
        many=many,
        empty=asked.get("empty", "")[:40] or None,
    )
