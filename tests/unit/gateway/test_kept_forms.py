"""The seal of a form that waits for its owner to sign in again."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.kept_forms import LASTS, LONGEST_SEAL, KeptForm, mark_of, person_of, seal, unseal

WORDS = "Two rehearsals <b>“quoted”</b> & 50%\r\nA second line 👩‍👩‍👧"
NOW = datetime(2031, 11, 18, 12, tzinfo=UTC)


def test_a_seal_of_another_key_or_of_yesterday_opens_nothing() -> None:
    form = KeptForm(person_id="jun", address="/objectives/new", fields=(("title", WORDS),), kept_at=NOW)
    sealed = seal(form, "key") or ""
    assert unseal(sealed, "key", NOW) == form
    assert unseal(sealed, "another key", NOW) is None
    assert unseal(sealed, "key", NOW + LASTS) is None
    for wrong in ("", "x", "a.b.c.d.e", sealed[:-1], sealed + "A", "x" * (LONGEST_SEAL + 1)):
        assert unseal(wrong, "key", NOW) is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": ["dir"], "enc": {}},
        {"alg": "A256KW", "enc": "A256GCM"},
        {"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2s": "AAAA", "p2c": 10**9},
        {"alg": "dir", "enc": "A256GCM", "zip": []},
        [],
        None,
    ],
)
def test_no_other_algorithm_is_even_looked_at(header: object) -> None:
    begins = urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    for rest in ("...", ".AAAA.AAAA.AAAA", f"{'A' * 54}.{'A' * 16}.AAAA.{'A' * 22}"):
        assert unseal(f"{begins}.{rest}", "key", NOW) is None


def test_no_form_is_sealed_that_cannot_be_opened() -> None:
    fields = (("why", "\x01" * 60_000),)  # six bytes each in JSON
    form = KeptForm(person_id="jun", address="/objectives/new", fields=fields, kept_at=NOW)
    assert seal(form, "key") is None


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=200)), max_size=20))
def test_any_text_comes_out_as_it_went_in(fields: list[tuple[str, str]]) -> None:
    form = KeptForm(person_id="jun", address="/objectives/new?a=b", fields=tuple(fields), kept_at=NOW)
    assert unseal(seal(form, "key") or "", "key", NOW) == form


@given(st.text(max_size=80))
def test_only_our_mark_names_a_person(mark: str) -> None:
    assert person_of(mark, "key") is None
    assert person_of(mark_of("jun", "key"), "key") == "jun"
    assert person_of(mark_of("jun", "key"), "another key") is None
