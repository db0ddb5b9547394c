"""What the mail log keeps of a mail: everything but the addresses that open something."""

from __future__ import annotations

import html
from collections.abc import Iterable

from services.notifier.domain.facts import InvitationFacts, ResetFacts
from services.notifier.domain.ledger import Rendered
from services.notifier.domain.letters import Letter

REMOVED = "#link-removed"


def secrets_of(letter: Letter) -> tuple[str, ...]:
    """The addresses in this mail that let their holder do something without signing in."""
    links = [facts.link for facts in letter.facts if isinstance(facts, InvitationFacts | ResetFacts)]
    return (*links, letter.links.stop) if letter.links.stop else tuple(links)


def redacted(rendered: Rendered, secrets: Iterable[str]) -> Rendered:
    """The mail as it was, each of these addresses replaced, however it is written."""
    text, markup = rendered.text, rendered.html
    for secret in secrets:
        text = text.replace(secret, REMOVED)
        for written in {secret, html.escape(secret)}:
            markup = markup.replace(written, REMOVED)
    return Rendered(subject=rendered.subject, text=text, html=markup)
