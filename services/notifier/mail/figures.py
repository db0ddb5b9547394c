"""Numbers, days and instants as the recipient writes them.

Digits follow the person's locale; words are English, as the mails are, so months are named in English too.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_time

from libs.language.isolation import balanced, isolated
from libs.language.locales import known_locale
from libs.language.number_format import format_amount, format_number, format_percent

_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_REMEMBERED = 1024
CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no line of a mail and no header may hold: controls, ends of lines, halves of characters."""
_NEVER_TOGETHER = frozenset({"%", "min", "ms", "s", "h", "d", "pt", "pp", "GB", "MB", "TB", "kB"})


class Figures:
    """Formats for one person."""

    def __init__(self, locale: str, time_zone: str) -> None:
        """An unknown locale or zone falls back to English or UTC: a mail is better than none."""
        self._tag = locale
        known = known_locale(locale)
        self._words = known if known.language == "en" else known_locale(None)
        self._month_first = known.language == "en" and known.territory == "US"
        try:
            self._zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            self._zone = ZoneInfo("UTC")

    def number(self, value: float) -> str:
        """Write a number as it was typed; one that was calculated with few decimals."""
        return format_number(value, self._tag)

    def percent(self, share: float | None) -> str:
        """Write whole percent as the locale does; an en dash for what is not measured."""
        return "–" if share is None else format_percent(share, self._tag)

    def value(self, value: float | None, unit: str) -> str:
        """Write a value with its unit; an en dash where there is none yet."""
        return "–" if value is None else format_amount(value, one_line(unit), self._tag)

    def reading(self, current: float | None, start: float, target: float, unit: str) -> str:
        """Where it stands and where it should be.

        ``7 of 20`` for what is counted up from nothing, else with target.
        """
        if current is None:
            return f"no reading yet, target {self.value(target, unit)}"
        if start == 0 and target > 0 and unit not in _NEVER_TOGETHER:
            return f"{self.number(current)} of {self.value(target, unit)}"
        return f"{self.value(current, unit)}, target {self.goal(target, unit)}"

    def goal(self, target: float, unit: str) -> str:
        """A target beside a reading that has its unit already: only a percent sign is repeated."""
        return self.value(target, unit) if unit == "%" else self.number(target)

    def day(self, day: date) -> str:
        """``18 November``, in the United States ``November 18``."""
        return _date(day, "MMMM d" if self._month_first else "d MMMM", self._words)

    def long_day(self, day: date) -> str:
        """``Tuesday 18 November``."""
        pattern = "EEEE, MMMM d" if self._month_first else "EEEE d MMMM"
        return _date(day, pattern, self._words)

    def local_day(self, instant: datetime) -> date:
        """The day on the person's own calendar."""
        return instant.astimezone(self._zone).date()

    def moment(self, instant: datetime) -> str:
        """``Tuesday 18 November at 14:30 (Europe/Berlin time)``."""
        local = instant.astimezone(self._zone)
        time = format_time(local, "short", locale=self._words)
        return f"{self.long_day(local.date())} at {time} ({self._zone.key} time)"


# The people of one organisation mostly read the same few days.
@lru_cache(_REMEMBERED)
def _date(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


def spelled(number: int) -> str:
    """Small numbers as words."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else str(number)


def counted(number: int, one: str, many: str | None = None) -> str:
    """``three check-ins``, ``one check-in``."""
    return f"{spelled(number)} {one if number == 1 else many or one + 's'}"


def capitalised(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def one_line(text: str) -> str:
    """Return the text without control characters and line breaks, with single spaces: fit for a header.

    What it holds from right to left is isolated from what will stand beside it.
    """
    return isolated(" ".join(CONTROLS.sub(" ", text).split()))


def lines(text: str) -> str:
    """Return the text with each of its lines fit for a mail; empty lines at its ends are left out."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip("\n")


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words where that loses little, with an ellipsis."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    kept = at_word if len(at_word) > limit * 0.6 else cut
    return balanced(kept.rstrip(" ,;:.-\u200c\u200d")) + "…"
