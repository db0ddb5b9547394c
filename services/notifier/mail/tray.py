"""Due mails wait here for the senders of a process: claimed and read up on a handful at a time."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from libs.chassis import telemetry
from libs.chassis.problems import Unavailable
from services.notifier.domain.ledger import Claim
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.ports import Ledger
from services.notifier.usecases.read_ahead import Sources, read_ahead

FRESH = timedelta(seconds=1)
"""What a mail depends on was read no longer before it is composed."""

_log = telemetry.logger("mail")


class Tray:
    """Shared by the senders of a process. Thread-safe."""

    def __init__(self, ledger: Ledger, sources: Sources, archive: Archive, size: int) -> None:
        """``archive`` reads from the stores; up to ``size`` claims lie here."""
        self._ledger, self._sources, self._archive, self._size = ledger, sources, archive, size
        self._lock = threading.Lock()
        self._claims: deque[Claim] = deque()
        self._read: Archive = archive
        self._read_at: datetime | None = None

    def take(self) -> tuple[Claim, Archive] | None:
        """The next due mail and the archive to compose it from; None: nothing is due."""
        with self._lock:
            if not self._claims:
                self._claims.extend(self._ledger.claim(self._size))
                self._read_at = None
            if not self._claims:
                return None
            now = self._archive.now()
            if self._read_at is None or now - self._read_at > FRESH:
                self._read, self._read_at = self._read_ahead(), now
            return self._claims.popleft(), self._read

    def put_back(self) -> None:
        """What lies here is owed again, for whoever asks first."""
        with self._lock:
            claims = list(self._claims)
            self._claims.clear()
        self._ledger.release(claims)

    def _read_ahead(self) -> Archive:
        try:
            return read_ahead(self._claims, self._sources, self._archive)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  # one copy that cannot be read is the trouble of its own mail alone
            _log.exception("mail.not_read_ahead", mails=len(self._claims))
            return self._archive
