"""Everything that wording a mail needs, gathered; and what goes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from services.notifier.domain.copies import Standing
from services.notifier.domain.facts import Facts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Rendered
from services.notifier.domain.ties import Tie


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where a mail leads. ``stop`` is absent where a mail cannot be switched off."""

    public_url: str
    stop: str | None = None

    def to(self, path: str, **query: str) -> str:
        """Return the address of a page."""
        return f"{self.public_url}{path}" + (f"?{urlencode(query)}" if query else "")

    @property
    def choose(self) -> str:
        """The page with one's choices about mail."""
        return self.to("/settings#notifications")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail before it is worded.

    ``facts`` has one entry but for celebrations, where what matters most comes first. ``names`` gives the
    names of the people that the facts mention; ``standings`` the newest known of each subject. ``owned``
    tells which of a reminder's key results are the recipient's own, the rest are delegated to them.
    """

    kind: MailKind
    person_id: str
    to: Addressee
    tie: Tie
    facts: tuple[Facts, ...]
    links: Links
    organisation_name: str | None = None
    team_name: str | None = None
    check_in_weekday: int | None = None
    objective_title: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A worded mail with what its headers need. ``thread`` joins mails about one objective."""

    id: str
    kind: MailKind
    to: Addressee
    rendered: Rendered
    correlation_id: str
    thread: str | None = None
    stop_url: str | None = None
