"""What this service is told from outside. Each setting is declared here or in the chassis, once."""

from __future__ import annotations

from dataclasses import dataclass

from libs.chassis.settings import CoreSettings, Settings, core_settings


@dataclass(frozen=True)
class CheckInsSettings:
    """Everything that the composition root needs.

    ``goals_url`` is where unknown key results are asked for.
    """

    core: CoreSettings
    goals_url: str


def read_settings(settings: Settings) -> CheckInsSettings:
    """The settings of this process, sealed: nothing can be read later.

    Raises:
        SettingsError: some are missing or wrong; all of them are named.
    """
    core = core_settings(settings, "checkins")
    goals_url = settings.url(
        "GOALS_URL", "http://127.0.0.1:8101", "the goals service, asked for what is not known yet"
    )
    settings.seal()
    return CheckInsSettings(core=core, goals_url=goals_url)
