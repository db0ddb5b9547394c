"""One address, however it is written."""

from __future__ import annotations

from unicodedata import normalize

import idna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from libs.language.addresses import BadAddress, address_key, canonical_address, wire_address

LOCAL_PARTS = st.text(
    st.characters(categories=("Ll", "Lu", "Lo", "Mn", "Nd"), include_characters="+._-'"),
    min_size=1,
    max_size=15,
).filter(lambda local: local.strip() == local and normalize("NFC", local) != "")
LABELS = st.sampled_from(
    [
        "example",
        "bücher",
        "straße",
        "βόλος",
        "faß",
        "例え",
        "пример",
        "مثال",
        "ñandú",
        "a-b",
        "x1",
        "łódź",
        "क्षत्रिय",
    ]
)
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)


def spellings(local: str, domain: str) -> list[str]:
    """The same address as mail programs, keyboards and registries write it."""
    forms = [
        domain,
        domain.upper().replace("SS", "ss"),
        normalize("NFD", domain),
        idna.encode(domain).decode(),
    ]
    domains = [form for form in forms if idna.encode(form, uts46=True) == idna.encode(domain)]
    locals_ = [local, normalize("NFD", local), normalize("NFC", local), normalize("NFD", local.casefold())]
    return [f"{one}@{other}" for one in locals_ for other in [*domains, domains[-1].upper()]]


@given(LOCAL_PARTS, DOMAINS)
def test_all_spellings_of_an_address_have_one_key(local: str, domain: str) -> None:
    keys = {address_key(spelling) for spelling in spellings(local, domain)}
    assert keys == {address_key(f"{local}@{domain}")}


UNSEEN = st.text(
    st.sampled_from("\ufeff\u200b\u2060\u00ad\u200e\u200f\u202a\u202c\u2068\u2069\u00a0 "), max_size=3
)


@given(LOCAL_PARTS, DOMAINS, UNSEEN, UNSEEN)
def test_nothing_unseen_around_an_address_makes_another(
    local: str, domain: str, before: str, after: str
) -> None:
    address = f"{local}@{domain}"
    assert address_key(f"{before}{address}{after}") == address_key(address)
    assert canonical_address(f"{before}{address}{after}") == canonical_address(address)


@given(LOCAL_PARTS, DOMAINS, DOMAINS)
def test_other_domains_have_other_keys(local: str, domain: str, other: str) -> None:
    """`strasse` and `straße` are two names since IDNA 2008."""
    assume(idna.encode(domain) != idna.encode(other))
    assert address_key(f"{local}@{domain}") != address_key(f"{local}@{other}")


@given(
    st.one_of(
        st.text(max_size=40), st.builds("{}@{}".format, LOCAL_PARTS, st.one_of(DOMAINS, st.text(max_size=9)))
    )
)
def test_the_key_of_a_key_is_the_key(typed: str) -> None:
    assert address_key(address_key(typed)) == address_key(typed)


@given(LOCAL_PARTS, DOMAINS)
def test_the_stored_spelling_is_stored_again_as_it_is(local: str, domain: str) -> None:
    assume(len(normalize("NFC", local).encode()) <= 64)
    stored = canonical_address(f"{local}@{idna.encode(domain).decode()}")
    assert canonical_address(stored) == stored
    assert stored == f"{normalize('NFC', local)}@{domain}"
    assert address_key(stored) == address_key(wire_address(stored))
    assert wire_address(stored).rpartition("@")[2].isascii()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("x@xn--bcher-kva.example", "x@bücher.example"),
        ("X@BU\u0308CHER.example", "x@bücher.example"),
        ("e\u0301@x.example", "é@x.example"),
        (" Ada+OKR@Example.ORG ", "ada+okr@example.org"),
        ("x@straße.example", "x@straße.example"),
        ("not an Address", "not an address"),
        ("x@xn--a.example", "x@xn--a.example"),
        ("ada@büro_1.example", "ada@büro_1.example"),
        ("\u202aAda@x.example\u202c", "ada@x.example"),
        ("\ufeff", ""),
        ("", ""),
    ],
)
def test_the_key_of_an_address(typed: str, key: str) -> None:
    assert address_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a" * 65 + "@x.example", "takes 65 bytes; mail servers accept at most 64"),
        ("é" * 33 + "@x.example", "takes 66 bytes; mail servers accept at most 64"),
        ("aaa@" + ".".join(["b" * 60] * 4) + ".example", "takes 255 bytes; mail servers accept at most 254"),
        ("é" * 20 + "@" + ".".join(["ü" * 48] * 4), "takes 260 bytes; mail servers accept at most 254"),
        ("x@xn--a.example", "not the name of a mail domain"),
        ("nobody", "not the name of a mail domain"),
        ("x@example.org.", "not the name of a mail domain"),
    ],
)
def test_an_address_without_a_mailbox_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason):
        canonical_address(typed)


def test_the_longest_local_part_is_taken() -> None:
    assert canonical_address("é" * 32 + "@x.example") == "é" * 32 + "@x.example"
