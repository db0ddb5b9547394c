"""The API takes every locale that CLDR knows, in any spelling, and keeps one."""

from __future__ import annotations

import re

import marshmallow as ma
import pytest
from babel import localedata

from libs.language.locales import known_locale
from services.gateway.web.locale_choices import LOCALES
from services.goals.api.fields import LocaleTag
from services.goals.api.questions import PersonChangesSchema


def test_every_known_locale_is_taken() -> None:
    pattern = re.compile(LocaleTag().metadata["pattern"])
    for identifier in localedata.locale_identifiers():
        for spelled in (identifier, identifier.replace("_", "-")):
            taken = PersonChangesSchema().load({"locale": spelled})["locale"]
            assert known_locale(taken) == known_locale(identifier)
            assert pattern.search(spelled)


@pytest.mark.parametrize(
    ("typed", "kept"), [("zh-Hant-TW", "zh-Hant-TW"), ("pt_BR", "pt-BR"), ("de-ch", "de-CH")]
)
def test_a_locale_has_one_spelling(typed: str, kept: str) -> None:
    assert PersonChangesSchema().load({"locale": typed}) == {"locale": kept}


@pytest.mark.parametrize("text", ["", "x", "english", "de_DE.UTF-8", "../../etc", "en--GB"])
def test_what_names_no_locale_is_refused(text: str) -> None:
    with pytest.raises(ma.ValidationError):
        PersonChangesSchema().load({"locale": text})


def test_settings_offer_known_locales_alone() -> None:
    assert all(known_locale(tag).language == tag.split("-")[0] for tag, _ in LOCALES)
    assert len({tag for tag, _ in LOCALES}) == len(LOCALES)
