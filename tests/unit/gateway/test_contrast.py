"""Every colour of a status can be read on every ground that it stands on, in both themes.

Source: WCAG 2.2, 1.4.3 and 1.4.11.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.gateway.web.formatting import STATUS_WORDS

CSS = Path(__file__).parents[3] / "services/gateway/web/assets/css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
COMPONENTS = (CSS / "components.css").read_text(encoding="utf-8")
WORD, MARK = 4.5, 3.0
SOFT_SHARE = 0.7
Rgb = tuple[float, float, float]


def theme(block: str) -> dict[str, str]:
    """The colours of one block of tokens."""
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", block))


def block(pattern: str) -> dict[str, str]:
    """The colours of the block that the pattern finds."""
    found = re.search(pattern, TOKENS, re.DOTALL)
    assert found is not None
    return theme(found.group(1))


LIGHT = theme(TOKENS.split("@media (prefers-color-scheme: dark)")[0])
DARK = block(r'\n\[data-theme="dark"\] \{(.*?)\n\}')
THEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
STATUSES = pytest.mark.parametrize("status", STATUS_WORDS)


def style(status: str, colours: dict[str, str]) -> dict[str, Rgb]:
    """What the stylesheet makes of ``data-s``: c, f, b, soft and word."""
    rules = re.findall(rf'^\[data-s(?:="{status}")?\] {{(.*?)}}', COMPONENTS, re.MULTILINE)
    assert rules
    given: dict[str, str] = {}
    for rule in rules:
        given |= dict(re.findall(r"--([\w-]+): var\(--([\w-]+)\)", rule))

    def colour(name: str) -> Rgb:
        return colour(given[name]) if name in given else rgb(colours[name])

    return {name: colour(name) for name in ("c", "f", "b", "soft", "word")}


def rgb(colour: str) -> Rgb:
    """Red, green and blue, 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def mixed(over: Rgb, ground: Rgb, share: float) -> Rgb:
    """The share of one colour over another."""
    red, green, blue = (share * top + (1 - share) * below for top, below in zip(over, ground, strict=True))
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The ratio of WCAG, 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Rgb) -> float:
    """The relative luminance."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@THEMES
@STATUSES
def test_every_status_can_be_read_on_its_grounds(status: str, colours: dict[str, str]) -> None:
    """The fact that decided "Why achieved?" had 2.1: ink on the dark ground of the pill."""
    own = style(status, colours)
    ink, quiet, surface = (rgb(colours[name]) for name in ("ink", "ink-2", "surface"))
    soft = mixed(own["soft"], surface, SOFT_SHARE)
    found = {
        "head of the panel": contrast(own["f"], own["b"]),
        "fact that decided": contrast(quiet, soft),
        "its value": contrast(ink, soft),
        "word in a chart": contrast(own["word"], surface),
    }
    assert {name: ratio for name, ratio in found.items() if ratio < WORD} == {}
    marks = {
        "on the page": contrast(own["c"], surface),
        "beside the fact": contrast(own["c"], soft),
    }
    assert {name: ratio for name, ratio in marks.items() if ratio < MARK} == {}


def test_the_system_and_the_switch_give_the_same_dark() -> None:
    assert block(r'not\(\[data-theme="light"\]\) \{(.*?)\n  \}') == DARK
