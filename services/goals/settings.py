"""What this service is told from outside: what the chassis declares for every service, and nothing more."""

from __future__ import annotations

from typing import Final

from libs.chassis.settings import CoreSettings, Settings, core_settings

SERVICE: Final = "goals"


def read_settings(settings: Settings) -> CoreSettings:
    """The settings of this process, sealed: nothing can be read later.

    Raises:
        SettingsError: some are missing or wrong; all of them are named.
    """
    core = core_settings(settings, SERVICE)
    settings.seal()
    return core
