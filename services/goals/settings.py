"""What this service is told from outside. Each setting is declared here or in the chassis, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from libs.chassis.settings import CoreSettings, Settings, core_settings

SERVICE: Final = "goals"


@dataclass(frozen=True)
class GoalsSettings:
    """Everything that the composition root needs."""

    core: CoreSettings
    roll_up_batch: int


def read_settings(settings: Settings) -> GoalsSettings:
    """The settings of this process, sealed: nothing can be read later.

    Raises:
        SettingsError: some are missing or wrong; all of them are named.
    """
    core = core_settings(settings, SERVICE)
    roll_up_batch = settings.integer(
        "ROLL_UP_BATCH", 500, "changed documents that one batch of the roll-up takes", minimum=1, maximum=5000
    )
    settings.seal()
    return GoalsSettings(core=core, roll_up_batch=roll_up_batch)
