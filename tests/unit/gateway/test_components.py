"""Macros: what they say to the eye they say to the ear, and everything is escaped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g, render_template, render_template_string

from services.gateway.web import design_examples, formatting, presentation

WEB = Path(presentation.__file__).parent
TEMPLATES = WEB / "templates"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def templates() -> Flask:
    """One application for all of them: it compiles each template once."""
    made = Flask("components", template_folder=str(TEMPLATES))
    made.secret_key = "test"
    made.jinja_env.globals.update(csp_nonce=lambda: "nonce", csrf_token=lambda: "token", form_of=lambda: "")
    presentation.install(made)
    return made


@pytest.fixture
def app(templates: Flask) -> Iterator[Flask]:
    with templates.test_request_context():
        g.viewer = {
            "id": "p1",
            "name": "Jun Alder",
            "locale": "en_GB",
            "time_zone": "UTC",
            "roles": ("admin",),
        }
        yield templates


def render(app: Flask, macro: str, **context: object) -> str:
    with app.app_context():
        return render_template_string('{% import "components/ui.html" as ui %}' + macro, **context)


@pytest.fixture
def page(app: Flask) -> str:
    today = presentation.today()
    shown = design_examples.shell(today) | design_examples.everything(today)
    with app.app_context():
        return render_template("design/design.html", **shown)


@pytest.mark.parametrize("status", list(formatting.STATUS_WORDS))
def test_every_status_has_a_word_an_icon_in_the_sprite_and_a_colour(app: Flask, status: str) -> None:
    said = render(app, "{{ ui.status(status) }}", status=status)
    assert formatting.STATUS_WORDS[status] in said
    assert f'id="i-s-{status}"' in (WEB / "static/icons.svg").read_text()
    neutral = status in {"closed", "abandoned"}
    assert neutral or f'[data-s="{status}"]' in (WEB / "assets/css/components.css").read_text()


def test_a_bar_says_its_three_facts_without_a_style(app: Flask) -> None:
    said = render(app, '{{ ui.bar(0.58, 0.52, 0.26, "on_track") }}')
    assert 'aria-label="58% done, 52% expected by today, weakest key result 26%"' in said
    assert 'width="58.00%"' in said
    assert "style=" not in said


def test_a_bar_over_its_target_is_full_and_its_number_true(app: Flask) -> None:
    said = render(app, '{{ ui.progress_bar(1.0, 0.5, none, "achieved", raw=1.18) }}')
    assert 'width="100.00%"' in said
    assert "118%" in said


def test_what_is_not_measured_is_a_dashed_line_and_never_zero(app: Flask) -> None:
    said = render(app, "{{ ui.progress_bar(none) }}")
    assert "nobar" in said
    assert "0%" not in said


@pytest.mark.parametrize(
    "macro",
    [
        "{{ ui.person({'id': evil, 'name': evil}) }}",
        "{{ ui.field('title', evil, evil, hint=evil, error=evil, attrs={'placeholder': evil}) }}",
        "{{ ui.textarea('why', evil, evil) }}",
        "{{ ui.select('owner', evil, [(evil, evil)], evil) }}",
        "{{ ui.number('start', evil, evil, evil, error=evil) }}",
        "{{ ui.form_errors({'title': evil, evil: evil}) }}",
        "{{ ui.notice(evil, 'at_risk', title=evil) }}",
        "{{ ui.toast(evil, strong=evil, after=evil, undo=evil) }}",
        "{{ ui.empty(evil, evil) }}",
        "{{ ui.crumbs([(evil, evil)]) }}",
        "{{ ui.why_panel('behind', [{'label': evil, 'value': evil}]) }}",
        "{{ ui.stats([(evil, evil, evil)]) }}",
        "{{ ui.risk_row({'id': evil, 'url': evil, 'title': evil, 'status': evil, 'why': evil}) }}",
    ],
)
def test_what_people_typed_never_becomes_markup(app: Flask, macro: str) -> None:
    assert "<script>" not in render(app, macro, evil=EVIL)


def test_no_line_of_the_breadcrumbs_can_begin_with_a_chevron(app: Flask) -> None:
    said = render(app, "{{ ui.crumbs([('Q4 2031', '/okrs'), ('Company', none), ('Here', '/')]) }}")
    words = re.sub(r"<[^>]+>", "", said)
    assert words.strip() == "Q4 2031\u00a0› Company\u00a0› Here"
    assert "<svg" not in said, "a line may break before a drawing, whatever stands there"


def test_a_field_keeps_what_was_typed_and_names_its_error_and_hint(app: Flask) -> None:
    said = render(app, "{{ ui.field('title', 'Title', 'Improve', hint='Short.', error='It names work.') }}")
    assert 'value="Improve"' in said
    assert 'aria-describedby="f-title-error f-title-hint"' in said
    assert 'aria-invalid="true"' in said
    assert 'id="f-title-error"' in said
    assert 'id="f-title-hint"' in said


@pytest.mark.parametrize(
    ("given", "stored"), [(None, None), (0, "0"), (3, "3"), (5, "5"), (7, "7"), (10, "10")]
)
def test_confidence_stores_two_five_or_eight_unless_it_was_refined(
    app: Flask, given: int | None, stored: str | None
) -> None:
    said = render(app, "{{ ui.confidence_control(given) }}", given=given)
    assert re.findall(r'data-band="(\d)"', said) == ["2", "5", "8"]
    checked = re.findall(r'value="(\d+)" data-band="\d" checked', said)
    assert checked == ([] if stored is None else [stored])


def test_a_check_in_form_carries_its_keys_and_its_preview(app: Flask) -> None:
    item = design_examples.owed_items(presentation.today())[0]
    said = render(app, "{{ ui.check_in_row(item, form) }}", item=item, form=design_examples.form_state())
    for part in (
        'name="csrf_token"',
        'name="idempotency_key"',
        'data-preview="behind"',
        "70\u00a0min",
        'name="note"',
    ):
        assert part in said


def test_no_page_of_the_design_has_a_style_attribute_or_an_inline_script(page: str) -> None:
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_ids_are_unique_and_labels_lead_to_them(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for name in re.findall(r'(?:\sfor|aria-labelledby)="([^"]+)"', page):
        assert name in ids


def test_every_icon_that_a_template_asks_for_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([^"]+)"', (WEB / "static/icons.svg").read_text()))
    asked = set()
    for template in TEMPLATES.rglob("*.html"):
        asked |= set(re.findall(r'icon(?:_name)?(?:\(|=)"([a-z0-9_-]+)"', template.read_text()))
    assert asked - {"s-"} <= sprite


def test_no_template_has_a_style_attribute() -> None:
    """The content security policy would refuse it, silently for the eye of whoever wrote it."""
    for template in TEMPLATES.rglob("*.html"):
        assert not re.search(r"\sstyle\s*=", template.read_text()), template


def test_the_theme_of_the_cookie_is_rendered_by_the_server(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "cairn_theme=dark"}):
        assert presentation.theme() == "dark"
    with app.test_request_context(headers={"Cookie": "cairn_theme=neon"}):
        assert presentation.theme() == "system"


def test_an_assets_address_changes_with_its_content() -> None:
    assert re.fullmatch(r"/static/cairn\.css\?v=[0-9a-f]{8}", presentation.asset("cairn.css"))
