"""Settings: read once, all mistakes told at once, secrets from files, no default secret in production."""

from pathlib import Path

import pytest

from libs.chassis.settings import Settings, SettingsError, SettingsSealedError, core_settings

NEEDED = {
    "CAIRN_MONGO_URL": "mongodb://user:pw@db/?replicaSet=rs",
    "CAIRN_AMQP_URL": "amqp://guest:guest@bus/%2F",
    "CAIRN_TOKEN_PUBLIC_KEY": "-----BEGIN PUBLIC KEY-----",
}


def wrong(settings: Settings) -> dict[str, list[str]]:
    with pytest.raises(SettingsError) as caught:
        settings.seal()
    return {name: list(messages) for name, messages in caught.value.problems.items()}


def test_a_setting_is_read_from_its_variable() -> None:
    settings = Settings({"CAIRN_NAME": "Fernhollow", "CAIRN_COUNT": "3", "CAIRN_ON": "yes"})
    assert settings.text("NAME") == "Fernhollow"
    assert settings.integer("COUNT") == 3
    assert settings.flag("ON") is True
    settings.seal()


def test_the_process_environment_is_read_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_NAME", "from the process")
    assert Settings().text("NAME") == "from the process"


def test_a_given_environment_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_NAME", "from the process")
    assert Settings({}).text("NAME", "default") == "default"


@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_variable_counts_as_unset(value: str) -> None:
    assert Settings({"CAIRN_NAME": value}).text("NAME", "default") == "default"


def test_every_setting_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("7\n")
    (tmp_path / "key").write_text("line 1\nline 2\n")
    settings = Settings(
        {"CAIRN_COUNT_FILE": str(tmp_path / "count"), "CAIRN_KEY_FILE": str(tmp_path / "key")}
    )
    assert settings.integer("COUNT") == 7
    assert settings.secret("KEY") == "line 1\nline 2"
    settings.seal()


def test_a_file_that_cannot_be_read_is_told_by_its_path(tmp_path: Path) -> None:
    settings = Settings({"CAIRN_KEY_FILE": str(tmp_path / "nowhere")})
    settings.secret("KEY")
    assert "nowhere" in wrong(settings)["CAIRN_KEY_FILE"][0]


def test_all_wrong_settings_are_told_at_once() -> None:
    settings = Settings(
        {
            "CAIRN_COUNT": "many",
            "CAIRN_ON": "perhaps",
            "CAIRN_URL": "ftp://x",
            "CAIRN_PAUSE": "soon",
            "CAIRN_K": "c",
        }
    )
    settings.text("NAME")
    settings.integer("COUNT")
    settings.flag("ON")
    settings.url("URL")
    settings.duration("PAUSE")
    settings.choice("K", ("a", "b"))
    found = wrong(settings)
    assert set(found) == {f"CAIRN_{name}" for name in ("NAME", "COUNT", "ON", "URL", "PAUSE", "K")}


def test_numbers_keep_their_bounds() -> None:
    settings = Settings({"CAIRN_LOW": "0", "CAIRN_HIGH": "11"})
    settings.integer("LOW", minimum=1)
    settings.integer("HIGH", maximum=10)
    assert set(wrong(settings)) == {"CAIRN_LOW", "CAIRN_HIGH"}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("250ms", 0.25), ("5s", 5), ("5", 5), ("2m", 120), ("1h", 3600), ("7d", 604800), ("1.5 h", 5400)],
)
def test_a_duration_is_given_in_seconds(written: str, seconds: float) -> None:
    assert Settings({"CAIRN_PAUSE": written}).duration("PAUSE") == seconds
    assert Settings({}).duration("PAUSE", written) == seconds


def test_an_address_loses_its_last_slash() -> None:
    assert Settings({"CAIRN_URL": "https://cairn.example/"}).url("URL") == "https://cairn.example"


def test_reading_after_the_seal_is_a_mistake() -> None:
    settings = Settings({})
    settings.seal()
    with pytest.raises(SettingsSealedError, match="CAIRN_LATE"):
        settings.text("LATE", "default")


def test_a_well_known_secret_serves_development_and_is_refused_in_production() -> None:
    for environment in ("development", "test"):
        settings = Settings({"CAIRN_ENVIRONMENT": environment})
        assert settings.secret("SESSION_SECRET", development="well-known") == "well-known"
        settings.seal()
    for given in ({}, {"CAIRN_SESSION_SECRET": "well-known"}):
        for environment_of in ({"CAIRN_ENVIRONMENT": "production"}, {}, {"CAIRN_ENVIRONMENT": "prod"}):
            settings = Settings({**environment_of, **given})
            settings.secret("SESSION_SECRET", development="well-known")
            assert "CAIRN_SESSION_SECRET" in wrong(settings)


def test_what_was_declared_is_known_and_shows_no_secret() -> None:
    settings = Settings({"CAIRN_ENVIRONMENT": "development"})
    settings.secret("KEY", development="well-known", help="signs things")
    settings.integer("COUNT", 3, "how many")
    declared = settings.declared()
    assert [setting.name for setting in declared] == ["CAIRN_COUNT", "CAIRN_KEY"]
    assert declared[0].default == "3"
    assert declared[1].default is None
    assert declared[1].secret


def test_core_settings_have_defaults_for_all_but_addresses_and_the_key() -> None:
    settings = Settings(NEEDED)
    core = core_settings(settings, "goals")
    settings.seal()
    assert core.environment == "production"
    assert core.log_format == "json"
    assert core.mongo_database == "cairn_goals"
    empty = Settings({})
    core_settings(empty, "goals")
    assert set(wrong(empty)) == set(NEEDED)


def test_a_message_never_repeats_a_secret_value() -> None:
    settings = Settings({"CAIRN_MONGO_URL": "postgres://user:hunter2@db"})
    core_settings(settings, "goals")
    with pytest.raises(SettingsError) as caught:
        settings.seal()
    assert "hunter2" not in str(caught.value)
