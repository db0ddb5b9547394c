"""Due mails wait here for the senders of a process: claimed and read up on a handful at a time."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

from libs.chassis import telemetry
from libs.chassis.problems import Unavailable
from services.notifier.domain.ledger import Claim, Leases
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.ports import Ledger
from services.notifier.usecases.read_ahead import Sources, read_ahead

FRESH = timedelta(seconds=1)
"""What a mail depends on was read no longer before it is composed."""

_RENEWALS = 3  # in the time of a claim: one may be late, and one may fail
_log = telemetry.logger("mail")


class Tray:
    """Shared by the senders of a process. Thread-safe."""

    def __init__(self, ledger: Ledger, sources: Sources, archive: Archive, size: int, leases: Leases) -> None:
        """``archive`` reads from the stores; up to ``size`` claims lie here."""
        self._ledger, self._sources, self._archive = ledger, sources, archive
        self._size, self._leases = size, leases
        self._lock = threading.Lock()
        self._claims: deque[Claim] = deque()
        self._claimed_at = archive.now()
        self._given_back: list[Claim] = []
        self._hands = threading.Lock()  # of its own: who is done need not wait for who claims
        self._in_hand: dict[str, tuple[Claim, datetime]] = {}
        self._read: Archive = archive
        self._read_at: datetime | None = None

    def take(self) -> tuple[Claim, Archive] | None:
        """The next due mail and the archive to compose it from; None: nothing is due.

        What was given back is owed again before. A claim that may have lapsed while it lay here is never
        taken: it is owed to whoever claims it next.
        """
        with self._lock:
            if self._given_back:
                self._ledger.release(self._given_back)
                self._given_back.clear()
            if self._archive.now() - self._claimed_at >= self._leases.claim:
                self._claims.clear()
            if not self._claims:
                self._claimed_at = self._archive.now()
                self._claims.extend(self._ledger.claim(self._size))
                self._read_at = None
            if not self._claims:
                return None
            now = self._archive.now()
            if self._read_at is None or now - self._read_at > FRESH:
                self._read, self._read_at = self._read_ahead(), now
            claim = self._claims.popleft()
            with self._hands:
                self._in_hand[claim.row.id] = claim, now
            return claim, self._read

    def done(self, claim: Claim) -> None:
        """The claim is no longer renewed."""
        with self._hands:
            self._in_hand.pop(claim.row.id, None)

    def give_back(self, claim: Claim) -> None:
        """The claim is released with the next mail that is taken or put back."""
        with self._lock:
            self._given_back.append(claim)

    def renew(self) -> None:
        """What senders have in hand lapses no sooner than a claim made now.

        Unless it has been in hand for longer than any conversation lasts: then whoever has it hangs.
        """
        now = self._archive.now()
        with self._hands:
            held = [claim for claim, at in self._in_hand.values() if now - at < self._leases.conversation]
        self._ledger.renew(held)

    def keep(self, stop: threading.Event) -> None:
        """Until ``stop``, no slow mail server costs a sender the claim that it has in hand."""
        while not stop.wait(self._leases.claim.total_seconds() / _RENEWALS):
            with suppress(Unavailable):  # a later round may still be in time
                self.renew()

    def put_back(self) -> None:
        """What lies here is owed again, for whoever asks first.

        Raises:
            Unavailable: the database does not answer; what lies here stays, to be put back later.
        """
        with self._lock:
            claims, self._given_back = [*self._given_back, *self._claims], []
            self._claims.clear()
        try:
            self._ledger.release(claims)
        except Unavailable:
            with self._lock:
                self._given_back.extend(claims)
            raise

    def _read_ahead(self) -> Archive:
        try:
            return read_ahead(self._claims, self._sources, self._archive)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  # one copy that cannot be read is the trouble of its own mail alone
            _log.exception("mail.not_read_ahead", mails=len(self._claims))
            return self._archive
