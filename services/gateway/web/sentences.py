"""Cairn's sentences about numbers, in the viewer's own way of writing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from libs.language.isolation import isolated
from libs.language.number_format import format_share
from libs.language.shares import points_between, points_of
from services.gateway.domain.okr import KeyResult, Mail, Objective, Organisation, Reason, Rhythm
from services.gateway.web import formatting
from services.gateway.web.presentation import viewer_setting

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FORTNIGHT = 14
NAMED_AT_MOST = 3
RHYTHMS = {"weekly": "Weekly", "biweekly": "Bi-weekly", "monthly": "Monthly"}
LEVELS = {"company": "Company", "team": "Team", "person": "Person"}
VISIBILITIES = {"organisation": "Everyone", "team": "Team", "private": "Only its owner"}
ROLL_UPS = {
    "both": "Key results and supporting objectives",
    "key_results": "Key results",
    "children": "Supporting objectives",
}
COMMITMENTS = {"committed": "Committed", "aspirational": "Aspirational"}


def why(known: KeyResult, today: date) -> str:
    """One sentence or two on why a key result needs attention, from the numbers that its status rests on."""
    parts: list[str] = []
    if known.status == "stale":
        parts.append(f"Last check-in {day(known.as_of.date())}." if known.as_of else "No check-in yet.")
    if known.status == "overdue" and known.due_on is not None:
        parts.append(f"It was due on {day(known.due_on)}.")
    behind = gap(known)
    if behind is not None and behind > 0 and known.status != "stale":
        parts.append(f"{whole_points(behind)} behind plan.")
    unsure = fired(known.reasons, "confidence")
    if unsure is not None and unsure.value is not None:
        parts.append(f"Confidence is {number(unsure.value)} of 10.")
    parts.extend(_time_left(known, today))
    return " ".join(parts)


def _time_left(known: KeyResult, today: date) -> list[str]:
    if known.due_on is None or known.status not in {"at_risk", "behind"}:
        return []
    left = (known.due_on - today).days
    if not 0 <= left <= FORTNIGHT:
        return []
    return ["Due today." if left == 0 else f"{left} day{'' if left == 1 else 's'} left."]


def why_facts(known: KeyResult, organisation: Organisation) -> list[dict[str, object]]:
    """The numbers behind a key result's status, those that decided it marked."""
    behind = gap(known)
    found = [fact for reason in known.reasons if (fact := _fact(reason, behind)) is not None]
    if found:
        return found
    limits = organisation.thresholds
    numbers = [("Progress", percent(known.progress)), ("Expected by today", percent(known.expected))]
    if known.confidence is not None:
        numbers.append((f"Confidence, limit above {limits.low_confidence}", number(known.confidence)))
    return [{"label": label, "value": value, "hit": False} for label, value in numbers]


def _fact(reason: Reason, behind: int | None) -> dict[str, object] | None:
    value, limit = reason.value, reason.limit
    gap_words = formatting.NOT_MEASURED if behind is None else _gap_words(behind)
    days = f"{number(value)} day{'' if value == 1 else 's'}"
    said = {
        "progress": ("Progress", percent(value)),
        "expected": ("Expected by today", percent(value)),
        "gap": (_limited("Gap", None if limit is None else number(float(points_of(limit)))), gap_words),
        "confidence": (
            f"Confidence, limit above {number(limit)}" if limit is not None else "Confidence",
            number(value),
        ),
        "elapsed": (_limited("Of the time gone", None if limit is None else share(limit)), percent(value)),
        "days_overdue": ("Past its date", days),
        "days_missed": (f"Check-in missed, limit {number(limit)} days", days),
        "days_to_start": ("Until the cycle begins", days),
        "readings": ("Check-ins so far", number(value)),
        "cycle_closed": ("The cycle", "is closed"),
        "abandoned": ("The objective", "is abandoned"),
    }.get(reason.rule)
    if said is None:
        return None
    return {"label": said[0], "value": said[1], "hit": reason.decisive}


def _limited(word: str, limit: str | None) -> str:
    return word if limit is None else f"{word}, limit {limit}"


def _gap_words(behind: int) -> str:
    return f"{whole_points(-behind)} ahead" if behind < 0 else whole_points(behind)


def fired(reasons: tuple[Reason, ...], rule: str) -> Reason | None:
    """The reason of this rule, where it decided the status."""
    return next((reason for reason in reasons if reason.rule == rule and reason.decisive), None)


def gap(known: KeyResult | Objective) -> int | None:
    """Return how many points the progress lies below what is expected by today; negative when ahead."""
    if known.progress is None or known.expected is None:
        return None
    return points_between(known.progress, known.expected)


def chart_summary(known: KeyResult, starts_on: date, ends_on: date) -> str:
    """The chart in one sentence, for the ear."""
    span = f"{isolated(known.title)} from {day(starts_on)} to {day(ends_on)}"
    if known.current is None:
        return f"{span}. No check-in yet; target {amount(known.target, known.unit)}."
    last = f"Last reading {amount(known.current, known.unit)}"
    when = f" on {day(known.as_of.date())}" if known.as_of else ""
    return f"{span}. {last}{when}; target {amount(known.target, known.unit)}."


def rhythm(every: Rhythm) -> str:
    """A rhythm as details show it: Weekly, Tuesday."""
    return f"{RHYTHMS.get(every.every, every.every)}, {WEEKDAYS[every.weekday % len(WEEKDAYS)]}"


def reads(known: KeyResult) -> str:
    """Where it stands in its unit: 78 min; 7 of 20 services where it counts up from nothing."""
    if known.current is None:
        return ""
    if known.kind == "boolean":
        return "Done" if known.current >= 1 else "Not yet"
    if known.start == 0 and known.target > 0 and known.unit != "%":
        return f"{number(known.current)} of {amount(known.target, known.unit)}"
    return amount(known.current, known.unit)


def next_check_in(on: date | None, today: date) -> str:
    """When the next check-in is: Your next check-in is on Tuesday."""
    if on is None:
        return ""
    ahead = (on - today).days
    when = (
        "tomorrow"
        if ahead == 1
        else f"on {WEEKDAYS[on.weekday()]}"
        if ahead < len(WEEKDAYS)
        else f"on {day(on)}"
    )
    return f"Your next check-in is {when}."


def owed_title(due: int, *, done: int = 0) -> str:
    """Say how many check-ins there are to do, as a page's title."""
    if not due:
        return all_done(done) if done else "Nothing due today"
    if done:
        return f"{done} of {done + due} done"
    time = "about a minute" if due <= 3 else f"about {formatting.spelled((due + 2) // 3).lower()} minutes"  # noqa: PLR2004
    return f"{formatting.spelled(due)} check-in{'' if due == 1 else 's'}, {time}"


def all_done(done: int) -> str:
    """Say that so many are done and none is left: All three done."""
    return {1: "All done", 2: "Both done"}.get(done) or f"All {formatting.spelled(done).lower()} done"


def thanks(name: str) -> str:
    """Thank somebody who has done all their check-ins, by their first name."""
    return f"Thank you, {isolated(name.partition(' ')[0])}"


def some_of(titles: Sequence[str]) -> str:
    """Name the first few and count the rest: one, two, three and 4 more."""
    named, more = [isolated(title) for title in titles[:NAMED_AT_MOST]], len(titles) - NAMED_AT_MOST
    if more > 0:
        return f"{', '.join(named)} and {more} more"
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))


def percent(share: float | None) -> str:
    """Write a share in whole percent."""
    return formatting.percent(share, viewer_setting("locale"))


def share(value: float) -> str:
    """Write a share in percent with all its digits."""
    return format_share(value, viewer_setting("locale"))


def whole_points(amount: int) -> str:
    """Write a number of points."""
    return formatting.whole(amount, "point", viewer_setting("locale"))


def number(value: float | None) -> str:
    """A number."""
    return formatting.number(value, None, viewer_setting("locale"))


def amount(value: float | None, unit: str) -> str:
    """A value with its unit."""
    return formatting.number(value, unit or None, viewer_setting("locale"))


def day(on: date) -> str:
    """A day in full."""
    return formatting.day(on, viewer_setting("locale"))


def editable(value: float | Decimal | None) -> str:
    """A number as one would type it."""
    return formatting.editable_number(value, viewer_setting("locale"))


MAIL_REASONS = {
    "preference_off": "Switched off by who would get it",
    "not_active": "The person is not active",
    "unknown_person": "The person is not known yet",
    "not_allowed": "The person may not see it",
    "address_suppressed": "Mail to this address bounced before",
    "no_longer_so": "It was no longer so when it was to be sent",
    "too_late": "Its moment has passed",
    "expired": "Its link has expired",
    "awaiting_copy": "Waits for what it speaks of",
    "try_again": "The mail server said: later",
    "folded": "Added to the next digest",
    "bounced": "The mailbox does not exist",
    "refused": "The mail server refused it",
    "bad_address": "The address is not one",
    "no_smtputf8": "The mail server takes only plain letters before the @",
    "unrenderable": "It could not be written",
    "broken": "It could not be prepared",
    "unknown_outcome": "Nobody knows whether it arrived",
}


MAIL_STATES = {
    "sent": "Delivered",
    "pending": "Waiting",
    "sending": "Sending",
    "deferred": "Trying again",
    "failed": "Failed",
    "suppressed": "Not sent",
    "ambiguous": "Perhaps sent",
}


def mail_state(state: str) -> str:
    """What became of a mail, in a word or two."""
    return MAIL_STATES.get(state, state.replace("_", " ").capitalize())


def mail_tries(mail: Mail) -> int:
    """How often it was handed to the mail server: ``attempts`` counts those that were to be repeated."""
    return mail.attempts + (mail.state in {"sent", "ambiguous"})


def mail_reason(reason: str) -> str:
    """Why a mail was not sent, or not yet."""
    return MAIL_REASONS.get(reason, reason.replace("_", " ").capitalize())
