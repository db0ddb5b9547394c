"""Keep the direction of one text away from the text beside it (Unicode Bidirectional Algorithm, UAX 9).

Somebody's title may be Arabic, or hold controls that turn or override the direction and never end. What
stands around it must read as if the title were a single sign. Stored text keeps its controls: only what is
shown changes.
"""

from __future__ import annotations

import re
from typing import Final

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows."""
_TURNING: Final = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Controls and letters from right to left. Source: DerivedBidiClass.txt, with its defaults."""
_LINE_ENDS: Final = re.compile("(\r\n|[\n\r\x1c-\x1e\x85\u2029])")


def turns(text: str) -> bool:
    """Tell whether the text could change the direction of its neighbours."""
    return not text.isascii() and _TURNING.search(text) is not None


def leaks(text: str) -> bool:
    """Tell whether a balanced text turns its neighbours as it is: something in no isolate of its own does."""
    return turns(text) and any(turns(_outside(line)) for line in _LINE_ENDS.split(text))


def isolated(text: str) -> str:
    """Return the text so that nothing beside it is turned by it, nor turns it; each line for itself.

    What could turn nothing stays as it is, and so does what is isolated already.
    """
    if not turns(text):
        return text
    return "".join(
        part if not part or _LINE_ENDS.fullmatch(part) else _isolated_line(part)
        for part in _LINE_ENDS.split(text)
    )


def balanced(text: str) -> str:
    """Return the text without signs that end an isolate which they did not begin; each line ends its own.

    For a place that is isolated by its markup: such a sign would end that isolation.
    """
    if not turns(text):
        return text
    return "".join(
        part if _LINE_ENDS.fullmatch(part) else _balanced_line(part) for part in _LINE_ENDS.split(text)
    )


def _isolated_line(line: str) -> str:
    line = _balanced_line(line)
    return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" if turns(_outside(line)) else line


def _balanced_line(line: str) -> str:
    open_, kept = 0, []
    for sign in line:
        if sign in _ISOLATES:
            open_ += 1
        elif sign == POP_ISOLATE:
            if not open_:
                continue
            open_ -= 1
        kept.append(sign)
    return "".join(kept) + POP_ISOLATE * open_


def _outside(line: str) -> str:
    """Return what of a balanced line stands in no isolate."""
    open_, kept = 0, []
    for sign in line:
        if sign in _ISOLATES:
            open_ += 1
        elif sign == POP_ISOLATE:
            open_ -= 1
        elif not open_:
            kept.append(sign)
    return "".join(kept)
