"""A key result with everything that its judgement and its permissions depend on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.checkins.domain.alarm import Alarm
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Rhythm, Team, zone_of
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.series import EMPTY, State
from services.checkins.domain.standing import Standing


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The definition, its surroundings, and what was last settled of it.

    ``state`` and ``standing`` may lag behind the series by the blink that settling takes. ``defined_by`` is
    who changed the definition since it was last judged. ``rev`` is what a writer of the standing compares and
    sets. ``is_outdated``: the owner has said that it changed something of the definition or the team since.
    """

    key_result: KeyResult
    cycle: Cycle
    team: Team | None
    organisation: Organisation
    state: State = EMPTY
    standing: Standing | None = None
    alarm: Alarm = field(default_factory=Alarm)
    reminder: Reminder | None = None
    defined_by: str | None = None
    rev: int = 0
    is_outdated: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone: its midnight is when a status may change by time alone."""
        return zone_of(self.organisation.time_zone)

    @property
    def rhythm(self) -> Rhythm:
        """The team's rhythm; every Monday where there is no team."""
        return self.live_team.rhythm if self.live_team else Rhythm()

    @property
    def live_team(self) -> Team | None:
        """The team, unless it was removed."""
        return self.team if self.team is not None and self.team.state == "live" else None

    @property
    def due_on(self) -> date:
        """The last day of the key result's span."""
        return self.key_result.due_on or self.cycle.ends_on

    @property
    def takes_check_ins(self) -> bool:
        """Whether somebody may check in. That nobody owes one any more does not forbid it."""
        return self.key_result.state == "open" and self.cycle.state != "closed"

    @property
    def abandoned(self) -> bool:
        """Whether nobody pursues it: it or its objective was abandoned."""
        return "abandoned" in (self.key_result.state, self.key_result.objective_state)

    def local_day(self, instant: datetime) -> date:
        """The organisation's day of that instant."""
        return instant.astimezone(self.zone).date()
