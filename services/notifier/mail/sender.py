"""The loop that sends: takes what is due, lets an unwell server rest, counts what became of each mail."""

from __future__ import annotations

import threading
from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

from libs.chassis import telemetry
from services.notifier.domain.deliveries import Verdict
from services.notifier.domain.ledger import State
from services.notifier.mail.circuit import Circuit
from services.notifier.mail.smtp import SmtpPost
from services.notifier.mail.tray import Tray
from services.notifier.usecases.ports import Backlog
from services.notifier.usecases.send_next_mail import Desk, Outcome, send_next_mail

MAILS = Counter("cairn_mails_total", "Mails by kind, state and reason.", ["kind", "state", "why"])
DOUBTS = Counter(
    "cairn_mails_ambiguous_total", "Mails of which nobody knows whether they had arrived.", ["kind"]
)
LAG = Histogram(
    "cairn_mail_lag_seconds",
    "From when a mail was due to when it was handed over.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 86400),
)
WAITING = Gauge("cairn_mails_waiting", "Mails that are due.", multiprocess_mode="livemax")
OLDEST = Gauge(
    "cairn_mail_oldest_seconds", "For how long the oldest due mail waits.", multiprocess_mode="livemax"
)

_IDLE_FIRST = 0.05
_IDLE_LAST = 0.5
_MEASURE_EVERY = 5.0
_log = telemetry.logger("mail")


class MailSender:
    """One of the senders of a worker, with a conversation of its own to the mail server."""

    def __init__(self, desk: Desk, tray: Tray, post: SmtpPost, circuit: Circuit) -> None:
        """``tray`` is where the desk takes mails from; ``post`` is the desk's own: closed at the end."""
        self._desk = desk
        self._tray = tray
        self._post = post
        self._circuit = circuit

    def run(self, stop: threading.Event) -> None:
        """Due mails are sent until ``stop``; the one in hand is finished.

        Raises:
            Unavailable: the database does not answer. What was sent is marked all the same, if it answers
                before long.
        """
        idle = _IDLE_FIRST
        try:
            while not stop.is_set():
                rest = self._circuit.wait()
                if rest:
                    self._tray.put_back()
                    self._post.close()
                    stop.wait(rest)
                    continue
                outcome = send_next_mail(self._desk)
                if outcome is None:
                    stop.wait(idle)
                    idle = min(idle * 2, _IDLE_LAST)
                    continue
                idle = _IDLE_FIRST
                self._circuit.heard(outcome.verdict)
                _tell(outcome)
        finally:
            # First what would come twice if it were lost; then what would only come late.
            try:
                self._desk.ledger.flush()
                self._tray.put_back()
            finally:
                self._post.close()


def _tell(outcome: Outcome) -> None:
    state = "lost" if outcome.state is None else str(outcome.state)
    MAILS.labels(outcome.kind, state, outcome.why or "").inc()
    if outcome.doubted:
        DOUBTS.labels(outcome.kind).inc()
    if outcome.state is State.SENT:
        LAG.labels(outcome.kind).observe(max(0.0, outcome.waited.total_seconds()))
    with telemetry.bind_correlation(outcome.correlation_id):
        line = _log.warning if outcome.verdict in _WORTH_A_LOOK or outcome.doubted else _log.info
        line(
            f"mail.{state}",
            kind=str(outcome.kind),
            row=outcome.row_id[:16],
            why=str(outcome.why) if outcome.why else None,
            answer=outcome.detail or None,
            waited_ms=round(outcome.waited.total_seconds() * 1000),
        )


_WORTH_A_LOOK = frozenset(
    {
        Verdict.SERVER_UNWELL,
        Verdict.SIGN_IN_REFUSED,
        Verdict.REFUSED,
        Verdict.OUTCOME_UNKNOWN,
        Verdict.NO_SMTPUTF8,
    }
)


class BacklogGauge:
    """Measures what waits, so that an operator sees a mail outage before anybody misses a mail."""

    def __init__(self, backlog: Backlog, seconds_since: Callable[..., float]) -> None:
        """``seconds_since`` tells how long ago an instant was."""
        self._backlog = backlog
        self._seconds_since = seconds_since

    def run(self, stop: threading.Event) -> None:
        """The gauges are at most a few seconds old until ``stop``."""
        while not stop.is_set():
            waiting, oldest = self._backlog.waiting()
            WAITING.set(waiting)
            OLDEST.set(0 if oldest is None else max(0.0, self._seconds_since(oldest)))
            stop.wait(_MEASURE_EVERY)
