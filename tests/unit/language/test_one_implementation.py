"""Pages, mails and charts write the same number in the same way."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web import charts, formatting
from services.notifier.mail.figures import Figures
from services.notifier.mail.pieces import bar

ROOT = Path(__file__).parents[3]
LOCALES = st.sampled_from(("en", "de", "de-CH", "fr", "da", "tr", "ar-EG", "en-IN", "zh-Hant-TW"))


@given(st.floats(min_value=0, max_value=2), LOCALES)
def test_a_share_reads_alike_on_a_page_and_in_a_mail(share: float, locale: str) -> None:
    assert formatting.percent(share, locale) == Figures(locale, "UTC").percent(share)


@given(st.floats(min_value=-1e15, max_value=1e15), st.sampled_from(("", "%", "min", "req/s")), LOCALES)
def test_a_value_reads_alike_on_a_page_and_in_a_mail(value: float, unit: str, locale: str) -> None:
    assert formatting.number(value, unit, locale) == Figures(locale, "UTC").value(value, unit)


def test_half_a_percent_is_the_same_in_a_mails_bar() -> None:
    assert formatting.percent(0.125, "en") == "13%"
    assert bar(0.125, None, "behind")[0].percent == 13


@pytest.mark.parametrize("target", [0.00001, 1e-11, 5e-9])
def test_the_axis_of_a_small_metric_has_no_zero_for_a_number(target: float) -> None:
    series = charts.Series(
        title="Defects per request",
        start=target * 5,
        target=target,
        starts_on=date(2031, 10, 1),
        ends_on=date(2031, 12, 31),
        readings=(),
        today=date(2031, 11, 18),
    )
    for frame in (charts.WIDE, charts.NARROW):
        drawn = charts.burn_up(series, frame)
        labels = [label.text for label in drawn.grid]
        assert len(set(labels)) == len(labels) > 2
        assert all(label.x - len(label.text) * charts.LETTER >= 0 for label in drawn.grid)
        assert drawn.target_y != drawn.expected[0][1]


def test_nothing_else_rounds_or_writes_numbers() -> None:
    """A second parser, formula or rounding would soon say something else.

    A script that collapses rows counts them anew, in the locale and with the digits that the server names.
    """
    forbidden = {
        "js": re.compile(r"toLocaleString|Intl\.NumberFormat|percent\("),
        "py": re.compile(
            r"format_decimal|format_percent\(.*locale=|parse_decimal|:\.\df\}[^\"]*%|round\([^)]*100"
        ),
    }
    sources = [
        path
        for service in ("gateway", "notifier")
        for ending in forbidden
        for path in (ROOT / "services" / service).rglob(f"*.{ending}")
        if "static" not in path.parts and path.name != "tree.js"
    ]
    assert {
        (str(path.relative_to(ROOT)), line)
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if forbidden[path.suffix[1:]].search(line)
    } == set()
