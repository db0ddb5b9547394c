"""`/design`: every component in every state; registered in development only."""

from typing import Any

from flask import Blueprint, render_template, request

from services.gateway.web import design_examples, presentation

blueprint = Blueprint("design", __name__, url_prefix="/design")


@blueprint.get("")
def show() -> str:
    """Every component; `?theme=` and `?dir=` turn the page without touching the cookie."""
    return render_template(
        "design/design.html", **around(), **design_examples.everything(presentation.today())
    )


@blueprint.get("/account")
def account() -> str:
    """The layout of sign-in, with a form that came back."""
    return render_template("design/account.html", page={"title": "Sign in"}, theme=chosen_theme())


@blueprint.get("/errors/<int:status>")
def error(status: int) -> str:
    """The page for what goes wrong, as a member sees it."""
    return render_template("errors/error.html", status=status, correlation_id="0190-example", **around())


def around() -> dict[str, Any]:
    """The layout's context, turned as the address asks."""
    shell = design_examples.shell(presentation.today())
    shell["page"]["dir"] = "rtl" if request.args.get("dir") == "rtl" else "ltr"
    return shell | {"theme": chosen_theme()}


def chosen_theme() -> str:
    """The theme that the address asks for, else the visitor's own."""
    asked = request.args.get("theme")
    return asked if asked in presentation.THEMES else presentation.theme()
