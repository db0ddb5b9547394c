"""Every page of the web UI, by its address: taken from the application's own map of addresses.

A page that is new and takes a parameter which has no example here ends the run, so that none is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from services.gateway.app import DEVELOPMENT_PAGES, PAGES
from tests.e2e.platform import Company

ADMIN, LEAD, STRANGER = "Ines Larkspur", "Jun Alder", None

# Answers that are no whole page: parts of one, files, streams.
NO_PAGES: Final = frozenset(
    {
        "/live",
        "/people/found",
        "/objectives/parents",
        "/okrs/<objective_id>/rows",
        "/static/<path:name>",
        "/admin/mail-log/<mail_id>/body",
    }
)
STRANGERS: Final = ("/sign-in", "/password", "/invitations", "/unsubscribe", "/welcome")
# What the map of addresses cannot say: views of one page that look different.
VIEWS: Final = ("/okrs?owner=me", "/okrs?status=at_risk", "/nowhere-at-all")
# Parameters of which every value is a page that looks different.
CHOICES: Final = frozenset({"section", "status"})
ARGUMENT: Final = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")


@dataclass(frozen=True)
class PageAddress:
    """A page, and by whose eyes it is seen; None is a stranger."""

    path: str
    viewer: str | None
    title: str

    @property
    def name(self) -> str:
        """Return a name for files, the same in every run: the title with dashes."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "today"


def rules() -> list[Rule]:
    """Return the addresses that answer a GET with a page."""
    app = Flask("pages")
    for blueprint in (*PAGES, *DEVELOPMENT_PAGES):
        app.register_blueprint(blueprint)
    found = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [rule for rule in found if rule.endpoint != "static" and rule.rule not in NO_PAGES]


def every_page(company: Company) -> list[PageAddress]:
    """Return all pages of the demo company, in the order of their addresses."""
    return pages_with(examples_of(company))


def pages_with(examples: Mapping[str, str]) -> list[PageAddress]:
    """Return all pages with these examples for their parameters, in the order of their addresses.

    Raises:
        LookupError: a parameter has no example.
    """
    titles = {path: title for rule in rules() for path, title in _paths(rule, examples)}
    titles |= {path: path for path in VIEWS}
    return [PageAddress(path, _viewer(path), titles[path]) for path in sorted(titles)]


def _viewer(path: str) -> str | None:
    if path.startswith(STRANGERS):
        return STRANGER
    return ADMIN if path.startswith(("/admin", "/first-steps")) else LEAD


def _paths(rule: Rule, examples: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a rule with their titles, one for each example of its parameter."""
    names = ARGUMENT.findall(rule.rule)
    if not names:
        yield rule.rule, rule.rule
        return
    for values in _values(names, rule.rule, examples):
        path = rule.rule
        for name in names:
            path = re.sub(rf"<(?:[^:<>]+:)?{name}>", values[name], path)
        chosen = names[0] in CHOICES
        yield path, path if chosen else ARGUMENT.sub(r"{\1}", rule.rule)


def _values(names: list[str], rule: str, examples: Mapping[str, str]) -> list[dict[str, str]]:
    if "section" in names:
        (choices,) = re.findall(r"any\(([^)]*)\):section", rule)
        return [{"section": choice.strip()} for choice in choices.split(",")]
    if "status" in names:
        return [{"status": status} for status in ("404", "500", "503")]
    missing = [name for name in names if name not in examples]
    if missing:
        msg = f"{rule} needs an example of {missing}"
        raise LookupError(msg)
    return [{name: examples[name] for name in names}]


def examples_of(company: Company) -> dict[str, str]:
    """Return examples of parameters from the demo company."""
    own = company.people[LEAD]
    api, admin = company.api(LEAD), company.api(ADMIN)
    key_results = api.every(f"/key-results?owner_id={own}&cycle_id={company.running_cycle['id']}")
    key_result = max(key_results, key=lambda known: len(api.every(f"/key-results/{known['id']}/check-ins")))
    check_ins = api.every(f"/key-results/{key_result['id']}/check-ins")
    own_entry = next((entry for entry in check_ins if entry["author_id"] == own), check_ins[0])
    return {
        "objective_id": key_result["objective_id"],
        "key_result_id": key_result["id"],
        "check_in_id": own_entry["id"],
        "person_id": company.people["Wanjiru Moss"],
        "team_id": company.teams["Platform Operations"],
        "cycle_id": company.running_cycle["id"],
        "mail_id": admin.call("GET", "/mail-log?limit=1")["items"][0]["id"],
        "slug": "not-found",
        "token": "a-link-that-is-over",
    }
