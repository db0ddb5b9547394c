"""The mail that waits longest goes out, or the ledger says why not.

The states that a row can be found in, and what became of the message:

- pending, deferred: no message has left;
- sending, lease over, not past DATA: its sender died or dawdled before the message left; claimed again, and
  should that sender wake, its mark before DATA is refused and it gives up: no attempt is counted;
- sending, lease over, past DATA: its sender died, and nobody knows; sent once more and counted as a doubt,
  and after a second doubt left alone as ambiguous.

Whatever breaks while a mail is prepared is that mail's own trouble: it is tried again as long as a server
that answers "try later" would be, then it has failed as broken. The sender goes on with its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from libs.chassis import telemetry
from libs.chassis.problems import Unavailable
from services.notifier.domain.deliveries import Answer, Verdict, wait_before
from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.kinds import TRANSACTIONAL, MailKind
from services.notifier.domain.ledger import Claim, State, Why
from services.notifier.domain.letters import Letter, Outgoing
from services.notifier.domain.redaction import redacted, secrets_of
from services.notifier.usecases.compose_letter import Archive, Composed, compose_letter
from services.notifier.usecases.ports import Ledger, NotYetKnown, Post, Suppressions, Unsayable, Wording

DOUBTS = 2
AWAIT_COPY = timedelta(seconds=5)
COPY_NEVER_COMES = timedelta(hours=1)
SERVER_RESTS = timedelta(seconds=1)
_log = telemetry.logger("mail")


class Due(Protocol):
    """Due mails, claimed, with what composing them reads."""

    def take(self) -> tuple[Claim, Archive] | None:
        """The next one, kept for the caller until it is :meth:`done`; None: nothing is due."""

    def done(self, claim: Claim) -> None:
        """The caller works on it no longer."""

    def give_back(self, claim: Claim) -> None:
        """It is owed as before, as soon as the database answers again."""


@dataclass(frozen=True)
class Desk:
    """All that sending needs."""

    due: Due
    ledger: Ledger
    suppressions: Suppressions
    wording: Wording
    post: Post
    now: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one claim: counted by whoever asked.

    ``state`` is None where the claim was lost to another.
    """

    kind: MailKind
    state: State | None
    why: Why | None = None
    verdict: Verdict | None = None
    detail: str = ""
    doubted: bool = False
    waited: timedelta = timedelta()
    row_id: str = ""
    correlation_id: str = ""


def send_next_mail(desk: Desk) -> Outcome | None:
    """One due row is settled or put back; None: nothing is due.

    Raises:
        Unavailable: the database does not answer; what had not begun to leave is given back.
    """
    taken = desk.due.take()
    if taken is None:
        return None
    claim, archive = taken
    try:
        return _attempt(desk, claim, archive)
    finally:
        desk.due.done(claim)


def _attempt(desk: Desk, claim: Claim, archive: Archive) -> Outcome:
    try:
        prepared = _unbroken(desk, claim, archive)
    except Unavailable:  # the database's trouble, not this mail's
        desk.due.give_back(claim)
        raise
    return prepared if isinstance(prepared, Outcome) else _handed_over(desk, claim, *prepared)


def _unbroken(desk: Desk, claim: Claim, archive: Archive) -> tuple[Composed, Outgoing] | Outcome:
    if claim.row.doubts >= DOUBTS:
        return _finish(
            desk, claim, State.AMBIGUOUS, Why.UNKNOWN_OUTCOME, "two senders died while handing it over"
        )
    try:
        return _prepared(desk, claim, archive)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one mail, its neighbours are sent
        _log.exception("mail.broken", row=claim.row.id[:16])
        return _broken(desk, claim, type(error).__name__)


def _handed_over(desk: Desk, claim: Claim, composed: Composed, outgoing: Outgoing) -> Outcome:
    begun = False

    def begin_data() -> bool:
        nonlocal begun
        begun = desk.ledger.begin_data(claim)
        return begun

    try:
        answer = desk.post.deliver(outgoing, begin_data)
    except Unsayable as error:
        return _finish(desk, claim, State.FAILED, Why.UNRENDERABLE, str(error))
    except Unavailable:
        if not begun:
            desk.due.give_back(claim)
        raise
    except Exception as error:  # noqa: BLE001  # what nobody foresaw must not end the sender
        _log.exception("mail.broken", row=claim.row.id[:16])
        if begun:  # the message may have left
            return _doubt(desk, claim, Answer(Verdict.OUTCOME_UNKNOWN, type(error).__name__))
        return _broken(desk, claim, type(error).__name__)
    return _settle(desk, claim, composed, outgoing, answer)


def _prepared(desk: Desk, claim: Claim, archive: Archive) -> tuple[Composed, Outgoing] | Outcome:
    try:
        composed = compose_letter(claim, archive)
    except NotYetKnown as missing:
        return _await_copy(desk, claim, str(missing))
    if composed.letter is None:
        return _withhold(desk, claim, composed)
    try:
        return composed, _outgoing(desk, claim, composed.letter)
    except Unsayable as error:
        return _finish(desk, claim, State.FAILED, Why.UNRENDERABLE, str(error))


def _broken(desk: Desk, claim: Claim, error: str) -> Outcome:
    wait = wait_before(claim.row.attempts + 1)
    if wait is None:
        return _finish(desk, claim, State.FAILED, Why.BROKEN, error)
    desk.ledger.put_back(claim, desk.now() + wait, why=Why.BROKEN, detail=error, attempt=True, deferred=True)
    return _outcome(desk, claim, State.DEFERRED, Why.BROKEN, None)


def _outgoing(desk: Desk, claim: Claim, letter: Letter) -> Outgoing:
    facts = letter.facts[0]
    return Outgoing(
        id=claim.row.id,
        kind=letter.kind,
        to=letter.to,
        rendered=desk.wording.word(letter),
        correlation_id=claim.row.correlation_id,
        thread=facts.objective_id if isinstance(facts, ProgressFacts) else None,
        stop_url=letter.links.stop,
    )


def _settle(desk: Desk, claim: Claim, composed: Composed, outgoing: Outgoing, answer: Answer) -> Outcome:
    match answer.verdict:
        case Verdict.SENT:
            return _sent(desk, claim, composed, outgoing, answer)
        case Verdict.TRY_LATER:
            return _try_later(desk, claim, answer)
        case Verdict.OUTCOME_UNKNOWN:
            return _doubt(desk, claim, answer)
        case Verdict.BOUNCED | Verdict.REFUSED | Verdict.NO_SMTPUTF8:
            return _refused(desk, claim, outgoing.to.email, answer)
        case Verdict.SERVER_UNWELL | Verdict.SIGN_IN_REFUSED:
            # Not this mail's fault: it is owed as before, and whoever asked lets the server rest.
            desk.ledger.put_back(claim, desk.now() + SERVER_RESTS, why=Why.TRY_AGAIN, detail=answer.detail)
            return _outcome(desk, claim, State.PENDING, None, answer)
        case Verdict.CLAIM_LOST:
            desk.ledger.release([claim])  # rows of a batch that nobody took: nothing has left for them
            return _outcome(desk, claim, None, None, answer)


def _sent(desk: Desk, claim: Claim, composed: Composed, outgoing: Outgoing, answer: Answer) -> Outcome:
    secrets = () if composed.letter is None else secrets_of(composed.letter)
    desk.ledger.sent(
        claim,
        composed.answers,
        detail=answer.detail,
        email=outgoing.to.email,
        rendered=redacted(outgoing.rendered, secrets),
    )
    _withhold_rows(desk, claim, composed)  # last: should the database not answer, what was sent is marked
    return _outcome(desk, claim, State.SENT, None, answer)


def _refused(desk: Desk, claim: Claim, email: str, answer: Answer) -> Outcome:
    if answer.verdict is not Verdict.BOUNCED:
        why = Why.NO_SMTPUTF8 if answer.verdict is Verdict.NO_SMTPUTF8 else Why.REFUSED
        return _finish(desk, claim, State.FAILED, why, answer.detail, answer.verdict)
    if claim.row.kind not in TRANSACTIONAL:
        desk.suppressions.add(claim.row.organisation_id, email, answer.detail)
    return _finish(desk, claim, State.FAILED, Why.BOUNCED, answer.detail, answer.verdict)


def _try_later(desk: Desk, claim: Claim, answer: Answer) -> Outcome:
    wait = wait_before(claim.row.attempts + 1)
    if wait is None:
        return _finish(desk, claim, State.FAILED, Why.FOLDED, answer.detail, answer.verdict)
    desk.ledger.put_back(
        claim, desk.now() + wait, why=Why.TRY_AGAIN, detail=answer.detail, attempt=True, deferred=True
    )
    return _outcome(desk, claim, State.DEFERRED, Why.TRY_AGAIN, answer)


def _doubt(desk: Desk, claim: Claim, answer: Answer) -> Outcome:
    if claim.row.doubts + 1 >= DOUBTS:
        why = Why.UNKNOWN_OUTCOME
        desk.ledger.finish(claim, claim.rows, State.AMBIGUOUS, why=why, detail=answer.detail, doubt=True)
        return _outcome(desk, claim, State.AMBIGUOUS, why, answer, doubted=True)
    wait = wait_before(1) or timedelta()
    desk.ledger.put_back(
        claim, desk.now() + wait, why=Why.UNKNOWN_OUTCOME, detail=answer.detail, doubt=True, deferred=True
    )
    return _outcome(desk, claim, State.DEFERRED, Why.UNKNOWN_OUTCOME, answer, doubted=True)


def _await_copy(desk: Desk, claim: Claim, missing: str) -> Outcome:
    if desk.now() - claim.row.created_at > COPY_NEVER_COMES:
        return _finish(desk, claim, State.SUPPRESSED, Why.UNKNOWN_PERSON, f"no copy of {missing}")
    desk.ledger.put_back(
        claim, desk.now() + AWAIT_COPY, why=Why.AWAITING_COPY, detail=f"no copy of {missing}", deferred=True
    )
    return _outcome(desk, claim, State.DEFERRED, Why.AWAITING_COPY, None)


def _withhold(desk: Desk, claim: Claim, composed: Composed) -> Outcome:
    _withhold_rows(desk, claim, composed)
    return _outcome(desk, claim, State.SUPPRESSED, composed.withheld[0][1], None)


def _withhold_rows(desk: Desk, claim: Claim, composed: Composed) -> None:
    for row, why in composed.withheld:
        desk.ledger.finish(claim, [row], State.SUPPRESSED, why=why)


def _finish(
    desk: Desk, claim: Claim, state: State, why: Why, detail: str, verdict: Verdict | None = None
) -> Outcome:
    desk.ledger.finish(claim, claim.rows, state, why=why, detail=detail)
    return _outcome(desk, claim, state, why, Answer(verdict, detail) if verdict is not None else None)


def _outcome(
    desk: Desk,
    claim: Claim,
    state: State | None,
    why: Why | None,
    answer: Answer | None,
    *,
    doubted: bool = False,
) -> Outcome:
    return Outcome(
        kind=claim.row.kind,
        state=state,
        why=why,
        verdict=None if answer is None else answer.verdict,
        detail="" if answer is None else answer.detail,
        doubted=doubted or claim.past_data,
        waited=desk.now() - claim.row.due_at,
        row_id=claim.row.id,
        correlation_id=claim.row.correlation_id,
    )
