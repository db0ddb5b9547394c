"""People of an organisation."""

from __future__ import annotations

from dataclasses import dataclass

from services.goals.domain.record import Record

ROLES = ("admin", "leader", "member", "viewer")
INVITED, ACTIVE, DISABLED = "invited", "active", "disabled"
STATES = (INVITED, ACTIVE, DISABLED)


@dataclass(frozen=True, kw_only=True)
class Person(Record):
    """Someone of the organisation; ``invitation`` counts the invitations asked for."""

    name: str
    email: str
    time_zone: str
    locale: str
    role: str
    state: str = INVITED
    invitation: int = 0
    invited_by: str | None = None

    @property
    def email_key(self) -> str:
        """What makes two addresses the same one: letters' case does not."""
        return email_key(self.email)

    @property
    def governs(self) -> bool:
        """Whether the person is an admin who can act."""
        return self.role == "admin" and self.state == ACTIVE


def email_key(email: str) -> str:
    """The address in the form that is compared."""
    return email.strip().casefold()
