"""How each key result fared, week by week: the check-ins of the demo, the same for the same day and seed.

Everything is relative to ``today``: the running cycle began seven weeks ago, and the closed one ended the day
before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from deploy.demo.company import TEAMS, DemoTeam
from deploy.demo.objectives import DemoObjective, KeyResultRow

SEED = "cairn-demo-1"
WEEKS_GONE = 7
CYCLE_WEEKS = 13

LAST_NOTE = "Reached it. Thanks to everyone who lent an hour."
NOTES: dict[str, tuple[str, ...]] = {
    "on": (
        "Steady. The change from two weeks ago holds.",
        "Good week; the new routine carries itself.",
        "A little ahead of what we planned.",
        "Two more done, the next one is prepared.",
        "As expected. Nothing in the way.",
    ),
    "slow": (
        "Slower than planned: two colleagues were lent out.",
        "We started late and are catching up.",
        "Half of the week went into support.",
        "The easy part is done; the rest takes longer.",
        "One step forward; the next one waits for another team.",
    ),
    "risk": (
        "Barely moved. We need a second pair of hands.",
        "The supplier postponed again; no date yet.",
        "I do not see how we reach this without a decision.",
        "Two of us were on call all week; nothing else got done.",
        "The first attempt failed. We know why, not yet what to do.",
    ),
    "done": ("Nearly there.", "On the last stretch.", "One left after this week."),
    "stale": ("Good start.", "Moving, will know more next week."),
}


@dataclass(frozen=True)
class DemoCycle:
    """A span of whole weeks, first and last day included."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class DemoCheckIn:
    """One check-in to be recorded by the key result's owner. ``as_of`` is UTC; ``confidence`` 0 to 10."""

    value: float
    confidence: int
    note: str
    as_of: datetime


def _named(starts_on: date) -> DemoCycle:
    middle = starts_on + timedelta(weeks=CYCLE_WEEKS) / 2
    name = f"Q{(middle.month - 1) // 3 + 1} {middle.year}"
    return DemoCycle(name, starts_on, starts_on + timedelta(weeks=CYCLE_WEEKS, days=-1))


def running_cycle(today: date) -> DemoCycle:
    """Thirteen weeks of which seven and the days of this week are gone."""
    return _named(today - timedelta(days=today.weekday(), weeks=WEEKS_GONE))


def closed_cycle(today: date) -> DemoCycle:
    """The thirteen weeks before the running ones."""
    return _named(running_cycle(today).starts_on - timedelta(weeks=CYCLE_WEEKS))


def weekday_of(team: DemoTeam, today: date) -> int:
    """The weekday on which this team checks in, Monday 0: some team is due today, whatever day it is."""
    return (today.weekday() + team.weekday_offset) % 7


def check_ins(
    objective: DemoObjective, row: KeyResultRow, cycle: DemoCycle, today: date
) -> list[DemoCheckIn]:
    """The series of one key result, oldest first; empty for one that still awaits its first check-in."""
    title, unit, start, target, fate = row
    chance = random.Random(f"{SEED}:{title}")  # noqa: S311  # a plausible story, not a secret
    days = _days(objective, fate, cycle, today)
    told = NOTES.get(fate, ())
    words = chance.sample(told, len(told))
    story = []
    for index, day in enumerate(days):
        gone = min(1.0, max(0.0, (day - cycle.starts_on).days / (cycle.ends_on - cycle.starts_on).days))
        final = index == len(days) - 1
        share = _share(fate, gone, chance, final=final)
        value = (
            target if fate == "done" and final else _rounded(start + (target - start) * share, start, target)
        )
        if unit == "yes/no":
            value = float(share >= 1)
        note = LAST_NOTE if fate == "done" and final else words[index % len(words)]
        story.append(
            DemoCheckIn(value, _confidence(fate, chance, final=final), note, _moment(day, today, chance))
        )
    return story


def _days(objective: DemoObjective, fate: str, cycle: DemoCycle, today: date) -> list[date]:
    if fate == "waiting":
        return []
    team = next((team for team in TEAMS if team.name == objective.team), None)
    weekday = weekday_of(team, today) if team else 0
    step = timedelta(weeks=2 if team and team.every == "biweekly" else 1)
    first = cycle.starts_on + timedelta(days=(weekday - cycle.starts_on.weekday()) % 7)
    last = min(cycle.ends_on, today - timedelta(days=1))
    days = []
    while first <= last:
        days.append(first)
        first += step
    if fate == "stale":
        days = days[:3]
    if cycle.ends_on >= today and fate in {"done", "risk"} and objective.level == "company":
        days.append(today)
    return days


def _share(fate: str, gone: float, chance: random.Random, *, final: bool) -> float:
    wobble = chance.uniform(-0.02, 0.02)
    if fate == "done":
        return 1.0 if final else min(0.95, gone * 1.55 + wobble)
    if fate == "slow":
        return max(0.0, gone * 0.8 - 0.01 + wobble)
    if fate == "risk":
        return max(0.0, gone * 0.38 - 0.03 + wobble / 2)
    return min(0.99, max(0.0, gone * 1.04 + wobble))


def _confidence(fate: str, chance: random.Random, *, final: bool) -> int:
    if fate == "done":
        return 10 if final else 8
    low, high = {"on": (6, 9), "slow": (4, 6), "risk": (2, 4), "stale": (5, 7)}[fate]
    return 3 if fate == "risk" and final else chance.randint(low, high)


def _rounded(value: float, start: float, target: float) -> float:
    if float(start).is_integer() and float(target).is_integer() and abs(target - start) > 3:  # noqa: PLR2004
        return float(round(value))
    return round(value, 2)


def _moment(day: date, today: date, chance: random.Random) -> datetime:
    minute = chance.randint(0, 59)
    moment = datetime.combine(day, time(8, minute), tzinfo=UTC)
    return min(moment, datetime.now(UTC) - timedelta(seconds=5)) if day == today else moment
