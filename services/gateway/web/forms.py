"""What went wrong with a form, so that it can be shown again with everything that was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from libs.chassis.problems import (
    Conflict,
    NotFound,
    PreconditionFailed,
    Problem,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)
from services.gateway.domain.errors import (
    AccountError,
    Busy,
    InvalidFields,
    TokenMade,
    TooManyAttempts,
    TooManyTokens,
    WeakPassword,
    WrongPassword,
)
from services.gateway.domain.typed import SHOWN, Findings
from services.gateway.web.security import PressAgain

UNKNOWN = "We don't know whether that was saved. Try again; it will not count twice."
STALE = "Somebody changed this since you opened it, so nothing was saved. Look at it again, then repeat."
GONE_SINCE = (
    "This form was saved before, and what it made was deleted or hidden from you since. Nothing is "
    "saved now; send it again to save what stands here as a new one."
)
MADE_BEFORE = (
    "“{name}” was made when you sent this form the first time, and its secret was shown then alone. Nothing "
    "was made now. If you have no secret, revoke it in the list and make another."
)
LONGEST_REV = 9
READING = "reading"
SHOWN_AGAIN = (Conflict, PreconditionFailed, Unprocessable, TooManyRequests, Unavailable)


@dataclass(frozen=True)
class Trouble:
    """Why a form is shown again. ``errors`` by field name; the empty name is about the whole form."""

    status: int
    errors: dict[str, str] = field(default_factory=dict)
    stale: bool = False


def trouble_of(error: Exception) -> Trouble:
    """What to tell the one who sent the form.

    Raises:
        Exception: the error itself, where showing the form again would not help.
    """
    if isinstance(error, Findings):
        return Trouble(422, error.fields)
    if isinstance(error, AccountError):
        return _account_trouble(error)
    return _problem_trouble(error)


def _problem_trouble(error: Exception) -> Trouble:
    if isinstance(error, PressAgain):
        return Trouble(error.shown_with, {"": error.detail})
    if isinstance(error, PreconditionFailed):
        return Trouble(412, {"": STALE}, stale=True)
    if isinstance(error, Unavailable):
        return Trouble(503, {"": UNKNOWN})
    if key_was_used(error):
        return Trouble(422, {"": GONE_SINCE})
    if isinstance(error, TooManyRequests):
        seconds = error.headers.get("Retry-After", "60")
        return Trouble(
            429, {"": f"That was a lot at once. Try again in {seconds} seconds; nothing was lost."}
        )
    if isinstance(error, SHOWN_AGAIN):
        return Trouble(error.status, fields_of(error))
    raise error


def trouble_of_new(error: Exception) -> Trouble:
    """Return what to tell whoever sent a form that makes something; what it made before may be gone.

    Raises:
        Exception: the error itself, where showing the form again would not help.
    """
    return Trouble(422, {"": GONE_SINCE}) if isinstance(error, NotFound) else trouble_of(error)


def key_was_used(error: Exception) -> bool:
    """Tell whether the form's key stands for another text, which was stored when the form was sent before."""
    return isinstance(error, Problem) and error.extra.get("cause") == "idempotency-key-reused"


def rev_of(form: Mapping[str, str]) -> int:
    """The revision that the form was shown with; 0, which is always stale, where it carries none."""
    text = form.get("rev", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_REV else 0


def rev_or_newest(form: Mapping[str, str]) -> int | None:
    """Return the revision that the form was shown with; null where it is of a page that carried none."""
    return rev_of(form) if "rev" in form else None


def first_shown(stored: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a form that is shown for the first time, with what each field is compared to."""
    return {**stored, **{SHOWN + name: text for name, text in stored.items() if name != "rev"}}


def typed_of(form: MultiDict[str, str], *many: str) -> dict[str, str]:
    """Return the texts of a form that was sent; the values of a field of ``many`` stand in one text.

    A reading that was chosen by its button stands in its field. The button names the text that it was offered
    for: one that was typed since then is not replaced.
    """
    typed = form.to_dict()
    name, _, rest = typed.pop(READING, "").partition("|")
    reading, _, offered_for = rest.partition("|")
    if name and typed.get(name) == offered_for:
        typed[name] = reading
    for name in many:
        if name in form or SHOWN + name in form:
            typed[name] = together(value for one in form.getlist(name) for value in one.split(","))
    return typed


def together(values: Iterable[str]) -> str:
    """Return one text for several ids, whatever their order."""
    return ",".join(sorted({value for value in values if value}))


def fields_of(problem: Problem) -> dict[str, str]:
    """The sentences by field: ``/parent/id`` is about ``parent``, ``/rhythm/weekday`` about ``weekday``."""
    found: dict[str, str] = {}
    for wrong in problem.errors:
        found.setdefault(_name(wrong.pointer), wrong.message)
    return found or {"": problem.detail or problem.title}


def _name(pointer: str) -> str:
    parts = [part for part in re.split(r"[/.?]", pointer) if part]
    if not parts:
        return ""
    return parts[1] if parts[0] in {"rhythm", "thresholds"} and len(parts) > 1 else parts[0]


def _account_trouble(error: AccountError) -> Trouble:
    if isinstance(error, InvalidFields):
        return Trouble(422, error.fields)
    if isinstance(error, WrongPassword):
        return Trouble(422, {"current": "This is not your current password."})
    if isinstance(error, WeakPassword):
        return Trouble(422, {"new": error.reason})
    if isinstance(error, TokenMade):
        return Trouble(409, {"": MADE_BEFORE.format(name=error.name)})
    if isinstance(error, TooManyTokens):
        return Trouble(409, {"": f"You hold {error.limit} tokens, as many as one may. Revoke one first."})
    return _passing_trouble(error)


def _passing_trouble(error: AccountError) -> Trouble:
    if isinstance(error, TooManyAttempts):
        return Trouble(429, {"": f"That was too many tries. Wait {error.retry_after} seconds, then go on."})
    if isinstance(error, Busy):
        return Trouble(503, {"": "A lot of people sign in right now. Try again in a moment."})
    raise error
