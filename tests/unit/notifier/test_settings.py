"""What the notifier refuses to start with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from libs.chassis.settings import Settings, SettingsError
from services.notifier.settings import read_settings

SIGNS_IN = {"CAIRN_SMTP_USER": "cairn", "CAIRN_SMTP_PASSWORD": "slate"}


def wrong(environ: dict[str, str]) -> dict[str, Sequence[str]]:
    """What is wrong about these settings beside those that are missing."""
    try:
        read_settings(Settings(environ))
    except SettingsError as error:
        missing = "is not set"
        return {name: said for name, said in error.problems.items() if missing not in said[0]}
    return {}


@pytest.mark.parametrize("tls", ["", "none"])
def test_in_production_nobody_signs_in_where_everybody_on_the_way_may_read_it(tls: str) -> None:
    assert list(wrong({**SIGNS_IN, "CAIRN_SMTP_TLS": tls})) == ["CAIRN_SMTP_TLS"]


@pytest.mark.parametrize(
    "environ",
    [
        {**SIGNS_IN, "CAIRN_SMTP_TLS": "starttls"},
        {**SIGNS_IN, "CAIRN_SMTP_TLS": "tls"},
        {**SIGNS_IN, "CAIRN_ENVIRONMENT": "development"},
        {"CAIRN_SMTP_TLS": "none"},
    ],
)
def test_a_sign_in_that_is_encrypted_and_a_mailbox_without_one_are_fine(environ: dict[str, str]) -> None:
    assert wrong(environ) == {}
