"""docs/events.md tells of every event: when, with what, and who hears it."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.events.shapes import EVENTS, shapes

ROOT = Path(__file__).parents[3]
SECTION = re.compile(r"^### `(?P<type>[^`]+)`\n(?P<body>.*?)(?=^##)", re.MULTILINE | re.DOTALL)
LIVE = "gateway (live pages)"


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sections(text: str) -> dict[str, str]:
    return {found["type"]: found["body"] for found in SECTION.finditer(text)}


def test_every_event_has_its_section_and_every_section_its_event(sections: dict[str, str]) -> None:
    assert set(sections) == {event.TYPE for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_the_fields_of_a_payload_are_listed(event: type[Any], sections: dict[str, str]) -> None:
    listed = sections[event.TYPE].partition("Payload: ")[2]
    assert re.findall(r"`(\w+)`", listed) == [field.name for field in dataclasses.fields(event)]


def test_the_parts_of_payloads_are_listed_with_their_fields(text: str) -> None:
    rows = dict(
        re.findall(r"^\| (\w+) \| ([^|]+) \|", text.partition("## Parts of payloads")[2], re.MULTILINE)
    )
    types = {event.TYPE for event in EVENTS}
    for name, fields in shapes().items():
        if name not in types:
            assert re.findall(r"`(\w+)`", rows[name]) == list(fields)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_who_hears_an_event_is_as_the_subscriptions_say(event: type[Any], sections: dict[str, str]) -> None:
    said = re.search(r"Heard by: ([^.]+)\.", sections[event.TYPE])
    assert said is not None
    assert said[1] == (", ".join(sorted(listeners(event.__name__))) or "nobody yet")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_the_publisher_has_the_event_among_its_publications(event: type[Any]) -> None:
    publisher = event.TYPE.partition(".")[0]
    table = (ROOT / "services" / publisher / "events" / "publications.py").read_text(encoding="utf-8")
    assert event.TYPE in table or re.search(rf"\b{event.__name__}\b", table)


def listeners(name: str) -> set[str]:
    """The services whose tables of subscriptions name the event's class."""
    found = set()
    for path in (ROOT / "services").glob("*/events/*.py"):
        if re.search(rf"\b{name}\.TYPE\b", path.read_text(encoding="utf-8")):
            if path.name == "subscriptions.py":
                found.add(path.parts[-3])
            elif path.name == "live.py":
                found.add(LIVE)
    return found
