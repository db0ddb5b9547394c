"""A small company in memory, and a desk to send from, with a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Team
from services.notifier.domain.facts import InvitationFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Row
from services.notifier.domain.occurrences import Occurrence
from services.notifier.mail.tray import Tray
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.plan_account_mails import AccountMail, plan_account_mails
from services.notifier.usecases.plan_alerts import plan_alerts
from services.notifier.usecases.ports import Versioned
from services.notifier.usecases.read_ahead import Sources
from services.notifier.usecases.send_next_mail import Desk, Outcome, send_next_mail
from tests.unit.notifier import examples
from tests.unit.notifier.fakes import (
    LEASES,
    FakeCopies,
    FakeLedger,
    FakePreferences,
    FakeSuppressions,
    PlainWording,
    ScriptedPost,
)

ORGANISATION = "fernhollow"


def person(person_id: str, **changes: Any) -> Person:
    """Somebody active."""
    plain = Person(
        id=person_id,
        organisation_id=ORGANISATION,
        name=f"{person_id.capitalize()} Alder",
        email=f"{person_id}@example.com",
        time_zone="Europe/London",
        locale="en-GB",
        role="member",
        state="active",
    )
    return replace(plain, **changes)


TEAM = Team(
    id="platform",
    organisation_id=ORGANISATION,
    name="Platform Operations",
    lead_id="brisa",
    member_ids=("jun", "saoirse"),
    every="weekly",
    weekday=1,
    state="live",
)
OBJECTIVE = Objective(
    id="trust",
    organisation_id=ORGANISATION,
    title="Customers trust us",
    owner_id="odo",
    team_id="platform",
    visibility="organisation",
    follower_ids=("fen", "jun"),
    state="open",
)
KEY_RESULT = KeyResult(
    id="restore-time",
    organisation_id=ORGANISATION,
    objective_id="trust",
    objective_title="Customers trust us",
    objective_owner_id="odo",
    title="Median time to restore service",
    owner_id="jun",
    delegate_id=None,
    team_id="platform",
    visibility="organisation",
    state="open",
)


class World:
    """Stores, a clock, and the people of one company."""

    def __init__(self, *, known: bool = True) -> None:
        self.now = datetime(2031, 11, 11, 9, tzinfo=UTC)
        self.copies = FakeCopies()
        self.ledger = FakeLedger(lambda: self.now)
        self.preferences = FakePreferences()
        self.suppressions = FakeSuppressions()
        self.post = ScriptedPost()
        self.seq = 0
        if known:
            self.know(*(person(name) for name in ("jun", "odo", "brisa", "saoirse", "fen")))
            self.know(TEAM, OBJECTIVE, KEY_RESULT)
            self.know(Organisation(id=ORGANISATION, organisation_id=ORGANISATION, name="Fernhollow Systems"))

    def know(self, *things: Any) -> None:
        """These are the newest copies."""
        for thing in things:
            self.seq += 1
            self.copies.keep([Versioned(thing, self.seq)])

    def pass_time(self, **span: float) -> None:
        """It is so much later."""
        self.now += timedelta(**span)

    def occurrence(self, *, epoch: int = 1, **changes: Any) -> Occurrence:
        """Something happened to the key result just now."""
        facts = replace(examples.RESTORE, at=self.now, **changes)
        return Occurrence(
            organisation_id=ORGANISATION,
            facts=facts,
            owner_id="jun",
            epoch=epoch,
            correlation_id="c0ffee00",
            heard_at=self.now,
        )

    def alert(self, *occurrences: Occurrence, kind: MailKind = MailKind.AT_RISK) -> list[Row]:
        """Rows for these occurrences, due at once."""
        plan_alerts(kind, occurrences or [self.occurrence()], timedelta(), self.copies, self.ledger)
        return self.ledger.rows()

    def invite(self, link: str = "https://cairn.example.com/invitations/s3cret") -> Row:
        """An invitation is owed."""
        mail = AccountMail(
            organisation_id=ORGANISATION,
            person_id="new",
            addressee=Addressee(name="New", email="new@example.com", locale="en", time_zone="UTC"),
            facts=InvitationFacts(
                organisation_name="Fernhollow Systems",
                invited_by_name=None,
                link=link,
                expires_at=self.now + timedelta(days=7),
            ),
            correlation_id="c0ffee00",
            heard_at=self.now,
        )
        plan_account_mails(MailKind.INVITATION, [mail], self.ledger)
        return self.ledger.rows()[-1]

    @property
    def archive(self) -> Archive:
        """What composing reads."""
        return Archive(
            copies=self.copies,
            preferences=self.preferences,
            suppressions=self.suppressions,
            public_url="https://cairn.example.com",
            unsubscribe_secret="secret",
            now=lambda: self.now,
        )

    def desk(self, size: int = 40) -> Desk:
        """A desk that takes up to ``size`` mails at once."""
        sources = Sources(self.copies, self.preferences, self.suppressions)
        tray = Tray(self.ledger, sources, self.archive, size, LEASES)
        return Desk(tray, self.ledger, self.suppressions, PlainWording(), self.post, lambda: self.now)

    def send(self) -> Outcome:
        """The next due mail is settled, and no other is claimed."""
        desk = self.desk(1)
        outcome = send_next_mail(desk)
        assert outcome is not None, "nothing is due"
        return outcome

    def send_all(self) -> list[Outcome]:
        """All due mails are settled."""
        desk = self.desk()
        outcomes = []
        while (outcome := send_next_mail(desk)) is not None:
            outcomes.append(outcome)
        return outcomes

    def sent_to(self) -> list[str]:
        """Who got mail, by id, in the order of sending."""
        return [outgoing.to.email.partition("@")[0] for outgoing in self.post.delivered]
