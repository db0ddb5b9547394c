"""`/design`: every component in every state; registered in development only."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request

from services.gateway.web import charts, formatting, presentation

blueprint = Blueprint("design", __name__, url_prefix="/design")

PEOPLE = (
    {"id": "p1", "name": "Jun Alder"},
    {"id": "p2", "name": "Ines Larkspur"},
    {"id": "p3", "name": "Odo Hartfeld"},
    {"id": "p4", "name": "Priya Thornbury"},
    {"id": "p6", "name": "Teofilus Rowan-Featherstonehaugh the Younger"},
)


@blueprint.get("/")
def show() -> str:
    """Every component; `?theme=` and `?dir=` turn the page without touching the cookie."""
    return render_template("design/design.html", **context(request.args.get("dir", "ltr"), request.args.get("theme")))


@blueprint.get("/account")
def account() -> str:
    """The layout of sign-in, with a form that came back."""
    return render_template("design/account.html", page={"title": "Sign in"}, **chosen_theme(request.args.get("theme")))


@blueprint.get("/errors/<int:status>")
def error(status: int) -> str:
    """The page for what goes wrong, as a member sees it."""
    return render_template("errors/error.html", status=status, correlation_id="0190-example", **shell(request.args.get("theme")))


def chosen_theme(theme: str | None) -> dict[str, str]:
    """The theme that the address asks for, else the visitor's own."""
    return {"theme": theme if theme in presentation.THEMES else presentation.theme()}


def shell(theme: str | None, direction: str = "ltr") -> dict[str, Any]:
    """The layout's context for a fictional person in a running quarter."""
    today = presentation.today()
    starts_on, ends_on = today - timedelta(days=47), today + timedelta(days=43)
    cycle = {"id": "c1", "name": "Q4 2031", "starts_on": starts_on, "ends_on": ends_on, "weeks": 13, "week": 7, "elapsed": 0.52, "state": "active"}
    before = {"id": "c0", "name": "Q3 2031", "starts_on": starts_on - timedelta(days=92), "ends_on": starts_on - timedelta(days=1), "state": "closed"}
    after = {"id": "c2", "name": "Q1 2032", "starts_on": ends_on + timedelta(days=1), "ends_on": ends_on + timedelta(days=90), "state": "planning"}
    viewer = PEOPLE[0] | {"email": "jun.alder@fernhollow.example", "roles": ("admin",), "locale": "en_GB", "time_zone": "UTC"}
    return {
        "page": {"title": "Design", "nav": "okrs", "crumbs": [("Q4 2031", "/okrs"), ("A company objective", "/okrs"), ("Here", None)], "dir": direction},
        "viewer": viewer, "cycle": cycle, "cycles": [cycle, after, before], "owed": 3,
    } | chosen_theme(theme)


def context(direction: str, theme: str | None) -> dict[str, Any]:
    """The shell's context and one example of everything."""
    around = shell(theme, direction)
    return around | {
        "people": PEOPLE,
        "statuses": tuple(formatting.STATUS_WORDS),
        "owed_items": owed_items(),
        "form": form_state(),
        "rows": tree_rows(),
        "falling": series(95, 30, (95, 91, 84, 85, 80, 78), around["cycle"], "27 points behind plan"),
        "rising": series(0, 20, (1, 4, 9, 14, 17, 23), around["cycle"], ""),
        "first": series(21, 9, (20,), around["cycle"], ""),
        "history": history(),
    }


def owed_items() -> list[dict[str, Any]]:
    """Three check-ins: behind on a falling metric, a boolean, one with nothing yet."""
    today = presentation.today()
    base = {"url": "#", "team": "Platform Operations", "due_on": today, "raw_progress": None}
    return [
        base | {"id": "k1", "title": "Median time to restore service", "status": "at_risk", "kind": "metric", "unit": "min", "start": 95.0, "target": 30.0, "current": 78.0, "last_as_of": today - timedelta(days=7), "progress": 0.26, "expected": 0.53, "confidence": 3},
        base | {"id": "k2", "title": "Roll-back rehearsed in every service", "status": "on_track", "kind": "boolean", "unit": None, "start": 0, "target": 1, "current": 0.0, "last_as_of": today - timedelta(days=6), "progress": 0.0, "expected": 0.1, "confidence": 7, "due_on": today + timedelta(days=1)},
        base | {"id": "k3", "title": "Incident reviews led", "status": "awaiting_first_check_in", "kind": "metric", "unit": None, "start": 0.0, "target": 6.0, "current": None, "last_as_of": None, "progress": 0.0, "expected": 0.53, "confidence": None, "due_on": today - timedelta(days=2)},
    ]


def form_state() -> dict[str, Any]:
    """A form as it is first shown."""
    return {"action": "#", "key": "example", "values": None, "errors": None, "skip": "#", "thresholds": {"on_track_gap": 0.1, "behind_gap": 0.25, "low_confidence": 3}}


def tree_rows() -> list[dict[str, Any]]:
    """A small tree with every kind of row."""
    today = presentation.today()

    def row(kind: str, key: str, title: str, depth: int, status: str, progress: float | None, **more: Any) -> dict[str, Any]:
        return {"kind": kind, "id": key, "title": title, "url": "#", "depth": depth, "status": status, "progress": progress, "raw_progress": None, "expected": 0.52, "weakest": None, "confidence": 6, "owner": PEOPLE[depth % 4], "team": None, "next_check_in_on": today + timedelta(days=2), "owed": False, "has_children": False} | more

    return [
        row("objective", "o1", "Customers trust us with the systems they cannot afford to lose", 0, "on_track", 0.58, weakest={"progress": 0.26, "status": "at_risk"}, has_children=True),
        row("key_result", "k11", "Hosted systems available", 1, "on_track", 0.92, measure="metric", start=99.5, target=99.9, unit="%", confidence=8),
        row("key_result", "k12", "Median time to restore service", 1, "at_risk", 0.26, measure="metric", start=95, target=30, unit="min", confidence=3, next_check_in_on=today, owed=True),
        row("objective", "o2", "Recover before customers notice", 2, "behind", 0.32, weakest={"progress": 0.19, "status": "at_risk"}, has_children=True, team="Platform Operations", confidence=4),
        row("key_result", "k21", "Roll-back rehearsed in every service", 3, "stale", 0.48, measure="boolean", next_check_in_on=today - timedelta(days=4), owed=True),
        row("objective", "o3", "New customers feel at home in their first month", 0, "achieved", 1.0, has_children=True, weakest={"progress": 0.9, "status": "on_track"}),
        row("key_result", "k31", "Customers certified on their own platform", 1, "achieved", 1.0, raw_progress=1.18, measure="metric", start=0, target=12, unit=None, confidence=10, next_check_in_on=None),
        row("key_result", "k32", "Baseline for internal moves recorded", 1, "awaiting_first_check_in", 0.0, measure="boolean", confidence=None),
        row("objective", "o4", "We sell only what we can run well", 0, "too_early", None, confidence=None, owner=None),
    ]


def series(start: float, target: float, values: tuple[float, ...], cycle: dict[str, Any], gap: str) -> charts.Series:
    """A chart's series with a check-in a week."""
    begin = cycle["starts_on"] + timedelta(days=5)
    readings = [charts.Reading(begin + timedelta(days=7 * week), value, revised=week == len(values) - 2, note={2: 1, 4: 2}.get(week)) for week, value in enumerate(values)]
    return charts.Series("Median time to restore service", start, target, cycle["starts_on"], cycle["ends_on"], readings, presentation.today(), "min", gap)


def history() -> list[dict[str, Any]]:
    """Check-ins with a revision, one withdrawn, one by a delegate."""
    today = presentation.today()
    return [
        {"id": "h3", "as_of": today - timedelta(days=7), "value": 78.0, "previous": 80.0, "confidence": 3, "author": PEOPLE[0], "note": "First rehearsed failover took 31 minutes.", "challenge": "Daytime incidents still wait for one person.", "adjustment": None, "latest": True, "edit_url": "#", "revisions": [{"at": "2031-11-11T10:42:00+00:00", "author": PEOPLE[0], "was": 68.0, "value": 78.0, "reason": "mean instead of median"}]},
        {"id": "h2", "as_of": today - timedelta(days=14), "value": 80.0, "previous": 85.0, "confidence": 5, "author": PEOPLE[3], "on_behalf_of": "Jun", "note": "Rota split is paying off at night. Days are unchanged.", "revisions": []},
        {"id": "h1", "as_of": today - timedelta(days=21), "value": 40.0, "previous": None, "confidence": 5, "author": PEOPLE[0], "note": None, "withdrawn": True, "revisions": []},
    ]
