"""What was once said can still be understood: golden samples and frozen shapes of every event."""

import dataclasses
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from libs.contracts.codec import PayloadError, decode, encode
from tests.contract.events.shapes import EVENTS, FILE, broken_promises, shapes

SAMPLES = Path(__file__).with_name("samples")
BY_TYPE = {event.TYPE: event for event in EVENTS}
FROZEN = json.loads(FILE.read_text())


def sample(event_type: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / f"{event_type}.json").read_text(encoding="utf-8"))
    return loaded


def test_every_event_has_a_golden_sample_and_every_sample_an_event() -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} == set(BY_TYPE)


def test_event_types_are_unique_and_end_with_their_version() -> None:
    assert len(BY_TYPE) == len(EVENTS)
    assert all(event_type.rpartition(".v")[2].isdigit() for event_type in BY_TYPE)


@pytest.mark.parametrize("event_type", sorted(BY_TYPE))
def test_a_sample_decodes_and_encodes_to_itself(event_type: str) -> None:
    data = sample(event_type)
    assert encode(decode(BY_TYPE[event_type], data)) == data


@pytest.mark.parametrize("event_type", sorted(BY_TYPE))
def test_fields_that_a_reader_does_not_know_are_ignored_at_any_depth(event_type: str) -> None:
    data = sample(event_type)

    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            return {**{key: grown(inner) for key, inner in value.items()}, "added_next_year": {"a": [1]}}
        return [grown(item) for item in value] if isinstance(value, list) else value

    assert decode(BY_TYPE[event_type], grown(data)) == decode(BY_TYPE[event_type], data)


@pytest.mark.parametrize("event_type", sorted(BY_TYPE))
def test_a_missing_field_is_named_unless_it_has_a_default(event_type: str) -> None:
    for field in dataclasses.fields(BY_TYPE[event_type]):
        data = sample(event_type)
        del data[field.name]
        if field.default is dataclasses.MISSING:
            with pytest.raises(PayloadError, match=rf"\.{field.name}: missing"):
                decode(BY_TYPE[event_type], data)
        else:
            decode(BY_TYPE[event_type], data)


@pytest.mark.parametrize("event_type", sorted(BY_TYPE))
def test_a_field_of_another_type_is_refused_by_name(event_type: str) -> None:
    for field in dataclasses.fields(BY_TYPE[event_type]):
        for wrong in (True, [None]):
            with pytest.raises(PayloadError, match=rf"{field.name}|expected an object|: missing"):
                decode(BY_TYPE[event_type], {**sample(event_type), field.name: wrong})


def test_no_promise_to_consumers_is_broken() -> None:
    assert broken_promises(FROZEN, shapes()) == []


def test_the_removal_of_a_field_would_be_noticed() -> None:
    present = deepcopy(shapes())
    del present["checkins.progress.recorded.v1"]["check_in_id"]
    assert broken_promises(FROZEN, present) == [
        "checkins.progress.recorded.v1.check_in_id was removed; consumers and waiting events still have it"
    ]


def test_the_removal_of_a_field_of_a_nested_part_would_be_noticed() -> None:
    present = deepcopy(shapes())
    del present["StandingFacts"]["progress"]
    assert len(broken_promises(FROZEN, present)) == 1


def test_another_type_or_a_new_need_would_be_noticed() -> None:
    present = deepcopy(shapes())
    present["StandingFacts"]["progress"]["type"] = "str"
    present["Reason"]["decisive"]["presence"] = "needed"
    present["Reason"]["added"] = {"type": "str", "presence": "needed"}
    assert len(broken_promises(FROZEN, present)) == 3
