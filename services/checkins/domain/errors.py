"""Everything that a rule of this service can refuse.

CheckInsError
├── Unknown                it does not exist for the one who asks (HTTP 404)
├── NotAllowed             seen, but not theirs to do (403)
├── InvalidFields          the caller can correct these fields (422)
│   └── KeyReused          the idempotency key stands for another request (422)
├── Stale                  something was recorded since it was read (412)
├── Unreachable            it may exist, but the service that knows does not answer (503)
├── Contended              lost too many races in a row; nothing was written (503)
└── Refused                the state of the thing forbids it (409)
    ├── CycleIsClosed
    ├── KeyResultAbandoned
    ├── UndoExpired
    ├── AlreadyWithdrawn
    └── RevisedTooOften
"""

from __future__ import annotations

from dataclasses import dataclass


class CheckInsError(Exception):
    """A rule said no."""


class Unknown(CheckInsError):
    """It does not exist, or not for the one who asks."""

    def __init__(self, what: str) -> None:
        super().__init__(f"No such {what}.")


class NotAllowed(CheckInsError):
    """The one who asks sees it but may not do this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"You may not {what}.")


@dataclass(frozen=True)
class FieldError:
    """One field and what to do about it."""

    field: str
    message: str


class InvalidFields(CheckInsError):
    """These fields must be corrected first."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors


class KeyReused(InvalidFields):
    """The idempotency key was used before, for something else. ``made`` is the check-in that it made."""

    def __init__(self, made: str | None = None) -> None:
        super().__init__(
            FieldError("Idempotency-Key", "This key was used for another check-in. Make a new key.")
        )
        self.made = made


class Stale(CheckInsError):
    """Something was recorded since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody checked in since you opened this. Read it again, then repeat what you did."
        )


class Unreachable(CheckInsError):
    """The service that would know does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "This key result is not known here yet and its service does not answer. Try again in a moment."
        )


class Contended(CheckInsError):
    """Too many check-ins arrived at the same moment; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Many people are checking in here at the same moment. Repeat it with the same key.")


class Refused(CheckInsError):
    """The state of the thing forbids it."""


class CycleIsClosed(Refused):
    """The cycle is closed, so its numbers stand still."""

    def __init__(self) -> None:
        super().__init__(
            "The cycle is closed, so its key results take no more check-ins. Open the running cycle."
        )


class KeyResultAbandoned(Refused):
    """Nobody pursues the key result any more."""

    def __init__(self) -> None:
        super().__init__("This key result was abandoned. Reopen it before you check in.")


class UndoExpired(Refused):
    """The ten seconds are over."""

    def __init__(self) -> None:
        super().__init__(
            "Undo is possible for ten seconds. Revise the check-in instead: history shows both values."
        )


class AlreadyWithdrawn(Refused):
    """What was undone cannot be revised."""

    def __init__(self) -> None:
        super().__init__("This check-in was undone. Record a new one.")


class RevisedTooOften(Refused):
    """The check-in has as many versions as one may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"This check-in has {most} versions, as many as one may have. Record a new one.")
