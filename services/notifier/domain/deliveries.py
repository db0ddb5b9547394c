"""What a mail server's answer means for the row and for the address.

Source: RFC 5321 section 4.2.1 (reply codes), RFC 3463 (enhanced status codes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

FIRST_WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
HOURLY = timedelta(hours=1)
HOURLY_TIMES = 24


class Stage(Enum):
    """How far a conversation had come when it ended."""

    CONNECT = "connect"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"


class Verdict(Enum):
    """What follows from an answer."""

    SENT = "sent"
    TRY_LATER = "try_later"
    BOUNCED = "bounced"
    REFUSED = "refused"
    SERVER_UNWELL = "server_unwell"
    SIGN_IN_REFUSED = "sign_in_refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    CLAIM_LOST = "claim_lost"
    NO_SMTPUTF8 = "no_smtputf8"


@dataclass(frozen=True)
class Answer:
    """The end of one attempt: the verdict, and the server's own words for the mail log."""

    verdict: Verdict
    detail: str = ""


def judge(stage: Stage, code: int, text: str) -> Verdict:
    """The verdict on a refusal; a bounce only where the answer speaks of this one address.

    A relay that refuses everybody (5.7.1) must not put every address on the suppression list.
    """
    if stage is Stage.SIGN_IN:
        return Verdict.SIGN_IN_REFUSED
    if stage is Stage.CONNECT:
        return Verdict.SERVER_UNWELL
    if code == 530 or code == 535:  # noqa: PLR1714, PLR2004  # the reply codes themselves say most
        return Verdict.SIGN_IN_REFUSED
    if 400 <= code < 500:  # noqa: PLR2004
        return Verdict.TRY_LATER
    if stage is Stage.RECIPIENT and _speaks_of_the_address(code, text):
        return Verdict.BOUNCED
    return Verdict.REFUSED


def _speaks_of_the_address(code: int, text: str) -> bool:
    enhanced = re.match(r"5\.(\d{1,3})\.(\d{1,3})", text)
    if enhanced:
        subject, detail = enhanced.groups()
        return subject == "1" or (subject, detail) == ("2", "1")
    return code in {550, 551, 553}


def wait_before(attempt: int) -> timedelta | None:
    """How long to wait after the ``attempt``-th "try later" (from 1); None: a day of tries is enough."""
    if attempt <= len(FIRST_WAITS):
        return FIRST_WAITS[attempt - 1]
    if attempt <= len(FIRST_WAITS) + HOURLY_TIMES:
        return HOURLY
    return None
