"""Invitation: who invites, where to, and until when the link works."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import InvitationFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, one_line
from services.notifier.mail.pieces import Button


@dataclass(frozen=True)
class Invitation:
    """What the templates of this mail read."""

    title: str
    preheader: str
    reason: str
    organisation: str
    sentence: str
    until: str
    button: Button


def context(letter: Letter, figures: Figures) -> Invitation:
    """The mail with which an account begins."""
    facts = letter.facts[0]
    assert isinstance(facts, InvitationFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    organisation = one_line(facts.organisation_name)
    inviter = one_line(facts.invited_by_name) if facts.invited_by_name else None
    invites = f"{inviter} invites you" if inviter else "You are invited"
    return Invitation(
        title=f"Join {organisation} on Cairn",
        preheader=f"{invites} to {organisation}'s objectives and check-ins.",
        reason=f"You get this because {inviter or 'an admin'} of {organisation} entered your address.",
        organisation=organisation,
        sentence=f"{invites} to Cairn, where {organisation} keeps its objectives and how far they are. "
        "Choose a password and you are in.",
        until=f"The link works once, until {figures.moment(facts.expires_at)}.",
        button=Button("Accept the invitation", facts.link),
    )
