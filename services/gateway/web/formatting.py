"""Numbers, dates and names as a person reads them; pure, so that pages and mails cannot differ.

A share is a number from 0 to 1. `None` always reads as an en dash: not measured is not zero.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

from libs.language.isolation import CONTROLS, isolated
from libs.language.locales import DEFAULT_LOCALE, known_locale
from libs.language.number_format import NO_BREAK_SPACE, format_amount, format_editable, format_percent
from libs.language.shares import whole_points

NOT_MEASURED = "–"
AVATAR_COLOURS = 6
WEEK = 7
A_MOMENT = timedelta(minutes=1)

STATUS_WORDS = {
    "not_started": "Not started",
    "awaiting_first_check_in": "Awaiting first check-in",
    "too_early": "Too early to say",
    "on_track": "On track",
    "behind": "Behind",
    "at_risk": "At risk",
    "overdue": "Overdue",
    "stale": "Stale",
    "achieved": "Achieved",
    "closed": "Closed",
    "abandoned": "Abandoned",
}
SHORT_STATUS_WORDS = STATUS_WORDS | {"awaiting_first_check_in": "Awaiting", "too_early": "Too early"}


def status_word(status: str, *, short: bool = False) -> str:
    """The word for a status on the wire; short where a table has little room."""
    words = SHORT_STATUS_WORDS if short else STATUS_WORDS
    return words.get(status, status.replace("_", " ").capitalize())


def known_zone(name: str | None) -> ZoneInfo:
    """The time zone of that name, or UTC where the name means nothing."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def percent(share: float | None, locale: str | None = None) -> str:
    """Write a share as whole percent, as the locale does: 0.26 is `26%` or `26 %`."""
    return NOT_MEASURED if share is None else format_percent(share, locale)


def points(share: float | None, locale: str | None = None) -> str:
    """Write a difference of shares in points: 0.27 is `27 points`, 0.01 is `1 point`."""
    return NOT_MEASURED if share is None else whole(abs(whole_points(share)), "point", locale)


def whole(amount: int, noun: str, locale: str | None = None) -> str:
    """Write a number of points or the like, as the locale writes numbers: `1 point`, `27 points`."""
    return format_amount(amount, noun if amount == 1 else f"{noun}s", locale)


def number(value: float | None, unit: str | None = None, locale: str | None = None) -> str:
    """Write a value with its unit, kept on one line: `12.5 min`, `99.94%`."""
    return NOT_MEASURED if value is None else format_amount(value, isolated(unit or ""), locale)


def reading(value: float | None, kind: str, unit: str | None = None, locale: str | None = None) -> str:
    """Write what a key result reads: `Done` or `Not yet` for a boolean one, else the value with its unit."""
    if value is None:
        return NOT_MEASURED
    if kind == "boolean":
        return "Done" if value >= 1 else "Not yet"
    return number(value, unit, locale)


def editable_number(value: float | Decimal | None, locale: str | None = None) -> str:
    """Write a value as one types it into a field: no grouping, no unit, empty when there is none."""
    return "" if value is None else format_editable(value, locale)


def as_day(value: date | datetime | str, zone: str | None = None) -> date:
    """The calendar day of a date, an instant or the text of either, as seen in the time zone."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == len("2031-10-01") else as_instant(value)
    if isinstance(value, datetime):
        return as_instant(value).astimezone(known_zone(zone)).date()
    return value


def as_instant(value: datetime | str) -> datetime:
    """The instant, aware; a naive one counts as UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@lru_cache(maxsize=2048)
def _by_skeleton(skeleton: str, on: date, known: Locale) -> str:
    """A page says the same few days many times, and the locale's data are slow to ask."""
    return format_skeleton(skeleton, on, locale=known)


def day(
    value: date | datetime | str | None,
    locale: str | None = None,
    zone: str | None = None,
    today: date | None = None,
) -> str:
    """`18 November`; with its year when that is not this year."""
    if value is None:
        return NOT_MEASURED
    on = as_day(value, zone)
    known = known_locale(locale)
    if today is None or on.year == today.year:
        return _by_skeleton("MMMMd", on, known)
    return format_date(on, "long", locale=known)


def short_day(
    value: date | datetime | str | None,
    locale: str | None = None,
    zone: str | None = None,
    today: date | None = None,
) -> str:
    """`18 Nov`; with its year when that is not this year."""
    if value is None:
        return NOT_MEASURED
    on = as_day(value, zone)
    skeleton = "MMMd" if today is None or on.year == today.year else "yMMMd"
    return _by_skeleton(skeleton, on, known_locale(locale))


def weekday(value: date | datetime | str, locale: str | None = None, zone: str | None = None) -> str:
    """`Tuesday 18 November`."""
    on, known = as_day(value, zone), known_locale(locale)
    if "MMMMEEEEd" in known.datetime_skeletons:
        return format_skeleton("MMMMEEEEd", on, locale=known)
    # A nearest match would shorten the weekday's name.
    return f"{format_date(on, 'EEEE', locale=known)}, {format_skeleton('MMMMd', on, locale=known)}"


def moment(value: datetime | str | None, locale: str | None = None, zone: str | None = None) -> str:
    """`18 Nov 10:42`, in the person's own time zone."""
    if value is None:
        return NOT_MEASURED
    local = as_instant(value).astimezone(known_zone(zone))
    known = known_locale(locale)
    return f"{format_skeleton('MMMd', local, locale=known)} {format_datetime(local, 'HH:mm', locale=known)}"


def machine_time(value: date | datetime | str) -> str:
    """The value for a `datetime` attribute."""
    return value if isinstance(value, str) else value.isoformat()


def relative_day(
    value: date | datetime | str | None, today: date, locale: str | None = None, zone: str | None = None
) -> str:
    """`today`, `yesterday`, `tomorrow`, `in 3 days`, `5 days ago`; beyond a week the date itself."""
    if value is None:
        return NOT_MEASURED
    on = as_day(value, zone)
    days = (on - today).days
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    if named:
        return named
    if abs(days) < WEEK:
        return format_timedelta(
            on - today,
            granularity="day",
            threshold=1000,
            add_direction=True,
            locale=Locale.parse(DEFAULT_LOCALE),
        )
    return f"on {day(on, locale, zone, today)}" if days > 0 else day(on, locale, zone, today)


def ago(value: datetime | str, now: datetime) -> str:
    """`a moment ago`, `4 minutes ago`, `2 hours ago`."""
    passed = now - as_instant(value)
    if passed < A_MOMENT:
        return "a moment ago"
    return format_timedelta(-passed, add_direction=True, locale=Locale.parse(DEFAULT_LOCALE))


def span(starts_on: date | str, ends_on: date | str, locale: str | None = None) -> str:
    """`1 October to 31 December`."""
    return f"{day(starts_on, locale)} to {day(ends_on, locale)}"


def full_date(value: date | datetime | str, locale: str | None = None, zone: str | None = None) -> str:
    """The long form, with weekday and year, for titles and for the ear."""
    return format_date(as_day(value, zone), "full", locale=known_locale(locale))


def initials(name: str) -> str:
    """First letters of the first and the last word, in capitals; a question mark for no name."""
    plain = "".join(sign for sign in name if sign not in CONTROLS)
    words = [word for word in plain.split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


def avatar_colour(key: str) -> int:
    """A number from 1 to 6 that stays the same for the same person everywhere."""
    return hashlib.blake2b(key.encode(), digest_size=2).digest()[0] % AVATAR_COLOURS + 1


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """`1 check-in`, `3 check-ins`."""
    return f"{amount}{NO_BREAK_SPACE}{singular if amount == 1 else plural or singular + 's'}"


SMALL_NUMBERS = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
)


def spelled(amount: int) -> str:
    """A count as the first word of a sentence: `Three`; figures above twelve."""
    return SMALL_NUMBERS[amount] if 0 <= amount < len(SMALL_NUMBERS) else str(amount)
