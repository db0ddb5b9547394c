"""What this service is told from outside. Each setting is declared here or in the chassis, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from libs.chassis.settings import CoreSettings, Settings, core_settings

SERVICE: Final = "goals"


@dataclass(frozen=True)
class GoalsSettings:
    """Everything that the composition root needs.

    ``checkins_url`` is where outdated copies are told of.
    """

    core: CoreSettings
    checkins_url: str


def read_settings(settings: Settings) -> GoalsSettings:
    """The settings of this process, sealed: nothing can be read later.

    Raises:
        SettingsError: some are missing or wrong; all of them are named.
    """
    core = core_settings(settings, SERVICE)
    checkins_url = settings.url(
        "CHECKINS_URL", "http://127.0.0.1:8102", "checkins, which is told at once what is deleted or hidden"
    )
    settings.seal()
    return GoalsSettings(core=core, checkins_url=checkins_url)
