"""How mails read and look; the snapshots hold every word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jinja2 import Template
from syrupy.assertion import SnapshotAssertion

from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.kinds import TRANSACTIONAL, MailKind
from services.notifier.domain.letters import Letter
from services.notifier.domain.ties import Tie
from services.notifier.mail.rendering import TemplateWording
from services.notifier.usecases.ports import Unsayable
from tests.unit.notifier import examples

WORDING = TemplateWording()


def words(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_as_it_was_agreed(kind: MailKind, snapshot: SnapshotAssertion) -> None:
    rendered = WORDING.word(examples.LETTERS[kind])
    assert rendered.subject == snapshot(name="subject")
    assert rendered.text == snapshot(name="text")
    assert rendered.html == snapshot(name="html")


@pytest.mark.parametrize("kind", [MailKind.AT_RISK, MailKind.CELEBRATION, MailKind.CHECK_IN_DUE])
def test_numbers_are_written_as_the_recipient_writes_them(
    kind: MailKind, snapshot: SnapshotAssertion
) -> None:
    letter = examples.LETTERS[kind]
    german = replace(letter.to, locale="de-DE", time_zone="Europe/Berlin")
    assert WORDING.word(replace(letter, to=german)).text == snapshot


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_has_one_button_a_reason_and_its_two_ways_out(kind: MailKind) -> None:
    letter = examples.LETTERS[kind]
    rendered = WORDING.word(letter)
    assert rendered.html.count('class="m-btna"') == 1
    assert "You get this because" in rendered.text
    assert "You get this because" in rendered.html
    ways_out = ("/settings#notifications", "/unsubscribe?token=")
    assert all(
        (way in rendered.text and way in rendered.html) == (kind not in TRANSACTIONAL) for way in ways_out
    )
    assert rendered.html.count('class="m-ink number"') <= 3


@pytest.mark.parametrize("kind", MailKind)
def test_no_mail_loads_anything_or_holds_a_style_sheet_of_others(kind: MailKind) -> None:
    html = WORDING.word(examples.LETTERS[kind]).html
    assert not re.search(r"<(img|link|script|iframe)", html)
    assert "@import" not in html
    assert "prefers-color-scheme:dark" in html


@pytest.mark.parametrize("kind", MailKind)
def test_the_text_is_wrapped_and_only_addresses_are_longer(kind: MailKind) -> None:
    for line in WORDING.word(examples.LETTERS[kind]).text.splitlines():
        assert len(line) <= 72 or "://" in line


def at_risk(tie: Tie = Tie.OBJECTIVE_OWNER, **changes: object) -> Letter:
    facts = replace(examples.RESTORE, **changes)  # type: ignore[arg-type]  # the tests name real fields
    return replace(examples.AT_RISK, facts=(facts,), tie=tie)


def test_what_changed_is_told_from_the_numbers() -> None:
    text = words(WORDING.word(at_risk(previous_status="on_track", status="behind", expected=0.41)).text)
    assert "It was on track; it is behind: 15 points short of the plan, and confidence fell to 3." in text


def test_news_of_what_stays_bad_says_still() -> None:
    assert "It is still at risk: 27 points short" in words(
        WORDING.word(at_risk(previous_status="at_risk")).text
    )


def test_confidence_explains_alone_where_the_plan_is_kept() -> None:
    letter = replace(at_risk(progress=0.6, confidence=2), standings={})
    text = WORDING.word(letter).text
    assert "It was behind; it is at risk: confidence is 2 of 10." in words(text)
    assert "Confidence        2 of 10" in text
    assert "78" not in text.split("--")[0]


def test_a_falling_metric_says_that_lower_is_better_and_a_rising_one_does_not() -> None:
    assert "lower is better" in WORDING.word(at_risk()).text
    assert "lower is better" not in WORDING.word(at_risk(start=0.0, target=95.0)).text


def test_a_yes_or_no_result_shows_confidence_instead_of_a_reading() -> None:
    text = WORDING.word(
        at_risk(kind="boolean", start=0.0, target=1.0, current=0.0, progress=0.0, unit="")
    ).text
    assert "target" not in text
    assert "3 of 10" in text


def test_the_owner_is_not_asked_to_answer_their_own_note() -> None:
    own = replace(at_risk(Tie.OWNER), person_id="jun")
    assert "See why:" in WORDING.word(own).text
    assert "See why, and answer Jun:" in WORDING.word(at_risk()).text


def test_a_note_of_somebody_unknown_is_left_out_rather_than_unsigned() -> None:
    assert "runbook" not in WORDING.word(replace(at_risk(), names={})).text


def test_almost_done_is_never_shown_as_done() -> None:
    assert "99%" in WORDING.word(at_risk(progress=0.9996)).text


def test_what_is_not_measured_is_a_dash_without_a_bar() -> None:
    rendered = WORDING.word(at_risk(progress=None, current=None))
    assert "Done              –" in rendered.text
    assert 'class="bar"' not in rendered.html


def test_markup_in_titles_notes_and_names_is_text() -> None:
    nasty = '<script>alert("1")</script>'
    letter = replace(
        at_risk(title=nasty), objective_title=nasty, names={"jun": nasty}, organisation_name=nasty
    )
    html = WORDING.word(letter).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_long_title_is_cut_in_the_subject_and_whole_in_the_mail() -> None:
    title = "Median time to restore every one of the services that our customers rely on at night"
    rendered = WORDING.word(at_risk(title=title))
    assert rendered.subject == "At risk: Median time to restore every one of the services that our…"
    assert title in rendered.html


def test_line_breaks_in_a_title_make_no_second_line_of_the_subject() -> None:
    subject = WORDING.word(at_risk(title="Restore\r\nBcc: all@example.com\u2028now")).subject
    assert subject == "At risk: Restore Bcc: all@example.com now"


def test_many_wins_are_one_mail_with_the_achieved_first() -> None:
    certified: ProgressFacts = examples.CERTIFIED
    letter = replace(examples.CELEBRATION, facts=(certified, certified, examples.FAILURES))
    rendered = WORDING.word(letter)
    assert rendered.subject.endswith(", and 2 more")
    assert "Also: Change failure rate is back on track, from 16% to 12.5%" in words(rendered.text)


@pytest.mark.parametrize(
    ("left", "words_of_time"),
    [(60, "eight weeks early"), (13, "13 days early"), (1, "one day early"), (0, "in time")],
)
def test_how_early_is_told_in_weeks_then_days(left: int, words_of_time: str) -> None:
    facts = replace(examples.CERTIFIED, ends_on=examples.AT.date() + timedelta(days=left))
    text = words(WORDING.word(replace(examples.CELEBRATION, facts=(facts,))).text)
    assert words_of_time in text


def test_an_american_reads_month_first_and_an_unknown_locale_reads_english() -> None:
    def text(locale: str, zone: str) -> str:
        to = replace(examples.ODO, locale=locale, time_zone=zone)
        return words(WORDING.word(replace(examples.INVITATION, to=to)).text)

    assert "until Tuesday, November 18 at 9:30 AM (America/New_York time)" in text(
        "en-US", "America/New_York"
    )
    assert "until Tuesday 18 November at" in text("tlh-Qo", "Mars/Olympus")


NASTY = (
    "Customers trust us",
    "A & B <b>\"bold\"</b> 'x' &amp; &#8199; {{ mail.title }}",
    "No-break\u00a0space, a\u2028line and\r\nbreaks",
    "dash -- -- dash " * 20,
    "x" * 200 + " " + "é▲" * 60,
    "",
)


@pytest.mark.parametrize("title", NASTY)
@pytest.mark.parametrize("tie", Tie)
@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind not in TRANSACTIONAL])
def test_a_mail_that_shares_its_words_is_the_one_that_would_have_been_rendered_alone(
    kind: MailKind, tie: Tie, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops = ("https://cairn.example.com/unsubscribe?token=a.b", "https://x.example/?a=1&b=\"'<>")
    letters = [
        replace(
            examples.LETTERS[kind],
            tie=tie,
            objective_title=title,
            team_name=title,
            links=replace(examples.LINKS, stop=stop),
        )
        for stop in (*stops, stops[0] + "c")
    ]
    shared = [WORDING.word(letter) for letter in letters]
    monkeypatch.setattr("services.notifier.mail.rendering._fits", lambda *_: False)
    assert shared == [WORDING.word(letter) for letter in letters]


def test_those_who_are_told_of_one_event_share_its_words_and_others_get_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wording = TemplateWording()
    rendered: list[str | None] = []
    render = Template.render

    def counted(self: Template, *args: Any, **rest: Any) -> str:
        rendered.append(self.name)
        return render(self, *args, **rest)

    monkeypatch.setattr(Template, "render", counted)
    first = wording.word(examples.AT_RISK)
    lead = wording.word(
        replace(
            examples.AT_RISK,
            tie=Tie.TEAM_LEAD,
            person_id="brisa",
            links=replace(examples.LINKS, stop="https://x/y"),
        )
    )
    assert "you lead Platform Operations" in words(lead.text)
    assert "https://x/y" in lead.text
    assert "https://x/y" in lead.html
    assert "objective above it" in words(first.text)
    assert len(rendered) == len(set(rendered))
    german = replace(examples.ODO, locale="de-DE")
    for other in (
        replace(examples.AT_RISK, to=german),
        replace(examples.AT_RISK, person_id="jun"),
        replace(examples.AT_RISK, organisation_name="Elsewhere"),
        replace(examples.AT_RISK, links=replace(examples.LINKS, public_url="https://other.example")),
        replace(examples.AT_RISK, facts=(replace(examples.RESTORE, title="Another"),)),
        replace(examples.AT_RISK, standings={}),
    ):
        assert wording.word(other) == TemplateWording().word(other)


def test_a_mail_that_cannot_be_worded_says_so_instead_of_raising_anything() -> None:
    with pytest.raises(Unsayable, match="check_in_due"):
        WORDING.word(replace(examples.CHECK_IN_DUE, facts=(replace(examples.OWED, owed=()),)))
