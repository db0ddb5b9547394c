"""Every problem that any service may answer with is documented, and explained where its `type` leads."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from libs.chassis import problems
from services.gateway.domain.problem_words import EXPLANATIONS

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(?P<slug>[a-z-]+)` \| (?P<status>\d{3}) \| (?P<meaning>.+) \| (?P<way_on>.+) \|$")
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(services.__path__, "services.")
    if not found.name.endswith("__main__")
)


@pytest.fixture(scope="module")
def rows() -> dict[str, re.Match[str]]:
    lines = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8").splitlines()
    return {row["slug"]: row for row in map(ROW.match, lines) if row is not None}


def declared() -> Iterator[type[problems.Problem]]:
    """Every problem of the project, all services imported."""
    for name in MODULES:
        importlib.import_module(name)
    waiting = [problems.Problem]
    while waiting:
        for subclass in waiting.pop().__subclasses__():
            waiting.append(subclass)
            if subclass.__module__.startswith(("services.", "libs.")):
                yield subclass


def test_every_problem_has_its_row_with_its_status(rows: dict[str, re.Match[str]]) -> None:
    missing = {found.type: found.status for found in declared()}
    assert {slug: int(rows[slug]["status"]) if slug in rows else None for slug in missing} == missing


def test_every_problem_of_the_chassis_is_in_its_catalogue(rows: dict[str, re.Match[str]]) -> None:
    assert {"not-found", "stale-revision", "invalid-fields"} <= set(problems.catalogue()) & set(rows)


def test_the_page_of_a_problem_says_the_same_as_the_document(rows: dict[str, re.Match[str]]) -> None:
    assert {slug: (int(row["status"]), row["meaning"], row["way_on"]) for slug, row in rows.items()} == {
        slug: (words.status, words.meaning, words.way_on) for slug, words in EXPLANATIONS.items()
    }


def test_one_slug_means_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for found in declared():
        statuses.setdefault(found.type, set()).add(found.status)
    assert {slug: found for slug, found in statuses.items() if len(found) > 1} == {}
