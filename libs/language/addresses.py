"""E-mail addresses: one spelling of each, and the key by which two spellings are one address.

The domain is written as people read it (U-labels, IDNA 2008 after the mapping of UTS 46), the local part in
NFC. Mail is handed over with the domain in ASCII (A-labels).
"""

from __future__ import annotations

from typing import Final
from unicodedata import category, normalize

import idna

LONGEST_LOCAL_PART: Final = 64
"""Octets before the @ (RFC 5321, section 4.5.3.1.1)."""
LONGEST_ADDRESS: Final = 254
"""Octets in an envelope, where a path of 256 has angle brackets (RFC 5321, section 4.5.3.1.3)."""
_A_LABEL: Final = "xn--"
_FORMAT: Final = "Cf"
_NO_DOMAIN: Final = "The part after the @ is not the name of a mail domain. Write it like name@example.com."


class BadAddress(ValueError):
    """No mail can be sent to the address; the message says why, for whoever typed it."""


def canonical_address(address: str) -> str:
    """Return the one spelling in which the address is stored and shown; the local part keeps its case.

    Which signs a local part may hold is not looked at.

    Raises:
        BadAddress: there is no @, the domain is none, or a part is too long.
    """
    local, domain = _parted(address)
    try:
        domain = _unicode_domain(domain)
        in_ascii = _ascii_domain(domain)
    except (idna.IDNAError, UnicodeError) as error:
        raise BadAddress(_NO_DOMAIN) from error
    if domain.endswith("."):  # a name of DNS, but none of SMTP
        raise BadAddress(_NO_DOMAIN)
    _check_lengths(local, in_ascii)
    return f"{local}@{domain}"


def address_key(address: str) -> str:
    """Return what is equal for all spellings of one address: any case, NFC or NFD, U-labels or A-labels.

    What is no address has a key too, so that whatever somebody types can be looked for and counted.
    """
    if address.isascii() and _A_LABEL not in address.lower():
        return address.strip().lower()  # nearly all
    local, domain = _parted(address)
    try:
        domain = _unicode_domain(domain)
    except (idna.IDNAError, UnicodeError):
        domain = folded(domain)
    return f"{folded(local)}@{domain}" if domain else folded(local)


def wire_address(address: str) -> str:
    """Return the address for the envelope of a mail: its domain in A-labels.

    Raises:
        BadAddress: there is no @, the domain is none, or a part is too long.
    """
    local, _, domain = canonical_address(address).rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def folded(text: str) -> str:
    """Return the text without differences of case and of composition, as Unicode defines caseless matching.

    Source: The Unicode Standard, section 3.13, D145.
    """
    return normalize("NFC", normalize("NFD", text).casefold())


def trimmed(text: str) -> str:
    """Return the text without what nobody sees at its ends: spaces and format characters.

    Tables, address books and web pages put marks of direction, a byte order mark or a zero-width space around
    an address that is copied from them.
    """
    if text.isascii():
        return text.strip()
    first, last = 0, len(text)
    while first < last and _is_unseen(text[first]):
        first += 1
    while last > first and _is_unseen(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_unseen(character: str) -> bool:
    return character.isspace() or category(character) == _FORMAT


def _parted(address: str) -> tuple[str, str]:
    local, _, domain = normalize("NFC", trimmed(address)).rpartition("@")
    return (local, domain) if local else (domain, "")


def _unicode_domain(domain: str) -> str:
    mapped = idna.uts46_remap(domain, std3_rules=False, transitional=False)
    return idna.decode(idna.encode(mapped))


def _ascii_domain(domain: str) -> str:
    return idna.encode(domain).decode("ascii")


def _check_lengths(local: str, domain: str) -> None:
    octets = len(local.encode(errors="replace"))
    if octets > LONGEST_LOCAL_PART:
        msg = f"The part before the @ takes {octets} bytes; mail servers accept at most {LONGEST_LOCAL_PART}."
        raise BadAddress(msg)
    octets += 1 + len(domain)
    if octets > LONGEST_ADDRESS:
        msg = f"The address takes {octets} bytes; mail servers accept at most {LONGEST_ADDRESS}."
        raise BadAddress(msg)
