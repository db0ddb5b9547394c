"""Tell text that shows something from text that looks empty."""

from __future__ import annotations

from typing import Final
from unicodedata import category

_SHOWS_NOTHING: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"})
"""Controls, formats, spaces, and marks, which need a letter to stand on."""
_BLANK: Final = frozenset(
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers are letters
    "\u2800"  # a Braille pattern without dots is a symbol
    "\U0001d159"  # a note without a head is one, too
)
_NOT_ASSIGNED: Final = ((0x2065, 0x2065), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
"""Kept for characters that show nothing. Source: DerivedCoreProperties.txt, Default_Ignorable_Code_Point."""
_PREPENDED: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Formats that are drawn. Source: PropList.txt, Prepended_Concatenation_Mark."""
BLANK_IN_PATTERNS: Final = (
    r"\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Most of them, as a class of a regular expression can say it to whoever reads the API's description."""


def is_visible(text: str) -> bool:
    """Tell whether the text shows anything: one character that is no space, control, format or lone mark."""
    return any(map(_shows, text))


def _shows(character: str) -> bool:
    if character in _BLANK:
        return False
    if category(character) in _SHOWS_NOTHING:
        return character in _PREPENDED
    return not any(first <= ord(character) <= last for first, last in _NOT_ASSIGNED)
