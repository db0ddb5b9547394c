"""The codec: exact both ways, tolerant of what is new, strict about what it reads."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.codec import PayloadError, decode, encode


@dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sample:
    TYPE: ClassVar[str] = "tests.sample.v1"
    text: str
    count: int
    number: float
    flag: bool
    at: datetime
    day: date
    parts: tuple[Part, ...]
    parent: Part | None = None


def sample(**changes: Any) -> Sample:
    values: dict[str, Any] = {
        "text": "Grüße",
        "count": 3,
        "number": 0.5,
        "flag": True,
        "at": datetime(2031, 11, 18, 9, 0, tzinfo=UTC),
        "day": date(2031, 11, 18),
        "parts": (Part(name="a"), Part(name="b", share=0.25)),
    }
    return Sample(**{**values, **changes})


def test_an_instant_is_written_in_utc_with_milliseconds_and_z() -> None:
    there = datetime(2031, 11, 18, 10, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1, minutes=30)))
    assert encode(sample(at=there))["at"] == "2031-11-18T09:00:00.123Z"


def test_an_instant_is_read_as_utc_whatever_its_offset() -> None:
    data = {**encode(sample()), "at": "2031-11-18T10:30:00+01:30"}
    read = decode(Sample, data)
    assert read.at == datetime(2031, 11, 18, 9, 0, tzinfo=UTC)
    assert read.at.tzinfo is UTC


def test_an_instant_without_a_time_zone_is_refused_both_ways() -> None:
    with pytest.raises(PayloadError, match=r"Sample\.at"):
        encode(sample(at=datetime(2031, 11, 18, 9, 0)))  # noqa: DTZ001
    with pytest.raises(PayloadError, match=r"Sample\.at"):
        decode(Sample, {**encode(sample()), "at": "2031-11-18T09:00:00"})


def test_a_whole_number_is_read_where_a_number_is_expected() -> None:
    read = decode(Sample, {**encode(sample()), "number": 2})
    assert read.number == 2.0
    assert isinstance(read.number, float)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_cannot_say_is_refused_both_ways(number: float) -> None:
    with pytest.raises(PayloadError, match=r"Sample\.number"):
        encode(sample(number=number))
    with pytest.raises(PayloadError, match=r"Sample\.number"):
        decode(Sample, {**encode(sample()), "number": number})


def test_a_number_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(PayloadError, match=r"Sample\.number"):
        decode(Sample, {**encode(sample()), "number": 10**400})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("text", 1),
        ("text", None),
        ("count", 1.0),
        ("count", True),
        ("count", "1"),
        ("number", "0.5"),
        ("number", False),
        ("flag", 1),
        ("at", 1_900_000_000),
        ("at", "soon"),
        ("day", "2031-02-30"),
        ("day", 5),
        ("parts", {}),
        ("parts", ["a"]),
        ("parent", "a"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(field: str, wrong: object) -> None:
    with pytest.raises(PayloadError, match=rf"{field}|Part: expected an object"):
        decode(Sample, {**encode(sample()), field: wrong})


def test_the_place_of_a_wrong_value_inside_a_part_is_named() -> None:
    with pytest.raises(PayloadError, match=r"Part\.share"):
        decode(Sample, {**encode(sample()), "parts": [{"name": "a", "share": "much"}]})


@pytest.mark.parametrize("data", [None, [], "text", 1])
def test_only_an_object_is_a_payload(data: object) -> None:
    with pytest.raises(PayloadError, match="expected an object"):
        decode(Sample, data)


@given(
    text=st.text(),
    count=st.integers(),
    number=st.floats(allow_nan=False, allow_infinity=False),
    flag=st.booleans(),
    at=st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001
    day=st.dates(),
    shares=st.lists(st.none() | st.floats(0, 1)),
)
def test_what_was_encoded_decodes_to_the_same(
    text: str,
    count: int,
    number: float,
    flag: bool,  # noqa: FBT001
    at: datetime,
    day: date,
    shares: list[float | None],
) -> None:
    payload = Sample(
        text=text,
        count=count,
        number=number,
        flag=flag,
        at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        day=day,
        parts=tuple(Part(name=str(place), share=share) for place, share in enumerate(shares)),
    )
    assert decode(Sample, encode(payload)) == payload
