"""Text from right to left, and controls that never end, among other text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment

from libs.language.isolation import CONTROLS, balanced, isolated, turns
from libs.language.templates import isolate

SIGNS = st.sampled_from([*sorted(CONTROLS), "a", "1", " ", "א", "ش", "\n", "\u200d", "\u200c", "👨", "!"])
TEXTS = st.lists(SIGNS, max_size=14).map("".join) | st.text(max_size=20)
OPENING, CLOSING = "\u2066\u2067\u2068", "\u2069"


def depths(line: str) -> list[int]:
    """How many isolates are open behind each sign."""
    found, open_ = [], 0
    for sign in line:
        open_ += (sign in OPENING) - (sign == CLOSING)
        found.append(open_)
    return found


@given(TEXTS)
def test_every_line_ends_the_isolates_that_it_begins(text: str) -> None:
    for shown in (balanced(text), isolated(text)):
        for line in shown.splitlines():
            behind = depths(line)
            assert not behind or (min(behind) >= 0 and behind[-1] == 0)


@given(TEXTS)
def test_nothing_that_turns_stands_outside_an_isolate(text: str) -> None:
    for line in isolated(text).splitlines():
        outside = "".join(
            sign for sign, depth in zip(line, depths(line), strict=True) if not depth and sign != CLOSING
        )
        assert not turns(outside)


@given(TEXTS)
def test_only_isolates_are_added_or_taken_away(text: str) -> None:
    isolates = str.maketrans("", "", OPENING + CLOSING)
    assert isolated(text).translate(isolates) == text.translate(isolates)
    assert isolated(isolated(text)) == isolated(text)
    assert balanced(balanced(text)) == balanced(text)


@pytest.mark.parametrize("text", ["", "Größe", "👨\u200d👩\u200d👧", "a\nb", "日本語", "नमस्ते"])
def test_what_turns_nothing_stays_as_it_is(text: str) -> None:
    assert isolated(text) == balanced(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("شركة", "\u2068شركة\u2069"),
        ("می\u200cخواهم", "\u2068می\u200cخواهم\u2069"),
        ("\u202eevil", "\u2068\u202eevil\u2069"),
        ("a\u2069b", "ab"),
        ("a\u2067b", "a\u2067b\u2069"),
        ("שלום\nabc\nשלום", "\u2068שלום\u2069\nabc\n\u2068שלום\u2069"),
        ("to \u2068שלום\u2069 in 2 days", "to \u2068שלום\u2069 in 2 days"),
    ],
)
def test_a_text_among_others(text: str, shown: str) -> None:
    assert isolated(text) == shown


def rendered(template: str, **values: object) -> str:
    """What a page with this template shows."""
    environment = Environment(loader=DictLoader({"page.html": template}), autoescape=True)
    isolate(environment)
    return environment.get_template("page.html").render(values)


# W stands for `א<`, BDI for W in an element of its own, FSI for W between the signs of an isolate.
PLACES = {
    "<p>{{ w }}</p>": "<p>BDI</p>",
    '<p dir="auto">{{ w }}</p>': '<p dir="auto">W</p>',
    "<p>a {{ 'b' }} {{ w }}</p>": "<p>a b BDI</p>",
    '<a href="/{{ w }}" title="{{ w }}">{{ w }}</a>': '<a href="/W" title="FSI">BDI</a>',
    "<input value='{{ w }}' aria-label='In {{ w }}'>": "<input value='W' aria-label='In FSI'>",
    "<title>{{ w }} · Cairn</title>": "<title>FSI · Cairn</title>",
    "<textarea>{{ w }}</textarea>": "<textarea>W</textarea>",
    "<option value='{{ w }}'>{{ w }}</option>": "<option value='W'>FSI</option>",
    "<svg><text>{{ w }}</text></svg>{{ w }}": "<svg><text>FSI</text></svg>BDI",
    "{{ 'In ' ~ w ~ ' now' }}": "In FSI now",
    "{{ w ~ ' & ' ~ w }}": "FSI &amp; FSI",
    "{{ [w, 'b', 5] | join(', ') }}": "FSI, b, 5",
    "{{ [{'name': w}] | map(attribute='name') | join(', ') }}": "FSI",
    "{{ [{'name': w}] | join(', ', attribute='name') }}": "FSI",
    "{% if w %}<p>{{ w }}{% else %}<p title='{{ w }}'>{% endif %}</p>{{ w }}": "<p>BDI</p>BDI",
    "{% macro m(y) %}<b>{{ y }}</b>{% endmacro %}<p>{{ m(w) }}</p>": "<p><b>BDI</b></p>",
    "{% for y in [w] %}<li{% if y %} id='a'{% endif %}>{{ y }}</li>{% endfor %}": "<li id='a'>BDI</li>",
    "1 < 2 {{ w }} <!-- <title> -->{{ w }}": "1 < 2 BDI <!-- <title> -->BDI",
    "<p>{{ w | upper }} {{ 5 }} {{ none }}</p>": "<p>BDI 5 None</p>",
}


@pytest.mark.parametrize("template", PLACES)
def test_templates_isolate_by_the_place_of_an_expression(template: str) -> None:
    shown = PLACES[template].replace("BDI", "<bdi>W</bdi>").replace("FSI", "\u2068W\u2069")
    assert rendered(template, w="א<") == shown.replace("W", "א&lt;")


@given(TEXTS)
def test_no_text_becomes_markup(text: str) -> None:
    page = rendered('<p title="{{ x }}">{{ x }}{{ "a" ~ x }}</p>', x=f'<b "{text}">')
    assert page.count("<b ") == 0
    assert page.count('"') == 2


def test_text_that_turns_nothing_costs_no_markup() -> None:
    assert rendered("<p>{{ x }}</p>", x="Größe & Co") == "<p>Größe &amp; Co</p>"
