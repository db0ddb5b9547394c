"""Password reset: a link that works once, and what to do if it was not asked for."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import ResetFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures
from services.notifier.mail.pieces import Button


@dataclass(frozen=True)
class PasswordReset:
    """What the templates of this mail read."""

    title: str
    preheader: str
    reason: str
    sentence: str
    until: str
    button: Button


def context(letter: Letter, figures: Figures) -> PasswordReset:
    """The mail that answers a forgotten password."""
    facts = letter.facts[0]
    assert isinstance(facts, ResetFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    return PasswordReset(
        title="Choose a new password",
        preheader="The link works once.",
        reason="You get this because a new password was asked for with this address.",
        sentence="If it was you who asked, choose a new password now. If not, leave this mail: "
        "nothing changes, and your password stays as it is.",
        until=f"The link works once, until {figures.moment(facts.expires_at)}.",
        button=Button("Choose a new password", facts.link),
    )
