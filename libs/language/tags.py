"""Locale tags as people and programs write them, in one spelling: `zh-Hant-TW`. Needs no Babel."""

from __future__ import annotations

import re

LONGEST_TAG = 35  # what RFC 5646 asks of every implementation
TAG = re.compile(
    r"[A-Za-z]{2,3}"  # language
    r"([-_][A-Za-z]{4})?"  # script
    r"([-_]([A-Za-z]{2}|[0-9]{3}))?"  # territory
    r"([-_]([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"  # variants
)


def is_tag(text: str) -> bool:
    """Tell whether the text has the form of a locale tag, with hyphens or underscores."""
    return len(text) <= LONGEST_TAG and TAG.fullmatch(text) is not None


def canonical_tag(text: str) -> str:
    """Return the tag with hyphens and the usual capitals: `pt_br` is `pt-BR`.

    Raises:
        ValueError: the text is no tag.
    """
    if not is_tag(text):
        msg = f"not a locale tag: {text!r}"
        raise ValueError(msg)
    language, *rest = re.split("[-_]", text)
    return "-".join((language.lower(), *map(_spelled, rest)))


def _spelled(subtag: str) -> str:
    if subtag.isalpha() and len(subtag) == len("Hant"):
        return subtag.title()
    return subtag.upper() if len(subtag) == len("TW") else subtag.lower()
