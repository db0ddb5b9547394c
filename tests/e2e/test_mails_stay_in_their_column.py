"""Every mail with words, units and addresses as long as they may be, as a browser draws it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.letters import Letter
from services.notifier.mail.rendering import TemplateWording
from tests.e2e.test_nothing_overflows import ADDRESS, ARABIC, NAME, OVERFLOW, UNIT, WORD
from tests.unit.notifier.examples import LETTERS

WORDING = TemplateWording()
LONG = {
    "title": WORD,
    "unit": UNIT,
    "text": f"{ADDRESS} {WORD}",
    "link": ADDRESS,
    "organisation_name": WORD,
    "invited_by_name": NAME,
    "team_name": WORD,
    "objective_title": f"{WORD} {ARABIC}",
    "name": NAME,
    "current": 999_999_999_999.5,
    "target": 1_999_999_999_999.5,
    "start": -999_999_999_999.5,
}


def long(value: Any) -> Any:
    """The same with every text as long as it may be."""
    if isinstance(value, tuple):
        return tuple(long(item) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        field.name: LONG[field.name]
        if field.name in LONG and getattr(value, field.name) is not None
        else long(getattr(value, field.name))
        for field in fields(value)
    }
    return replace(value, **changed)


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all mails."""
    context = browser.new_context(viewport={"width": 600, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_with_long_words_stays_in_its_column(tab: Page, kind: MailKind) -> None:
    letter: Letter = long(LETTERS[kind])
    letter = replace(letter, names=dict.fromkeys(letter.names, NAME))
    tab.set_content(WORDING.word(letter).html)
    for width in (600, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate(OVERFLOW) == [], width
