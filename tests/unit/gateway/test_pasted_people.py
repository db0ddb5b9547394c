"""People as somebody pastes them."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.first_steps import Progress, Step, quarter_of
from services.gateway.domain.pasted_people import AT_MOST, Mistake, Pasted, read_people

NAMES = st.from_regex(re.compile(r"[a-z]{1,12}( [a-z]{1,12})?"), fullmatch=True)
ADDRESSES = st.builds(
    "{}@{}.example".format,
    st.from_regex(r"[a-z0-9.+]{1,12}", fullmatch=True).filter(
        lambda text: text[0].isalnum() and text[-1].isalnum()
    ),
    st.from_regex(r"[a-z]{1,12}", fullmatch=True),
)
SHAPES = st.sampled_from(
    ["{address}", "{name} <{address}>", '"{name}" <{address}>', "{name}\t{address}", "<{address}>"]
)
BETWEEN = st.sampled_from([", ", "; ", "\n", "\n\n", " ,\n"])


@given(st.lists(st.tuples(NAMES, ADDRESSES, SHAPES, BETWEEN), max_size=8, unique_by=lambda one: one[1]))
def test_everybody_is_read_whatever_stands_between_them(people: list[tuple[str, str, str, str]]) -> None:
    text = "".join(shape.format(name=name, address=address) + sign for name, address, shape, sign in people)
    reading = read_people(text)
    assert not reading.mistakes
    assert [one.address for one in reading.people] == [address for _, address, _, _ in people]
    named = [
        one.name for one, (_, _, shape, _) in zip(reading.people, people, strict=True) if "{name}" in shape
    ]
    assert named == [name for name, _, shape, _ in people if "{name}" in shape]


@given(st.text(max_size=200))
def test_nothing_that_was_pasted_is_dropped_in_silence(text: str) -> None:
    reading = read_people(text)
    told: list[Pasted | Mistake] = [*reading.people, *reading.repeated, *reading.mistakes]
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip(' \t,;"<>') and any(sign.isalnum() for sign in line):
            assert any(one.line == number for one in told), (number, line)


def test_what_nobody_sees_in_a_paste_is_no_person() -> None:
    reading = read_people(
        "\ufeffjun@x.example\n\u200b\nOdo <\u202aodo@x.example\u202c>\nAda\t\u200eada@x.example\u200e, \u2060"
    )
    assert not reading.mistakes
    assert [(one.name, one.address) for one in reading.people] == [
        ("Jun", "jun@x.example"),
        ("Odo", "odo@x.example"),
        ("Ada", "ada@x.example"),
    ]


def test_the_same_address_is_one_person_in_any_spelling() -> None:
    reading = read_people("jun@bücher.example\nJUN@xn--bcher-kva.example, odo@x.example", {"odo@x.example"})
    assert [one.address for one in reading.people] == ["jun@bücher.example"]
    assert [one.line for one in reading.repeated] == [2]
    assert [one.address for one in reading.known] == ["odo@x.example"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nobody", "no @"),
        ("jun@", "mail domain"),
        ("jun@fernhollow", "mail domain"),
        ("jun alder@fernhollow.example", "one address"),
        ("a <a@x.example> <b@x.example>", "one address"),
        (f"{'a' * 65}@x.example", "65 bytes"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_reason(text: str, reason: str) -> None:
    (mistake,) = read_people(f"odo@x.example\n{text}").mistakes
    assert (mistake.line, mistake.text) == (2, text)
    assert reason in mistake.reason


def test_at_most_two_hundred_are_invited_at_once() -> None:
    text = "\n".join(f"p{number}@x.example" for number in range(AT_MOST + 1))
    (mistake,) = read_people(text).mistakes
    assert mistake.line == AT_MOST + 1


def test_a_name_is_made_of_the_address_where_none_is_given() -> None:
    assert [one.name for one in read_people("jun.alder@x.example, odo@x.example").people] == [
        "Jun Alder",
        "Odo",
    ]


@given(st.dates(date(2000, 1, 1), date(2100, 12, 30)))
def test_the_running_quarter_holds_the_day(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert 90 <= (quarter.ends_on - quarter.starts_on).days + 1 <= 92
    assert quarter.name == f"Q{(day.month + 2) // 3} {day.year}"


def test_what_was_skipped_and_done_later_is_done() -> None:
    some = Progress(done=frozenset({Step.COMPANY, Step.TEAM}), skipped=frozenset({Step.TEAM, Step.CYCLE}))
    assert some.next_step is Step.PEOPLE
    assert Progress(done=frozenset(Step), skipped=frozenset(Step)).is_over


@pytest.mark.parametrize(
    "line", ["<" + " " * 60_000 + "x", "x" + " " * 60_000 + "<", "<" * 60_000, '"' * 60_001]
)
def test_no_line_takes_long_to_read(line: str) -> None:
    began = time.process_time()
    assert not read_people(line).people
    assert time.process_time() - began < 1
