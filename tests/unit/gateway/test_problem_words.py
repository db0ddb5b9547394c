"""Every problem of every service is explained, where its type leads and in the documentation."""

from __future__ import annotations

import importlib
from pathlib import Path

from libs.chassis.problems import catalogue
from services.gateway.domain.problem_words import EXPLANATIONS

DOCUMENT = Path(__file__).parents[3] / "docs" / "problems.md"
SERVICES = ("goals", "checkins", "notifier", "gateway")


def known() -> set[str]:
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
    return {slug for slug in catalogue() if slug != "problem"}


def test_every_problem_of_every_service_is_explained() -> None:
    assert known() - set(EXPLANATIONS) == set()


def test_nothing_is_explained_that_cannot_happen() -> None:
    assert set(EXPLANATIONS) - known() == set()


def test_the_documentation_names_every_problem() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [slug for slug in EXPLANATIONS if f"`{slug}`" not in text] == []


def test_every_explanation_is_in_whole_sentences() -> None:
    for explanation in EXPLANATIONS.values():
        assert explanation.meaning.endswith(".")
        assert explanation.way_on.endswith(".")
        assert not explanation.title.endswith(".")
