"""Whatever people write turns nothing beside it: every page, with titles that never end their override."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from libs.language.isolation import CONTROLS, balanced
from tests.unit.gateway.pages.conftest import Browser, Stage
from tests.unit.gateway.pages.memory_store import Store

WRITTEN = frozenset(
    {"title", "name", "why", "contribution", "note", "challenge", "adjustment", "description", "unit"}
)
BEGIN, END = "\u202eא", "ת"
ONE = re.compile(rf"\s*{BEGIN}[^{BEGIN[0]}]*{END}\s*")
VOID = frozenset({"input", "br", "link", "meta", "hr", "img", "use", "path", "circle", "rect", "line"})
READ_ALOUD = frozenset({"aria-label", "title", "placeholder", "alt", "label"})
PAGES = (
    "/",
    "/okrs",
    "/okrs?team=ops&status=behind",
    "/check-in",
    "/check-in?key_result=k-drill",
    "/objectives/o-trust",
    "/objectives/o-recover",
    "/objectives/o-recover/edit",
    "/objectives/o-recover/align",
    "/objectives/new?parent=objective:o-trust",
    "/objectives/o-trust/key-results/new",
    "/key-results/k-restore",
    "/key-results/k-runbook",
    "/key-results/k-restore/edit",
    "/settings",
    "/admin",
    "/admin/people/invite",
    "/admin/people/jun",
    "/admin/teams/new",
    "/admin/teams/ops",
    "/admin/cycles/now",
    "/people/found?name=owner_id&owner_id_words=a",
)


def hostile(thing: Any, name: str = "") -> Any:
    """The thing with every text that people write turned round, and one sign too many at its end."""
    if isinstance(thing, str):
        return f"{BEGIN}{thing}{END}\u2069" if name in WRITTEN and thing else thing
    if isinstance(thing, dict):
        return {key: hostile(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(hostile(value) for value in thing)
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {
            each.name: hostile(getattr(thing, each.name), each.name) for each in dataclasses.fields(thing)
        }
        return dataclasses.replace(thing, **fields)
    return thing


class Reader(HTMLParser):
    """Collects what stands where: the innermost element, whether it isolates, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool, list[str]]] = []
        self.faults: list[str] = []
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in given.items():
            if value and name in READ_ALOUD:
                self.judge(value, f"{tag} {name}")
            elif value and "<bdi" in value:
                self.faults.append(f"{tag} {name}: {value}")
        if tag == "input" and BEGIN in (given.get("value") or "") and given.get("type") != "hidden":
            self.seen += 1
            if given.get("dir") != "auto":
                self.faults.append(f"input {given.get('name')} without dir=auto")
        if tag not in VOID:
            self.open.append((tag, tag == "bdi" or given.get("dir") == "auto", []))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][2].append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, isolates, texts = self.open.pop()
            text = "".join(texts)
            if name in {"script", "style"}:
                pass
            elif name == "textarea":
                if BEGIN in text and not isolates:
                    self.faults.append("textarea without dir=auto")
            elif not (isolates and ONE.fullmatch(text)):
                self.judge(text, name)
            elif BEGIN in text:
                self.seen += 1
            if name == tag:
                return

    def judge(self, text: str, where: str) -> None:
        """What turns the direction stands in an isolate of its own, and ends in it."""
        self.seen += text.count(BEGIN)
        alone, before = text, ""
        while alone != before:
            alone, before = re.sub(r"\u2068([^\u2068\u2069]*)\u2069", _gone, alone), alone
        if CONTROLS & set(alone):
            self.faults.append(f"{where}: {ascii(' '.join(text.split()))[:160]}")
        if balanced(text) != text:
            self.faults.append(f"{where} is not balanced: {ascii(text)[:160]}")


def _gone(found: re.Match[str]) -> str:
    """Nothing for an isolate that holds one text, or none; what holds more stays."""
    return "" if BEGIN not in found[1] or ONE.fullmatch(found[1]) else found[1]


@pytest.fixture
def turned(company: Store) -> Store:
    """The company with hostile names and titles."""
    changed = hostile(company)
    for each in dataclasses.fields(company):
        setattr(company, each.name, getattr(changed, each.name))
    return company


@pytest.mark.usefixtures("turned")
@pytest.mark.parametrize("path", PAGES)
def test_what_people_wrote_is_isolated_on_every_page(as_person: Callable[[str], Browser], path: str) -> None:
    answer = as_person("ines").open(path)
    assert answer.status_code == 200
    reader = Reader()
    reader.feed(answer.get_data(as_text=True))
    assert not reader.faults, "\n".join(reader.faults)
    assert reader.seen > 0


@pytest.mark.usefixtures("turned")
@pytest.mark.parametrize("person", ["ines", "jun"])
def test_no_page_of_an_own_address_is_forgotten(
    as_person: Callable[[str], Browser], stage: Stage, person: str
) -> None:
    """Every address without a parameter that answers with a page, also those that nobody listed above."""
    rules = [
        rule
        for rule in stage.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    read = 0
    for rule in rules:
        answer = as_person(person).open(rule.rule)
        if (
            answer.status_code == 200
            and answer.mimetype == "text/html"
            and not rule.rule.startswith("/design")
        ):
            reader = Reader()
            reader.feed(answer.get_data(as_text=True))
            assert not reader.faults, "\n".join([rule.rule, *reader.faults])
            read += 1
    assert read >= 8
