"""Everything that a rule of this service can refuse.

GoalsError
├── Unknown            it does not exist for the one who asks (HTTP 404)
├── NotAllowed         seen, but not theirs to do (403)
├── InvalidFields      the caller can correct these fields (422)
├── KeyReused          the idempotency key was used for something else (422)
├── Stale              somebody else changed it since it was read (412)
├── Contended          lost too many races in a row; nothing was written (503)
└── Refused            the state of the thing forbids it (409)
    ├── CycleIsClosed
    ├── HasChildren
    ├── TeamInUse
    └── LastAdmin
"""

from __future__ import annotations

from dataclasses import dataclass


class GoalsError(Exception):
    """A rule said no."""


class Unknown(GoalsError):
    """It does not exist, or not for the one who asks."""

    def __init__(self, what: str) -> None:
        super().__init__(f"No such {what}.")


class NotAllowed(GoalsError):
    """The one who asks sees it but may not do this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"You may not {what}.")


@dataclass(frozen=True)
class FieldError:
    """One field and what to do about it."""

    field: str
    message: str


class InvalidFields(GoalsError):
    """These fields must be corrected first."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors


def invalid(field: str, message: str) -> InvalidFields:
    """The refusal of one field."""
    return InvalidFields(FieldError(field, message))


class KeyReused(GoalsError):
    """The same idempotency key came with another body.

    ``made`` is the id of what the first request made, null where that is gone or hidden from who made it.
    """

    def __init__(self, made: str | None = None) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Use a new key for each new write."
        )
        self.made = made


class Stale(GoalsError):
    """Somebody else changed it since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed this since you opened it. Read it again, then repeat your change."
        )


class Contended(GoalsError):
    """Too many changes arrived at the same moment; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Many people are changing this at the same moment. Try again.")


class Refused(GoalsError):
    """The state of the thing forbids it."""


class CycleIsClosed(Refused):
    """The cycle is closed, so its goals stand still."""

    def __init__(self) -> None:
        super().__init__("The cycle is closed. Its objectives and key results can no longer be changed.")


class HasChildren(Refused):
    """Something live still hangs beneath it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Move or delete those first.")


class TeamInUse(Refused):
    """A team that still has sub-teams or objectives cannot go."""

    def __init__(self, what: str) -> None:
        super().__init__(f"This team still has {what}. Move those first.")


class LastAdmin(Refused):
    """An organisation keeps at least one active admin."""

    def __init__(self) -> None:
        super().__init__("This is the last active admin. Make somebody else an admin first.")
