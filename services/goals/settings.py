"""The settings of this service; `app.py` alone reads them."""

from __future__ import annotations

from dataclasses import dataclass

from libs.chassis.settings import CoreSettings, Settings, core_settings

SERVICE = "goals"


@dataclass(frozen=True)
class GoalsSettings:
    """What a process of this service needs to know."""

    core: CoreSettings
    roll_up_batch: int
    clock_every: float


def goals_settings(settings: Settings) -> GoalsSettings:
    """The settings, and nothing can be read after.

    Raises:
        SettingsError: at least one is missing or wrong.
    """
    read = GoalsSettings(
        core=core_settings(settings, SERVICE),
        roll_up_batch=settings.integer(
            "ROLL_UP_BATCH", 500, "changed documents that one batch of the roll-up takes", minimum=1, maximum=5000
        ),
        clock_every=settings.duration("CLOCK_EVERY", "20s", "how often the clock looks whether a day has begun"),
    )
    settings.seal()
    return read
