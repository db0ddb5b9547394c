"""Fields as people type them. One that means nothing gets a sentence that says what to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

GROUPING = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, "\u2212": "-", "'": None})


# A form that edits a stored thing carries, for each field, the text that it was first shown with.
SHOWN = "shown_"


def touched(typed: Mapping[str, str], name: str) -> bool:
    """Tell whether somebody changed the field since the form was shown.

    A form that does not carry what it was shown with is new: all of it was typed.
    """
    shown = typed.get(SHOWN + name)
    return shown is None or plain_lines(typed.get(name, shown)) != plain_lines(shown)


def plain_lines(text: str) -> str:
    """Return the text as it was before a browser sent it, which ends each line with CR and LF."""
    return text.replace("\r\n", "\n")


@dataclass
class Findings(Exception):
    """What is wrong, by field name; the empty name is the form as a whole."""

    fields: dict[str, str] = field(default_factory=dict)


def number_of(text: str, *, comma: bool = False) -> float | None:
    """The number that somebody typed, or null for an empty field; with ``comma`` decimals follow one.

    Raises:
        ValueError: it is no finite number.
    """
    plain = text.strip().translate(GROUPING)
    if not plain:
        return None
    if comma:
        plain = plain.replace(".", "").replace(",", ".") if "," in plain else plain
    elif plain.count(",") == 1 and "." not in plain and len(plain.rpartition(",")[2]) != 3:  # noqa: PLR2004
        plain = plain.replace(",", ".")
    else:
        plain = plain.replace(",", "")
    value = float(plain)
    if not math.isfinite(value):
        msg = "not finite"
        raise ValueError(msg)
    return value


@dataclass
class Reader:
    """Reads the fields of one form and remembers everything that is wrong with them."""

    typed: Mapping[str, str]
    comma: bool = False
    wrong: dict[str, str] = field(default_factory=dict)

    def changes(self, fields: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        """Read the fields that were touched. The others are neither parsed nor sent."""
        return {name: read() for name, read in fields.items() if touched(self.typed, name)}

    def text(self, name: str, *, needed: str = "") -> str:
        """The text, trimmed; ``needed`` is what to say where it is empty."""
        value = self.typed.get(name, "").strip()
        if not value and needed:
            self.wrong[name] = needed
        return value

    def choice(self, name: str) -> str | None:
        """The chosen value, or null for none."""
        return self.typed.get(name, "").strip() or None

    def number(self, name: str, *, needed: str = "") -> float | None:
        """The number, or null where the field is empty or wrong."""
        try:
            value = number_of(self.typed.get(name, ""), comma=self.comma)
        except ValueError:
            self.wrong[name] = "Write a number, such as 12 or 12.5."
            return None
        if value is None and needed:
            self.wrong[name] = needed
        return value

    def whole(self, name: str, *, needed: str = "") -> int | None:
        """The whole number, or null where the field is empty or wrong."""
        value = self.number(name, needed=needed)
        if value is not None and value != int(value):
            self.wrong[name] = "Write a whole number."
            return None
        return None if value is None else int(value)

    def day(self, name: str) -> date | None:
        """The day, or null where the field is empty or wrong."""
        text = self.typed.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong[name] = "Write a day as year-month-day, such as 2031-12-31."
            return None

    def done(self) -> None:
        """Nothing happens when every field was right.

        Raises:
            Findings: with a sentence for each field that was not.
        """
        if self.wrong:
            raise Findings(dict(self.wrong))
