"""What the use cases need of the world outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.domain.deliveries import Answer
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.domain.ledger import Claim, Rendered, Row, State, Unreadable, Why
from services.notifier.domain.letters import Letter, Outgoing

Copied = Person | Team | Objective | KeyResult | Organisation


class NotYetKnown(Exception):  # not an error: the copy is on its way
    """An event speaks of something whose copy has not arrived.

    Everything that could be planned already is.
    """


class Unsayable(Exception):
    """A mail cannot be worded or addressed, now or later. The message says what is wrong."""


@dataclass(frozen=True)
class Versioned:
    """A copy and the number of its announcement; a greater one is newer."""

    thing: Copied
    seq: int


class Known(Protocol):
    """What is known of things that others own. Every read stays inside one organisation."""

    def people(self, organisation_id: str, ids: Collection[str]) -> dict[str, Person]:
        """Those of these people that are known, by id."""

    def teams(self, organisation_id: str, ids: Collection[str]) -> dict[str, Team]:
        """Those of these teams that are known, by id."""

    def objectives(self, organisation_id: str, ids: Collection[str]) -> dict[str, Objective]:
        """Those of these objectives that are known, by id."""

    def key_results(self, organisation_id: str, ids: Collection[str]) -> dict[str, KeyResult]:
        """Those of these key results that are known, by id."""

    def standings(self, organisation_id: str, ids: Collection[str]) -> dict[str, Standing]:
        """The newest known standings, by the id of their subject."""

    def organisation(self, organisation_id: str) -> Organisation | None:
        """The organisation, if known."""


class Copies(Known, Protocol):
    """Copies of what other services own."""

    def keep(self, announced: Sequence[Versioned]) -> None:
        """Each thing is at least as new as announced."""

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        """Each subject's standing, and the time of its last check-in, are at least as new as given."""

    def mark_activated(self, organisation_id: str, person_id: str) -> None:
        """The person is known to have accepted their invitation."""


class Ledger(Protocol):
    """The rows, one per mail."""

    def plan(self, rows: Sequence[Row]) -> int:
        """Every row exists; those that did already are untouched. Answers how many are new."""

    def claim(self, limit: int = 1) -> Sequence[Claim]:
        """The rows that wait longest, up to ``limit``, are this caller's until their leases end.

        The longest-waiting first; empty when nothing is due. Other due celebrations of the same person and
        batch come along as companions; of them all what happened first is the claim's ``row``.
        """

    def release(self, claims: Sequence[Claim]) -> None:
        """The rows of these claims are owed as before they were claimed."""

    def renew(self, claims: Sequence[Claim]) -> None:
        """The rows of these claims are this caller's for as long again as from their claiming.

        Rows that are about to be handed over, settled or another's stay as they are.
        """

    def begin_data(self, claim: Claim) -> bool:
        """The row says that the message is about to be handed over, and is leased until it can be settled.

        False: somebody else has the row now.
        """

    def sent(self, claim: Claim, rows: Sequence[Row], *, detail: str, email: str, rendered: Rendered) -> None:
        """These rows of the claim will be in the state ``sent`` within milliseconds, their secrets gone.

        Until then a sender that dies leaves them past DATA.
        """

    def flush(self) -> None:
        """What was said to be ``sent`` is written."""

    def finish(
        self,
        claim: Claim,
        rows: Sequence[Row],
        state: State,
        *,
        why: Why | None = None,
        detail: str | None = None,
        doubt: bool = False,
    ) -> bool:
        """These rows of the claim are in a final state, their secrets gone. False: the claim was lost."""

    def put_back(
        self,
        claim: Claim,
        due_at: datetime,
        *,
        why: Why,
        detail: str = "",
        attempt: bool = False,
        doubt: bool = False,
        deferred: bool = False,
    ) -> bool:
        """The claim's rows are owed again at ``due_at``; attempts and doubts rise where told.

        False: it was lost.
        """


class Backlog(Protocol):
    """What senders have not got to yet."""

    def waiting(self) -> tuple[int, datetime | None]:
        """How many rows are due, and since when the oldest is."""


class MailLog(Protocol):
    """The ledger as an admin reads it."""

    def page(
        self,
        organisation_id: str,
        *,
        state: State | None,
        kind: MailKind | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Row | Unreadable]:
        """The newest rows older than ``before`` (creation instant and id), newest first.

        Without rendered bodies.
        """

    def item(self, organisation_id: str, row_id: str) -> Row | Unreadable | None:
        """One row with its rendered mail."""


class Choices(Protocol):
    """What each person chose, read."""

    def of(self, organisation_id: str, person_id: str) -> dict[MailKind, Delivery]:
        """What the person chose; kinds that they never touched are absent."""


class Stale(Exception):
    """Somebody changed it since it was read."""


class Preferences(Choices, Protocol):
    """What each person chose."""

    def of_all(
        self, organisation_id: str, person_ids: Collection[str]
    ) -> dict[str, dict[MailKind, Delivery]]:
        """What each of these people chose; who chose nothing is absent."""

    def rev_of(self, organisation_id: str, person_id: str) -> int:
        """Return how often the person has chosen; 0 where they never did."""

    def change(
        self,
        organisation_id: str,
        person_id: str,
        choices: Mapping[MailKind, Delivery],
        rev: int | None = None,
    ) -> bool:
        """Deliver these kinds so, and the others as before. Return False when they changed since ``rev``."""


class Bounced(Protocol):
    """Addresses that bounced, read."""

    def has(self, organisation_id: str, email: str) -> bool:
        """Whether the address bounced."""


class Suppressions(Bounced, Protocol):
    """Addresses that bounced."""

    def add(self, organisation_id: str, email: str, detail: str) -> None:
        """The address gets no more mail but what its owner asks for."""

    def among(self, organisation_id: str, emails: Collection[str]) -> frozenset[str]:
        """Those of these addresses that bounced."""


class Wording(Protocol):
    """Turns a letter into words."""

    def word(self, letter: Letter) -> Rendered:
        """The mail as it goes out.

        Raises:
            Unsayable: the template and the facts do not fit.
        """


class Post(Protocol):
    """Hands messages to a mail server."""

    def deliver(self, outgoing: Outgoing, begin_data: Callable[[], bool]) -> Answer:
        """One attempt to hand over one message.

        ``begin_data`` is asked just before the message itself is sent.

        Raises:
            Unsayable: the message cannot be addressed or built.
        """
