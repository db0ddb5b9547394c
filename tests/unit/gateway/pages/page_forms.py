"""The forms of a page, read from its HTML as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

SUBMITS = ("", "submit")
CONTROLS = {"input", "textarea", "select", "button"}
BESIDE = frozenset(
    {"csrf_token", "form_of", "rev", "idempotency_key", "cycle_id", "but", "kind", "find", "username"}
)


@dataclass
class Button:
    """A button that sends its form."""

    name: str
    action: str
    words: str = ""


@dataclass
class Form:
    """A form: its address, what it would send untouched, and its submit buttons in order."""

    method: str
    action: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)

    @property
    def edited(self) -> set[str]:
        """The names of the fields that somebody can edit."""
        return {name for name in self.named if name not in BESIDE and not name.endswith("_words")}

    def text(self, name: str) -> str | None:
        """What is sent for a name; several values in the order of the alphabet."""
        return ",".join(sorted(self.sent[name])) if name in self.sent else None


class _Reader(HTMLParser):
    def __init__(self, page_address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._address = page_address
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._first = True
        self._button: Button | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(found.get("method", "get"), found.get("action") or self._address)
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(found)
        elif tag == "textarea":
            self._area, self._text = found["name"], ""
            self._form.named.add(found["name"])
        elif tag == "select":
            self._select, self._first = found["name"], True
            self._form.named.add(found["name"])
        elif tag == "option" and self._select:
            if self._first or "selected" in found:
                self._form.sent[self._select] = [found.get("value", "")]
            self._first = False
        elif tag == "button" and found.get("type", "") in SUBMITS:
            self._button = Button(found.get("name", ""), found.get("formaction", ""))
            self._form.buttons.append(self._button)

    def _input(self, found: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = found.get("name", ""), found.get("type", "text")
        if kind == "submit":
            self._form.buttons.append(Button(name, found.get("formaction", ""), found.get("value", "")))
        elif name:
            if not (kind == "hidden" and name.startswith("shown_")):
                self._form.named.add(name)
            if kind not in {"checkbox", "radio"} or "checked" in found:
                self._form.sent.setdefault(name, []).append(found.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._text += data
        if self._button is not None:
            self._button.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area and self._form:
            self._form.sent[self._area] = [self._text.removeprefix("\n")]
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "button":
            self._button = None


def forms_of(page: str, address: str) -> list[Form]:
    """Return the forms of the page at this address."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms
