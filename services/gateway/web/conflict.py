"""The page on which somebody chooses, field by field, between what is stored and what they typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, render_template
from werkzeug.wrappers import Response

from libs.chassis.problems import NotFound, Problem
from services.gateway.domain.typed import SHOWN
from services.gateway.domain.versions import STORED, TYPED, Difference, Versions, compare, pieces
from services.gateway.usecases.okr_ports import Goals
from services.gateway.usecases.save_edit import save_edit
from services.gateway.web.field_words import PROSE, in_words, label_of
from services.gateway.web.forms import key_was_used
from services.gateway.web.frame import new_key, services
from services.gateway.web.links import redirect

MINE = "mine_"
Typed = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What the two versions are of: ``address`` takes its edit form, ``back`` is its page.

    ``labels`` are for fields that are called something else here; ``kept`` are further fields that the edit
    form sends along. ``stays`` tells what cannot be changed any more, though something else was typed;
    ``edited`` that somebody edited it since it was made.
    """

    what: str
    title: str
    address: str
    back: str
    nav: str = "okrs"
    labels: Typed | None = None
    kept: Typed | None = None
    stays: str = ""
    edited: bool = False


@dataclass(frozen=True, kw_only=True)
class Words:
    """How the page tells where the two versions come from."""

    title: str
    lead: str
    both: str
    one: str
    stored: str
    save: str


OVERTAKEN = Words(
    title="Choose between two versions",
    lead="This {what} was saved elsewhere while you were editing it. Nothing of yours is lost.",
    both="Both sides changed these. Choose one.",
    one="Only one side changed these. The change is chosen.",
    stored="Stored version",
    save="Save these",
)
RESENT = Words(
    title="This was saved already",
    lead="This {what} was saved when you sent the form the first time. You have typed something else since. "
    "Nothing was saved twice.",
    both="Choose what it says from now on.",
    one="You typed something else here. Your new text is chosen.",
    stored="Saved the first time",
    save="Save the new text",
)


def saved(
    typed: Typed, save: Callable[[Typed], object], read: Callable[[], Typed], thing: Callable[[], Thing]
) -> tuple[str, int] | None:
    """Save what was typed; return the page of two versions where somebody changed the same form meanwhile.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    versions = save_edit(typed, save, read)
    return None if versions is None else (choose(versions, thing()), 412)


def resent(
    error: Exception, typed: Typed, read: Callable[[str], tuple[Typed, Thing]]
) -> tuple[str, int] | Response | None:
    """Return the page of what this form saved before beside what is typed now, if that is what happened.

    ``read`` returns the stored texts of the thing with this id, and the thing; fields that cannot be edited
    are left out.

    Raises:
        Problem: what was saved cannot be read.
    """
    made = error.extra.get("made") if isinstance(error, Problem) and key_was_used(error) else None
    if not isinstance(made, str):
        return None
    try:
        stored, thing = read(made)
    except NotFound:
        return None
    # Where somebody edited it since, nobody knows any more which of two texts is the newer one.
    shown = {} if thing.edited else {SHOWN + name: text for name, text in stored.items() if name != "rev"}
    versions = compare({**typed, **shown}, stored)
    if versions.differences:
        return choose(versions, thing, RESENT), 409
    flash("It was saved when you sent it the first time.", "done")
    return redirect(thing.back)


def sent_anew(error: Exception, typed: Typed) -> Typed:
    """Return the texts for a form that comes back: with a new key where what the old one made is gone."""
    gone = key_was_used(error) or isinstance(error, NotFound)
    return {**typed, "idempotency_key": new_key()} if gone else typed


def returns(typed: Typed) -> bool:
    """Return whether the form is only to be shown again: people are looked for, or it is edited further."""
    return "find" in typed or "editing" in typed


def choose(versions: Versions, thing: Thing, words: Words = OVERTAKEN) -> str:
    """Return the page; what it sends is an edit of the stored version."""
    goals = services().goals
    rows = [_row(found, thing, goals) for found in versions.differences]
    return render_template(
        "conflict/choose.html",
        page={"title": words.title, "nav": thing.nav, "crumbs": [(thing.title, thing.back)]},
        thing=thing,
        words=words,
        lead=words.lead.format(what=thing.what),
        stays=thing.stays,
        rev=versions.stored["rev"],
        both=[row for row in rows if row["chosen"] is None],
        one=[row for row in rows if row["chosen"] is not None],
        same={name: versions.stored[name] for name in versions.same},
        same_labels=[_label(name, thing) for name in versions.same],
        kept=thing.kept or {},
    )


def resumed(typed: Typed) -> dict[str, str]:
    """Return the texts for the form that the page leads back to: what is undecided is as it was typed."""
    carried = {
        name.removeprefix(MINE): text
        for name, text in typed.items()
        if name.startswith(MINE) and name.removeprefix(MINE) not in typed
    }
    others = {name: text for name, text in typed.items() if not name.startswith(MINE) and name != "editing"}
    return {**others, **carried}


def _label(name: str, thing: Thing) -> str:
    return (thing.labels or {}).get(name) or label_of(name)


def _row(found: Difference, thing: Thing, goals: Goals) -> dict[str, object]:
    before = None if found.shown is None else in_words(found.name, found.shown, goals)
    chosen = found.chosen
    side = {STORED: "Only the stored version changed", TYPED: "Only you changed it"}
    return {
        "name": found.name,
        "label": _label(found.name, thing),
        "chosen": chosen,
        "shown_name": SHOWN + found.name,
        "note": side[chosen] if chosen else "Both changed it",
        "before": before if chosen is None and found.name not in PROSE else None,
        "options": [
            _option(STORED, found.stored, found, found.stored_changed, goals),
            _option(TYPED, found.typed, found, found.typed_changed, goals),
        ],
    }


def _option(
    side: str,
    text: str,
    found: Difference,
    changed: bool,  # noqa: FBT001  # one of the two sides of `found`
    goals: Goals,
) -> dict[str, object]:
    prose = found.name in PROSE and text and found.shown
    reads = in_words(found.name, text, goals)
    return {
        "side": side,
        "value": text,
        "pieces": pieces(found.shown or "", text) if prose and changed else [(False, reads)],
        "checked": found.chosen == side,
        "as_before": not changed,
    }
