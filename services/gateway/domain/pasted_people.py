"""People as somebody pastes them: addresses, one a line or with commas between them, with names or not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from libs.language.addresses import BadAddress, address_key, canonical_address, trimmed

AT_MOST: Final = 200
LONGEST_NAME: Final = 120
# What stands between two people on one line; not inside quotes or angle brackets.
_PEOPLE: Final = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,;"<]|["<])+')
# No part can give signs to the next one: a text that does not match costs no second look.
_NAMED: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_WORDS: Final = re.compile(r"[._\-+]+")


@dataclass(frozen=True)
class Pasted:
    """One person; ``line`` counts from 1."""

    line: int
    name: str
    address: str

    @property
    def key(self) -> str:
        """What is equal for all spellings of the address."""
        return address_key(self.address)


@dataclass(frozen=True)
class Mistake:
    """What could not be read on a line, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """What was pasted: each person once, what was there twice, who is here already, and mistakes."""

    people: tuple[Pasted, ...] = ()
    repeated: tuple[Pasted, ...] = ()
    known: tuple[Pasted, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def read_people(text: str, known: Collection[str] = ()) -> Reading:
    """Read everybody that was pasted. ``known`` are the address keys of those who are here already."""
    found: dict[str, Pasted] = {}
    repeated, here, mistakes = [], [], []
    for line, part in _parts(text):
        one = _read(line, part)
        if isinstance(one, Mistake):
            mistakes.append(one)
        elif one.key in found:
            repeated.append(one)
        else:
            found[one.key] = one
            if one.key in known:
                here.append(one)
    new = tuple(one for key, one in found.items() if key not in known)
    if len(new) > AT_MOST:
        reason = f"At most {AT_MOST} people at once. Take some out and send them afterwards."
        mistakes.append(Mistake(new[AT_MOST].line, new[AT_MOST].address, reason))
    return Reading(new, tuple(repeated), tuple(here), tuple(mistakes))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        for part in _PEOPLE.findall(line):
            if seen := trimmed(part):
                yield number, seen


def _read(line: int, part: str) -> Pasted | Mistake:
    name, address = _name_and_address(part)
    if "@" not in address:
        return Mistake(line, part, "There is no @ in it.")
    if any(sign.isspace() or not sign.isprintable() for sign in address) or "<" in part.replace("<", "", 1):
        return Mistake(line, part, "Write one address, or a name and its address in < >.")
    try:
        address = canonical_address(address)
    except BadAddress as error:
        return Mistake(line, part, str(error))
    if "." not in address.rpartition("@")[2]:
        return Mistake(line, part, "The part after the @ is not the name of a mail domain.")
    name = name or name_of(address)
    if len(name) > LONGEST_NAME:
        return Mistake(line, part, f"The name is longer than {LONGEST_NAME} characters.")
    return Pasted(line, name, address)


def _name_and_address(part: str) -> tuple[str, str]:
    """Return both as they stand: `Name <address>`, or cells of a table with a tab between them."""
    if named := _NAMED.fullmatch(part):
        return named["name"].strip().strip('"').strip(), trimmed(named["address"])
    cells = [cell for cell in map(trimmed, part.split("\t")) if cell]
    addresses = [cell for cell in cells if "@" in cell]
    if len(cells) > 1 and len(addresses) == 1:
        return " ".join(cell for cell in cells if cell != addresses[0]), addresses[0]
    return "", part


def name_of(address: str) -> str:
    """Return a name made of the address: `jun.alder@…` is Jun Alder."""
    local = address.rpartition("@")[0]
    words = [word for word in _WORDS.split(local) if word]
    return " ".join(word[:1].upper() + word[1:] for word in words)[:LONGEST_NAME] or local
