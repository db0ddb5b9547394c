"""Every locale that CLDR knows can be named as browsers and programs name it."""

from __future__ import annotations

import pytest
from babel import Locale, localedata

from libs.language.locales import DEFAULT_LOCALE, known_locale
from libs.language.tags import canonical_tag, is_tag


def test_every_known_locale_has_a_tag_that_finds_it() -> None:
    for identifier in localedata.locale_identifiers():
        wanted = Locale.parse(DEFAULT_LOCALE if identifier == "en" else identifier)
        tag = canonical_tag(identifier)
        assert known_locale(identifier) == known_locale(tag) == known_locale(tag.lower()) == wanted


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("pt_BR", "pt-BR"),
        ("es-419", "es-419"),
        ("ca_ES_VALENCIA", "ca-ES-valencia"),
        ("DE", "de"),
    ],
)
def test_a_tag_has_one_spelling(typed: str, tag: str) -> None:
    assert canonical_tag(typed) == tag


@pytest.mark.parametrize(
    "text", ["", "e", "english", "en-", "-en", "en--GB", "en_GB.UTF-8", "../en", "x" * 40]
)
def test_what_is_no_tag_is_told_apart(text: str) -> None:
    assert not is_tag(text)
    assert known_locale(text) == Locale.parse(DEFAULT_LOCALE)


def test_an_unknown_country_falls_back_to_its_language() -> None:
    assert known_locale("de-QQ").language == "de"
    assert known_locale("xx-NO") == known_locale(None) == Locale.parse(DEFAULT_LOCALE)
