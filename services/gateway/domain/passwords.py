"""The password policy: long, not among the first guesses, and nothing else (ASVS 5.0, 6.2).

No rule about kinds of characters, no forced change: those make passwords worse.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

SHORTEST = 12
LONGEST = 128
FEWEST_DIFFERENT = 5
SHORTEST_NAME = 4

# First guesses, without their digits and signs, so that `password2024!!` is one too.
_FIRST_GUESSES = """
password passwordpassword passwort motdepasse contrasena wachtwoord passw letmein letmeinplease welcome
welcomewelcome welcomeback qwerty qwertyuiop qwertyuiopasdfghjkl qwertyqwerty asdfghjkl asdfghjklzxcvbnm
zxcvbnm azerty azertyuiop qazwsxedc qazwsx iloveyou iloveyouforever iloveyousomuch administrator admin
adminadmin changeme changemeplease changemenow default defaultpassword superuser supersecret secret
secretsecret
trustno monkey dragon sunshine princess football baseball basketball superman batman starwars whatever
computer internet michael jordan jennifer charlie liverpool manchester chelsea arsenal summer winter spring
autumn january february march april june july august september october november december monday
tuesday wednesday thursday friday saturday sunday company companyname temporary temporarypassword temp
testtest testing testtesttest guest guestguest hello helloworld helloworldhello goodmorning
correcthorsebatterystaple
correcthorse mypassword mypasswordis thisismypassword newpassword oldpassword root rootroot user username
login loginlogin access accessgranted master masterpassword cairn cairncairn objectives keyresults
abcdefghijkl abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcabcabc abcdabcdabcd
"""
COMMON = frozenset(_FIRST_GUESSES.split())
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)


def normalise(password: str) -> str:
    """The password as it is hashed: the same characters however a keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, email: str, name: str = "") -> str | None:
    """Why this password is refused, as a sentence that says what to do; None when it is good."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = normalise(password).casefold()
    if len(set(folded)) < FEWEST_DIFFERENT or _is_a_run(folded) or _repeats_a_short_part(folded):
        return "This is a pattern that is guessed early. Use a few unrelated words instead."
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if _letters(core) in COMMON or _letters(core.translate(_LEET)) in COMMON:
        return "This is one of the first passwords that are guessed. Use a few unrelated words instead."
    if _names_its_owner(folded, email, name):
        return "Leave your name and e-mail address out of the password."
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


def _is_a_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 or text in "12345678901234567890"


def _repeats_a_short_part(text: str) -> bool:
    return any(len(text) % size == 0 and text == text[:size] * (len(text) // size) for size in range(1, 5))


def _names_its_owner(folded: str, email: str, name: str) -> bool:
    local, _, domain = email.casefold().partition("@")
    parts = {local, domain, *re.split(r"[^\w]+", local), *re.split(r"[^\w]+", name.casefold())}
    return any(len(part) >= SHORTEST_NAME and part in folded for part in parts)
