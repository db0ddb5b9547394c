"""Fields as people type them. One that means nothing gets a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from libs.language.number_format import format_editable, format_exact
from libs.language.number_parse import Ambiguous, Number, parse_number

LARGEST = 10**15  # the services refuse more


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


class TwoReadings(str):
    """The sentence about a text that could be two numbers, with both as one types and as one reads them."""

    __slots__ = ("readings",)
    readings: tuple[tuple[str, str], ...]

    def __new__(cls, values: Iterable[Decimal], locale: str) -> Self:
        """Write the numbers in the locale."""
        said = super().__new__(cls, "This can be read as two numbers. Choose one.")
        said.readings = tuple((format_editable(one, locale), format_exact(one, locale)) for one in values)
        return said


@dataclass
class Reader:
    """Reads the fields of one form and remembers everything that is wrong with them."""

    typed: Mapping[str, str]
    locale: str = ""
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

    def line(self, name: str, *, needed: str = "") -> str:
        """Read text of one line: without a script, Enter in a field that grows makes another."""
        return " ".join(self.text(name, needed=needed).split("\n")).replace("\r", "")

    def choice(self, name: str) -> str | None:
        """The chosen value, or null for none."""
        return self.typed.get(name, "").strip() or None

    def number(self, name: str, *, needed: str = "", unit: str = "") -> float | None:
        """Read the number; null where the field is empty or wrong. Around it may stand its ``unit``."""
        text = self.typed.get(name, "").strip()
        if not text:
            if needed:
                self.wrong[name] = needed
            return None
        found = parse_number(text, self.locale, unit)
        if isinstance(found, Number):
            return self._within_limits(name, found.value)
        if isinstance(found, Ambiguous):
            self.wrong[name] = TwoReadings(found.readings, self.locale)
        else:
            about = f" It is counted in {unit}." if unit and any(sign.isdecimal() for sign in text) else ""
            self.wrong[name] = f"Write a number, such as 12 or {format_exact(12.5, self.locale)}.{about}"
        return None

    def _within_limits(self, name: str, value: Decimal) -> float | None:
        if abs(value) > LARGEST:
            self.wrong[name] = f"Write a number up to {format_exact(LARGEST, self.locale)}."
            return None
        stored = float(value)
        if value and not stored:
            self.wrong[name] = "This is too close to 0 to be stored. Choose a larger unit or write 0."
            return None
        return stored

    def whole(self, name: str, *, needed: str = "", unit: str = "") -> int | None:
        """The whole number, or null where the field is empty or wrong."""
        value = self.number(name, needed=needed, unit=unit)
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
