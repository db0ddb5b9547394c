"""What an audit finds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Findings:
    """What the stores say of these attempts, and what should not be."""

    attempted: int = 0
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    duplicated: int = 0
    recovered: int = 0
    replayed: int = 0
    unexpected: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    mails: int = 0
    mails_doubled: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.lost or self.duplicated or self.unexpected or self.missed)
