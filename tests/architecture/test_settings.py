"""What can be set can be read about: every declared setting stands in the document for its readers."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.native import installation
from libs.chassis.settings import Settings, SettingsError, core_settings
from services.checkins import settings as checkins
from services.gateway import settings as gateway
from services.goals import settings as goals
from services.notifier import settings as notifier

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "docs"
READERS: dict[str, Callable[[Settings], object]] = {
    "checkins": checkins.read_settings,
    "every service": lambda settings: core_settings(settings, "goals"),
    "gateway": gateway.gateway_settings,
    "goals": goals.read_settings,
    "notifier": notifier.read_settings,
}


def declared(reader: Callable[[Settings], object]) -> set[str]:
    """The names that this reader asks for, whatever it then says of an empty environment."""
    settings = Settings({})
    with suppress(SettingsError, TypeError, AttributeError):
        reader(settings)
    return {setting.name for setting in settings.declared()}


def named_in(document: str) -> set[str]:
    """Every variable that the document writes as code."""
    return set(re.findall(r"`(CAIRN_[A-Z_]+[A-Z])", (DOCUMENTS / document).read_text(encoding="utf-8")))


@pytest.mark.parametrize("whose", READERS)
def test_every_setting_of_a_service_is_documented(whose: str) -> None:
    asked = declared(READERS[whose])
    assert asked
    assert asked - named_in("settings.md") == set()


def test_every_setting_of_a_native_installation_is_documented() -> None:
    assert declared(installation.read) - named_in("operations.md") == set()


def of_containers() -> set[str]:
    """The variables that the descriptions of containers read."""
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("docker-compose.yml", "deploy/swarm/stack.yml")
    ]
    return set(re.findall(r"\$\{(CAIRN_[A-Z_]+[A-Z])", "".join(texts)))


def read_past_settings() -> set[str]:
    """The variables that code asks the environment for by itself, where no settings can be built yet."""
    files = [path for folder in ("deploy", "libs", "services") for path in (ROOT / folder).rglob("*.py")]
    asks = r"""(?:environ(?:\.get\(|\[)|getenv\()\s*["'](CAIRN_[A-Z_]+[A-Z])"""
    return set(re.findall(asks, "".join(path.read_text(encoding="utf-8") for path in files)))


def test_every_variable_that_is_read_past_the_settings_is_documented() -> None:
    assert "CAIRN_GUNICORN_SILENCE" in read_past_settings()
    texts = [(DOCUMENTS / name).read_text(encoding="utf-8") for name in ("settings.md", "operations.md")]
    written = set(re.findall(r"CAIRN_[A-Z_]+[A-Z]", "".join(texts)))
    assert (of_containers() | read_past_settings()) - written == set()


def test_no_document_names_a_setting_that_nobody_reads() -> None:
    known = set().union(*map(declared, READERS.values()), declared(installation.read))
    known |= of_containers() | read_past_settings()
    written = {name.removesuffix("_FILE") for name in named_in("settings.md") | named_in("operations.md")}
    assert written - known == set()
