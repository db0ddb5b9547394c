"""People of an organisation."""

from __future__ import annotations

from dataclasses import dataclass

from libs.language.addresses import address_key
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
    def address_key(self) -> str:
        """What is equal for all spellings of the person's address."""
        return address_key(self.email)

    @property
    def governs(self) -> bool:
        """Whether the person is an admin who can act."""
        return self.role == "admin" and self.state == ACTIVE
