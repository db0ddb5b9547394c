"""The password policy: long, not among the first guesses, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.passwords import LONGEST, SHORTEST, normalise, weakness

JUN = {"email": "jun.alder@fernhollow.example", "name": "Jun Alder"}


@pytest.mark.parametrize(
    "password",
    [
        "nine quiet stones",
        "Tr4mway-Lantern",
        "ein Berg aus Moos und Licht",
        "пять серых камней",
        "  spaces count  ",
        "🪨🌲🌊🐚🪶🌙🍂🦉🌾🔥🪵🧭",
    ],
)
def test_a_long_password_that_nobody_guesses_first_is_good(password: str) -> None:
    assert weakness(password, **JUN) is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("elevenchars", "at least 12"),
        ("x" * (LONGEST + 1), "at most 128"),
        ("password2024!!", "first passwords"),
        ("P@ssw0rd12345", "first passwords"),
        ("qwertyuiop12", "first passwords"),
        ("123456789012", "pattern"),
        ("aaaaaaaaaaaa", "pattern"),
        ("abcdefghijklm", "pattern"),
        ("a1b2a1b2a1b2", "pattern"),
        ("jun.alder loves stones", "Leave your name"),
        ("alder wood and moss", "Leave your name"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, says: str) -> None:
    assert says in (weakness(password, **JUN) or "")


@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_the_policy_answers_about_any_text(password: str) -> None:
    answer = weakness(password, **JUN)
    assert answer is None or answer.endswith(".")


def test_the_same_characters_however_composed_are_the_same_password() -> None:
    assert normalise("caf\u00e9") == normalise("cafe\u0301")
