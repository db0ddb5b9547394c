"""Two versions of the same fields: what each side changed, and which one is chosen already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.gateway.domain.typed import SHOWN, plain_lines

STORED, TYPED = "stored", "typed"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field whose stored text is another one than the typed text. ``shown`` is null where it is unknown."""

    name: str
    shown: str | None
    stored: str
    typed: str

    @property
    def stored_changed(self) -> bool:
        """Whether somebody else changed the field since the form was shown."""
        return self.stored != self.shown

    @property
    def typed_changed(self) -> bool:
        """Whether the viewer changed the field since the form was shown."""
        return self.typed != self.shown

    @property
    def chosen(self) -> str | None:
        """The version that is chosen already; null where both sides changed the field."""
        if self.stored_changed and self.typed_changed:
            return None
        return STORED if self.stored_changed else TYPED


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What is stored, by field and with its revision; where the typed texts differ from it, and where not."""

    stored: Mapping[str, str]
    differences: tuple[Difference, ...]
    same: tuple[str, ...] = ()

    @property
    def unsaved(self) -> bool:
        """Whether the viewer changed something that is not stored."""
        return any(found.typed_changed for found in self.differences)

    @property
    def overtaken(self) -> bool:
        """Whether somebody else changed a field that the form shows."""
        return any(found.stored_changed for found in self.differences)


def compare(typed: Mapping[str, str], stored: Mapping[str, str]) -> Versions:
    """Return where the typed texts differ from the stored ones; a field that was not sent is not typed."""
    found: list[Difference] = []
    same: list[str] = []
    for name, text in stored.items():
        if name == "rev" or name not in typed:
            continue
        shown = typed.get(SHOWN + name)
        difference = Difference(
            name=name,
            shown=None if shown is None else _plain(shown),
            stored=_plain(text),
            typed=_plain(typed[name]),
        )
        if difference.stored != difference.typed:
            found.append(difference)
        else:
            same.append(name)
    return Versions(stored=stored, differences=tuple(found), same=tuple(same))


def pieces(before: str, after: str) -> list[tuple[bool, str]]:
    """Return ``after`` in pieces, each with whether it is new against ``before``, by whole words."""
    old, new = before.split(" "), after.split(" ")
    found: list[tuple[bool, str]] = []
    for what, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if start < end:
            found.append((what != "equal", " ".join(new[start:end])))
    return found


def _plain(text: str) -> str:
    return plain_lines(text).strip()
