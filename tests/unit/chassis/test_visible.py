"""Text that shows nothing, and text that only looks as if it did."""

from __future__ import annotations

import re
from unicodedata import category, normalize

import marshmallow as ma
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from libs.chassis.web import Text
from libs.chassis.web.visible import is_visible

INVISIBLE = {
    "zero-width space": "\u200b",
    "zero-width joiner and non-joiner": "\u200d\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "Hangul filler": "\u3164",
    "Hangul choseong and jungseong fillers": "\u115f\u1160",
    "halfwidth Hangul filler": "\uffa0",
    "Braille blank": "\u2800",
    "soft hyphen": "\u00ad",
    "bidirectional controls": "\u202e\u202c\u2066\u2069\u200e\u200f\u061c",
    "tags": "\U000e0041\U000e007f",
    "variation selectors": "\ufe0f\U000e0100",
    "marks without a letter": "\u0301\u0338\u0903\u20dd",
    "Mongolian vowel separator": "\u180e",
    "Khmer vowels of no sound": "\u17b4\u17b5",
    "invisible operators": "\u2061\u2063",
    "spaces of all widths": "\u3000\u00a0\u2009",
    "a note without a head": "\U0001d159",
    "reserved": "\u2065\ufff0\U000e0fff",
}
VISIBLE = [
    "a",
    "0",
    "-",
    "한",
    "👨\u200d👩\u200d👧",
    "می\u200cخواهم",
    "e\u0301",
    "❤\ufe0f",
    "\u0601",
    "\u2801",
    "🇨🇭",
]
AT_LEAST_ONE, ANY = Text(1, 200), Text(0, 200)
LINES = Text(0, 200, multiline=True)
TITLES = st.text(max_size=30) | st.lists(
    st.sampled_from([*INVISIBLE.values(), *VISIBLE, " "]), max_size=8
).map("".join)


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_what_shows_nothing_is_refused_where_text_is_needed(text: str) -> None:
    assert not is_visible(text)
    with pytest.raises(ma.ValidationError, match=r"Must show something|Must be at least 1 character"):
        AT_LEAST_ONE.deserialize(text)
    with pytest.raises(ma.ValidationError):
        AT_LEAST_ONE.deserialize(f" {text}\u200b {text} ")


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_what_shows_nothing_is_empty_where_text_may_be(text: str) -> None:
    assert ANY.deserialize(text) == LINES.deserialize(f"{text}\n{text}") == ""


@pytest.mark.parametrize("text", VISIBLE)
def test_what_shows_something_is_stored_as_it_is(text: str) -> None:
    assert AT_LEAST_ONE.deserialize(text) == normalize("NFC", text)


@given(TITLES)
@example("\u200f\u202eشركة")
def test_nothing_is_changed_unless_it_is_refused(text: str) -> None:
    """Composed and trimmed, as ever; what is invisible within a text stays."""
    try:
        stored = AT_LEAST_ONE.deserialize(text)
    except ma.ValidationError:
        return
    assert stored == normalize("NFC", text).strip()
    assert is_visible(stored)
    assert AT_LEAST_ONE.deserialize(stored) == stored


@given(TITLES)
def test_only_controls_and_emptiness_are_refused(text: str) -> None:
    controls = any(category(sign) in {"Cc", "Cs"} for sign in normalize("NFC", text))
    try:
        AT_LEAST_ONE.deserialize(text)
    except ma.ValidationError:
        assert controls or not is_visible(text)
    else:
        assert not controls
        assert is_visible(text)


@given(st.sampled_from(sorted(VISIBLE)), st.sampled_from(sorted(INVISIBLE.values())))
def test_the_description_knows_what_is_accepted(visible: str, invisible: str) -> None:
    pattern = AT_LEAST_ONE.metadata["pattern"]
    assert re.search(pattern, visible)
    assert re.search(pattern, f"{invisible}{visible}{invisible}")


def test_the_description_refuses_the_usual_invisible_titles() -> None:
    pattern = AT_LEAST_ONE.metadata["pattern"]
    usual = ["\u200b", "\u3164", "\u2800", "\u00ad", "\u202e\u202c", "\ufe0f", "\u0301", "\ufeff"]
    assert [text for text in usual if re.search(pattern, text)] == []
