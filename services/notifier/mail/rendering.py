"""From a letter to subject, text and HTML: the templates of its folder, styles inlined."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup

from services.notifier.domain.ledger import Rendered
from services.notifier.domain.letters import Letter
from services.notifier.mail.catalogue import CONTEXTS
from services.notifier.mail.figures import Figures, one_line, shortened
from services.notifier.mail.pieces import Number
from services.notifier.usecases.ports import Unsayable

_FOLDER = Path(__file__).parent
_WIDTH = 72
_SUBJECT_LIMIT = 120


class TemplateWording:
    """Words letters by the templates in this folder. Thread-safe."""

    def __init__(self) -> None:
        """Templates are compiled once, when first used."""
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=False,
            keep_trailing_newline=False,
            auto_reload=False,
        )
        self._templates.filters.update(short=shortened, fill=_fill, table=_table)
        self._templates.globals["dark_css"] = Markup((_FOLDER / "frame/dark.css").read_text())  # noqa: S704  # nosec B704  # our own file
        self._inliner = css_inline.CSSInliner(
            extra_css=(_FOLDER / "frame/light.css").read_text(),
            load_remote_stylesheets=False,
            keep_link_tags=False,
        )

    def word(self, letter: Letter) -> Rendered:
        """The mail as it goes out.

        Raises:
            Unsayable: the template and the facts do not fit.
        """
        try:
            mail = CONTEXTS[letter.kind](letter, Figures(letter.to.locale, letter.to.time_zone))
            organisation = one_line(letter.organisation_name) if letter.organisation_name else None
            values = {"mail": mail, "links": letter.links, "organisation": organisation}
            subject, text, html = (
                self._templates.get_template(f"{letter.kind}/{name}").render(values)
                for name in ("subject.txt", "body.txt", "body.html")
            )
            return Rendered(
                subject=shortened(subject, _SUBJECT_LIMIT),
                text=_tidy(text),
                html=self._inliner.inline(html),
            )
        except (TemplateError, css_inline.InlineError, ArithmeticError, LookupError, AttributeError) as error:
            msg = f"{letter.kind}: {type(error).__name__}: {error}"
            raise Unsayable(msg) from error


def _fill(text: str, indent: str = "") -> str:
    """Wrapped for reading; addresses stay whole, no-break spaces hold."""
    paragraphs = [
        textwrap.fill(
            paragraph,
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in text.splitlines() or [""]
    ]
    return "\n".join(paragraphs)


def _table(numbers: Sequence[Number]) -> str:
    """Labels and values in two columns."""
    heads = [number.label.partition(", ") for number in numbers]
    width = max(len(head) for head, _, _ in heads)
    return "\n".join(
        f"  {head.capitalize():<{width}}  {number.value}{', ' + rest if rest else ''}"
        for number, (head, _, rest) in zip(numbers, heads, strict=True)
    )


def _tidy(text: str) -> str:
    """No line ends in spaces but the signature's mark, and no more than one empty line at a time."""
    lines: list[str] = []
    for line in text.splitlines():
        kept = "-- " if line.strip() == "--" else line.rstrip()
        if kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip() + "\n"
