"""Slow hashes of passwords: argon2id, and never more at once than this process has memory for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.gateway.domain.errors import Busy

WAIT_SECONDS = 8.0


class Argon2Passwords:
    """Argon2id with the parameters of RFC 9106's second recommendation, scaled by ``memory_kib``."""

    def __init__(self, *, at_once: int, memory_kib: int, passes: int) -> None:
        """``at_once`` hashes may be computed at a time; others wait their turn."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._turns = threading.BoundedSemaphore(at_once)
        # Checked where there is nothing to check, so that an unknown account takes as long as a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """What is stored of a password.

        Raises:
            Busy: too many are being checked.
        """
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password. With no hash it takes as long, and says no.

        Raises:
            Busy: too many are being checked.
        """
        with self._turn():
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
            return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a new hash of the same password would cost more to guess."""
        return self._hasher.check_needs_rehash(password_hash)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=WAIT_SECONDS):
            raise Busy
        try:
            yield
        finally:
            self._turns.release()
