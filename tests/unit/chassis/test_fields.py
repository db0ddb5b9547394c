"""Field types: exactly what they say, or a message that names what to do."""

import json
import math
import re
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from libs.chassis.web import (
    Choice,
    CommaList,
    Day,
    Flag,
    Id,
    Instant,
    Integer,
    Number,
    QueryFlag,
    QueryInteger,
    Schema,
    Share,
    Text,
)
from libs.chassis.web.visible import is_visible

SCALARS: dict[str, ma.fields.Field[Any]] = {
    "text": Text(1, 50),
    "lines": Text(0, 50, multiline=True),
    "id": Id(),
    "number": Number(),
    "share": Share(),
    "integer": Integer(0, 10),
    "flag": Flag(),
    "choice": Choice(["a", "b"]),
    "instant": Instant(),
    "day": Day(),
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def refused(field: ma.fields.Field[Any], value: Any) -> str:
    with pytest.raises(ma.ValidationError) as caught:
        field.deserialize(value)
    return str(caught.value.messages[0])


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("value", [{"$gt": ""}, {"$ne": None}, [], ["a"], {}], ids=str)
def test_no_operator_object_and_no_list_passes_for_a_scalar(name: str, value: Any) -> None:
    assert refused(SCALARS[name], value).startswith("Must be")


@pytest.mark.parametrize("name", SCALARS)
def test_null_passes_only_where_it_is_allowed(name: str) -> None:
    assert refused(SCALARS[name], None) == "This field may not be null."


@given(value=json_values)
def test_whatever_json_brings_is_accepted_or_refused_but_never_a_crash(value: Any) -> None:
    for field in SCALARS.values():
        try:
            accepted = field.deserialize(value)
        except ma.ValidationError:
            continue
        json.dumps(field.serialize("x", {"x": accepted}), allow_nan=False).encode()
        if isinstance(accepted, str):
            accepted.encode()


@pytest.mark.parametrize(
    "value", [True, False, "1", "", math.nan, math.inf, -math.inf, 1.1e15, -1e300, 10**400]
)
def test_a_number_is_finite_and_no_boolean_or_numeral(value: Any) -> None:
    refused(Number(), value)


@given(st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15))
def test_every_finite_number_within_the_bounds_is_accepted(value: float) -> None:
    assert Number().deserialize(value) == value


def test_a_share_lies_between_0_and_1() -> None:
    assert refused(Share(), 1.01) == "Must be between 0 and 1."
    assert Share().deserialize(1) == 1.0


@pytest.mark.parametrize("value", [11, -1, 1.5, True, "5", 10**30, math.inf, math.nan])
def test_a_whole_number_keeps_its_bounds(value: Any) -> None:
    refused(Integer(0, 10), value)


def test_seven_point_zero_is_a_whole_number_as_json_schema_has_it() -> None:
    accepted = Integer(0, 10).deserialize(7.0)
    assert accepted == 7
    assert isinstance(accepted, int)


def test_text_is_trimmed_and_composed() -> None:
    assert Text(1, 10).deserialize("  Gru\u0308ße ") == "Grüße"


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\tb", "\x1b[31m", "a\x7f", "\x85", "\ud800"])
def test_a_line_of_text_has_no_control_characters(text: str) -> None:
    assert refused(Text(0, 50), text) == "Must not contain control characters."


def test_text_of_several_lines_keeps_its_lines_and_nothing_worse() -> None:
    assert Text(0, 50, multiline=True).deserialize("a\r\nb\n\tc\rd") == "a\nb\n\tc\nd"
    refused(Text(0, 50, multiline=True), "a\x00b")


@pytest.mark.parametrize("text", ["", " ", "\u3000\u00a0"])
def test_text_that_is_needed_is_not_only_space(text: str) -> None:
    assert refused(Text(1, 50), text) == "Must be at least 1 character long."


@pytest.mark.parametrize("length", [51, 10_000, 60_000])
def test_text_that_is_too_long_is_told_the_limit(length: int) -> None:
    assert refused(Text(1, 50), "x" * length) == f"Must be at most 50 characters long, this is {length}."


@given(st.text(max_size=60))
@example("\u0958" * 60)  # composed, each of these is two
@example("0\n")
def test_a_text_field_accepts_what_its_documentation_promises(text: str) -> None:
    field = Text(1, 60)
    # JSON Schema's $ is the very end; Python's also stands before a last line break.
    documented = re.compile(field.metadata["pattern"].removesuffix("$") + r"\Z")
    promised = documented.search(text) is not None and 1 <= len(text) <= 60
    try:
        field.deserialize(text)
        accepted = True
    except ma.ValidationError:
        accepted = False
    # A pattern names the usual invisible signs; all of them would fill a page.
    assert accepted or not promised or not is_visible(text)


@pytest.mark.parametrize("value", ["", "-a", "a b", "a/b", "a" * 65, "ä", "a\n", "$where"])
def test_an_id_is_one_as_we_make_them(value: str) -> None:
    refused(Id(), value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2031-11-18T09:00:00Z", datetime(2031, 11, 18, 9, tzinfo=UTC)),
        ("2031-11-18t09:00:00z", datetime(2031, 11, 18, 9, tzinfo=UTC)),
        ("2031-11-18T10:30:00.123456+01:30", datetime(2031, 11, 18, 9, 0, 0, 123000, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_in_utc_to_the_millisecond(written: str, meant: datetime) -> None:
    assert Instant().deserialize(written) == meant


@pytest.mark.parametrize(
    "value",
    [
        "2031-11-18T09:00:00",
        "2031-11-18",
        "20311118T090000Z",
        "2031-13-18T09:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "now",
        1_900_000_000,
    ],
)
def test_an_instant_needs_its_offset_and_its_place_in_the_calendar(value: Any) -> None:
    refused(Instant(), value)


def test_an_instant_is_written_with_milliseconds_and_z() -> None:
    written = Instant().serialize("at", {"at": datetime(2031, 11, 18, 9, tzinfo=UTC)})
    assert written == "2031-11-18T09:00:00.000Z"


@pytest.mark.parametrize("value", ["2031-02-30", "20310201", "2031-W01-1", "2031-2-1", 5, ""])
def test_a_day_is_a_day_of_the_calendar(value: Any) -> None:
    refused(Day(), value)


def test_a_day_is_written_from_a_date_an_instant_or_as_it_is_stored() -> None:
    for stored in (date(2031, 11, 18), datetime(2031, 11, 18, tzinfo=UTC), "2031-11-18"):
        assert Day().serialize("day", {"day": stored}) == "2031-11-18"


@pytest.mark.parametrize("value", [0, 1, "true", "", None])
def test_a_flag_is_nothing_that_only_looks_like_it(value: Any) -> None:
    refused(Flag(), value)


def test_a_choice_names_what_can_be_chosen() -> None:
    assert refused(Choice(["weekly", "monthly"]), "daily") == "Must be one of: weekly, monthly."
    assert Choice(["a"], allow_none=True).metadata["enum"] == ["a", None]


@pytest.mark.parametrize("value", ["", "1.0", "0x1", " 1", "1e3", "٣", "9" * 30])
def test_a_number_in_a_query_is_plain_digits(value: str) -> None:
    refused(QueryInteger(0, 10), value)


def test_a_query_is_text() -> None:
    assert QueryInteger(0, 10).deserialize("7") == 7
    assert QueryFlag().deserialize("true") is True
    assert QueryFlag().deserialize("false") is False
    refused(QueryFlag(), "1")
    assert CommaList(Id()).deserialize("a,b") == ["a", "b"]
    with pytest.raises(ma.ValidationError):
        CommaList(Id(), max=2).deserialize("a,b,c")


def test_a_field_that_is_not_declared_is_refused_by_name() -> None:
    class Thing(Schema):
        title = Text(1, 10, required=True)

    assert Thing().validate({"title": "x", "tilte": 1}) == {
        "tilte": ["This field is not known here; leave it out."]
    }
    assert Thing().validate({}) == {"title": ["This field is needed."]}
    assert Thing().validate([]) == {"_schema": ["Must be an object."]}
