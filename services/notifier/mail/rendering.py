"""From a letter to subject, text and HTML: the templates of its folder, styles inlined.

Those who are told of one event mostly read the same words, but for why they get the mail and how to stop it.
So a mail is rendered once with slots in these two places, and remembered by all that its templates read.
"""

from __future__ import annotations

import html
import re
import secrets
import textwrap
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup

from libs.language.isolation import balanced
from services.notifier.domain.kinds import TRANSACTIONAL, MailKind
from services.notifier.domain.ledger import Rendered
from services.notifier.domain.letters import Letter, Links
from services.notifier.mail.catalogue import CONTEXTS, Context
from services.notifier.mail.figures import CONTROLS, Figures, one_line, shortened
from services.notifier.mail.pieces import Number
from services.notifier.usecases.ports import Unsayable

_FOLDER = Path(__file__).parent
_WIDTH = 72
_SUBJECT_LIMIT = 120
_REMEMBERED = 256
# Nobody can write these into a title.
_REASON: Final = f"reason-{secrets.token_hex(16)}"
_STOP: Final = f"stop-{secrets.token_hex(16)}"
_ADDRESS: Final = re.compile(r"[!#-%(-;=?-~]+")  # stands in HTML as it is: no quote, ampersand or bracket


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
        self._templates.filters.update(short=shortened, fill=_fill, table=_table, broken=_broken)
        self._templates.globals["dark_css"] = Markup((_FOLDER / "frame/dark.css").read_text())  # noqa: S704  # nosec B704  # our own file
        self._inliner = css_inline.CSSInliner(
            extra_css=(_FOLDER / "frame/light.css").read_text(),
            load_remote_stylesheets=False,
            keep_link_tags=False,
        )
        self._lock = threading.Lock()
        self._remembered = lru_cache(_REMEMBERED)(self._render)

    def word(self, letter: Letter) -> Rendered:
        """The mail as it goes out.

        Raises:
            Unsayable: the template and the facts do not fit.
        """
        try:
            mail = CONTEXTS[letter.kind](letter, Figures(letter.to.locale, letter.to.time_zone))
            organisation = one_line(letter.organisation_name) if letter.organisation_name else None
            stop = letter.links.stop
            if letter.kind in TRANSACTIONAL or stop is None or not _fits(mail.reason, stop):
                return self._render(letter.kind, mail, letter.links, organisation)
            slotted = replace(cast("Any", mail), reason=_REASON)
            links = replace(letter.links, stop=_STOP)
            with self._lock:  # the others that the event is told to wait for what they are about to share
                shared = self._remembered(letter.kind, slotted, links, organisation)
            return _filled(shared, mail.reason, stop)
        except (TemplateError, css_inline.InlineError, ArithmeticError, LookupError, AttributeError) as error:
            msg = f"{letter.kind}: {type(error).__name__}: {error}"
            raise Unsayable(msg) from error

    def _render(self, kind: MailKind, mail: Context, links: Links, organisation: str | None) -> Rendered:
        values = {"mail": mail, "links": links, "organisation": organisation}
        subject, text, markup = (
            self._templates.get_template(f"{kind}/{name}").render(values)
            for name in ("subject.txt", "body.txt", "body.html")
        )
        return Rendered(
            subject=shortened(subject, _SUBJECT_LIMIT), text=_tidy(text), html=self._inliner.inline(markup)
        )


def _fits(reason: str, stop: str) -> bool:
    """Whether both can be put into a slot as the templates would have written them."""
    return not CONTROLS.search(reason) and _ADDRESS.fullmatch(stop) is not None


def _filled(shared: Rendered, reason: str, stop: str) -> Rendered:
    text = shared.text.replace(_REASON, _tidy(_fill(reason)).removesuffix("\n"))
    markup = shared.html.replace(_REASON, html.escape(reason, quote=False))
    return Rendered(subject=shared.subject, text=text.replace(_STOP, stop), html=markup.replace(_STOP, stop))


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
    return balanced("\n".join(paragraphs))  # what was isolated may have been broken into lines


def _broken(text: str) -> Markup:
    """Each line on a line of its own, in HTML."""
    return Markup("<br>").join(text.split("\n"))


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
