"""Pieces of pages that are written once: they say nothing but what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from jinja2 import Environment, meta, nodes

from services.gateway.web import pieces
from tests.unit.gateway.pages.conftest import Browser, Stage
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
# Globals that follow from what they are given; all others may differ with each answer.
STEADY = frozenset({"asset", "drawn_icon", "link", "range", "status_word", "stone", "piece"})


def calls(environment: Environment) -> Iterator[tuple[str, frozenset[str]]]:
    """Every piece that a template asks for, with the names of what it is told."""
    for name in environment.list_templates(extensions=["html"]):
        for call in _parsed(environment, name).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "piece":
                assert isinstance(call.args[0], nodes.Const)
                yield call.args[0].value, frozenset(told.key for told in call.kwargs)


def reached(environment: Environment, name: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Every name that the piece, or a macro that it uses, reads from outside, with where it does."""
    parsed = _parsed(environment, name)
    yield name, _read_from_outside(environment, parsed)
    used = {each.attr for each in parsed.find_all(nodes.Getattr)}
    for other in environment.list_templates(filter_func=lambda each: each.startswith("components/")):
        if other.endswith(".html"):
            for macro in _parsed(environment, other).find_all(nodes.Macro):
                if macro.name in used:
                    alone = nodes.Template([macro], lineno=1)
                    yield f"{other} {macro.name}", _read_from_outside(environment, alone)


def _read_from_outside(environment: Environment, template: nodes.Template) -> frozenset[str]:
    """Return the names, globals among them: the library leaves out those that its environment knows."""
    bare = environment.overlay()
    bare.globals = {}
    template.set_environment(bare)
    return frozenset(meta.find_undeclared_variables(template))


def _parsed(environment: Environment, name: str) -> nodes.Template:
    assert environment.loader is not None
    return environment.parse(environment.loader.get_source(environment, name)[0])


def test_a_piece_reads_only_what_it_is_told(stage: Stage) -> None:
    environment = stage.app.jinja_env
    changing = environment.globals.keys() - STEADY
    asked = list(calls(environment))
    assert len(asked) >= 8
    for name, told in asked:
        for where, read in reached(environment, name):
            assert not read & changing, (where, read & changing)
            assert where != name or read <= told | STEADY, (name, read - told - STEADY)


def test_nobody_is_shown_what_was_written_for_another(as_person: As, company: Store) -> None:
    for person_id in ("jun", "odo", "jun"):
        page = as_person(person_id).open("/okrs").get_data(as_text=True)
        assert f"Sign in as {company.people[person_id].name} and" in page
        assert page.count("Sign in as") == 1


def test_a_piece_is_written_in_the_viewers_locale(as_person: As, company: Store) -> None:
    for locale, reads in (("en-GB", "%"), ("de-DE", "\u00a0%"), ("en-GB", "%")):
        company.people["jun"] = replace(company.people["jun"], locale=locale)
        page = as_person("jun").open("/okrs").get_data(as_text=True)
        ruler = page.split('class="ruler"')[1].split(" of the cycle has passed")[0]
        assert ruler.split(": ")[-1].lstrip("0123456789") == reads


def test_a_piece_is_written_anew_when_it_is_told_else(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECES_KEPT", 2)
    monkeypatch.setattr(pieces, "_WRITTEN", {})
    with stage.app.test_request_context("/"):
        written = stage.app.jinja_env.globals["piece"]
        assert callable(written)
        said = [written("layout/sending.html", name=name) for name in ("Ada <b>", "Bo", "Cy", "Ada <b>")]
    assert [said[0] == other for other in said] == [True, False, False, True]
    assert "Ada &lt;b&gt;" in said[0]


def test_what_can_change_is_written_each_time(stage: Stage) -> None:
    item = {"id": ["1"], "name": "Q1", "starts_on": None, "ends_on": None, "weeks": 1, "elapsed": 0.5}
    with stage.app.test_request_context("/"):
        written = stage.app.jinja_env.globals["piece"]
        assert callable(written)
        first = written("layout/ruler.html", cycle=item)
        item["name"] = "Q2"
        assert "Q1" in first
        assert "Q2" in written("layout/ruler.html", cycle=item)
