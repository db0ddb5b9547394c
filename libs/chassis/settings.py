"""Settings of one process, each declared once, read once, and then sealed.

Every setting is a variable ``CAIRN_<NAME>``, or a file named by ``CAIRN_<NAME>_FILE``. An empty variable
counts as unset, because compose files and shells cannot tell the two apart.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import EllipsisType
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from environs import Env

PREFIX: Final = "CAIRN_"
PRODUCTION: Final = "production"
ENVIRONMENTS: Final = ("development", "test", PRODUCTION)
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
T = TypeVar("T")


class SettingsError(Exception):
    """Some settings are missing or wrong. ``problems`` names every one of them, not only the first."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        """The message lists each setting on a line of its own."""
        self.problems = dict(problems)
        lines = [f"  {name}: {'; '.join(messages)}" for name, messages in sorted(self.problems.items())]
        super().__init__("\n".join(["settings are wrong:", *lines]))


class SettingsSealedError(Exception):
    """A setting was asked for after the composition root had finished reading."""


@dataclass(frozen=True)
class Setting:
    """What the documentation says of one setting. A ``default`` of None means there is none."""

    name: str
    kind: str
    default: str | None
    required: bool
    secret: bool
    help: str


class _Environment(Env):
    """Environs, reading from a given mapping and understanding ``NAME_FILE``."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=PREFIX)
        self.given = environ
        self.unreadable: dict[str, list[str]] = {}

    def _get_value(self, env_key: str, default: Any) -> Any:
        path = self.given.get(f"{env_key}_FILE", "")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "not text"
                self.unreadable[f"{env_key}_FILE"] = [f"cannot read {path}: {reason}"]
                return "unreadable"
        else:
            value = self.given.get(env_key, "")
        return value if value.strip() else default


class Settings:
    """The only door to the environment. Wrong values are collected; :meth:`seal` raises them all at once.

    ``default`` of ``...`` means that the setting is required.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """Reads from the process environment, or from ``environ`` alone when it is given."""
        self._env = _Environment(os.environ if environ is None else environ)
        self._declared: dict[str, Setting] = {}
        self._wrong: dict[str, list[str]] = {}
        self._sealed = False

    def text(self, name: str, default: str | EllipsisType | None = ..., help: str = "") -> str:  # noqa: A002
        """The setting as it stands."""
        return cast("str", self._read("text", name, default, help))

    def secret(
        self,
        name: str,
        default: str | EllipsisType | None = ...,
        help: str = "",  # noqa: A002
        *,
        development: str | None = None,
    ) -> str:
        """The secret.

        ``development`` is its well-known value for development and tests, refused in production.
        """
        value = self._read(
            "secret",
            name,
            default if development is None or self.is_production else development,
            help,
            secret=True,
        )
        if development is not None and value == development and self.is_production:
            self.refuse(name, "still has the well-known development value; make an own one")
        return cast("str", value)

    def integer(
        self,
        name: str,
        default: int | EllipsisType | None = ...,
        help: str = "",  # noqa: A002
        *,
        minimum: int | None = None,
        maximum: int | None = None,
    ) -> int:
        """The setting as a whole number, between the bounds where they are given."""
        value = self._read("integer", name, default, help, convert=_integer)
        if isinstance(value, int) and minimum is not None and value < minimum:
            self.refuse(name, f"must be at least {minimum}")
        if isinstance(value, int) and maximum is not None and value > maximum:
            self.refuse(name, f"must be at most {maximum}")
        return cast("int", value)

    def flag(self, name: str, default: bool | EllipsisType = ..., help: str = "") -> bool:  # noqa: A002, FBT001
        """True for 1, true, yes, on; false for 0, false, no, off."""
        return cast("bool", self._read("flag", name, default, help, convert=_flag))

    def url(
        self,
        name: str,
        default: str | EllipsisType | None = ...,
        help: str = "",  # noqa: A002
        *,
        schemes: Sequence[str] = ("http", "https"),
        secret: bool = False,
    ) -> str:
        """The setting as an address with a host and one of ``schemes``, without a slash at its end."""

        def convert(raw: str) -> str:
            parts = urlsplit(raw)
            if parts.scheme not in schemes or not parts.netloc:
                msg = (
                    f"must be an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
                )
                raise ValueError(msg)
            return raw.rstrip("/") if parts.scheme in ("http", "https") else raw

        return cast("str", self._read("url", name, default, help, convert=convert, secret=secret))

    def duration(self, name: str, default: str | EllipsisType = ..., help: str = "") -> float:  # noqa: A002
        """The setting in seconds.

        Written ``250ms``, ``5s``, ``2m``, ``1h``, ``7d``; a bare number is seconds.
        """
        value = self._read("duration", name, default, help, convert=_duration)
        return _duration(value) if isinstance(value, str) else cast("float", value)

    def choice(
        self,
        name: str,
        choices: Sequence[str],
        default: str | EllipsisType = ...,
        help: str = "",  # noqa: A002
    ) -> str:
        """One of ``choices``."""

        def convert(raw: str) -> str:
            if raw not in choices:
                msg = f"must be one of {', '.join(choices)}"
                raise ValueError(msg)
            return raw

        return cast("str", self._read("|".join(choices), name, default, help, convert=convert))

    def outside_production(self, name: str, help: str = "") -> str:  # noqa: A002
        """The setting as it stands, empty when unset. Production refuses any value."""
        value = self._read("text", name, "", help)
        if value and self.is_production:
            self.refuse(name, "is for tests, and would harm a production system")
        return cast("str", value)

    @property
    def is_production(self) -> bool:
        """Whether this process serves real users.

        What is not plainly development or test counts as production.
        """
        return self._env.given.get(f"{PREFIX}ENVIRONMENT", "production") not in ("development", "test")

    def declared(self) -> tuple[Setting, ...]:
        """Every setting that was asked for, by name."""
        return tuple(self._declared[name] for name in sorted(self._declared))

    def seal(self) -> None:
        """Reading is over: any later read is a mistake of the programmer.

        Raises:
            SettingsError: at least one setting is missing or wrong.
        """
        self._sealed = True
        wrong = {**self._wrong, **self._env.unreadable}
        if wrong:
            raise SettingsError(wrong)

    def refuse(self, name: str, message: str) -> None:
        """The setting is wrong, by itself or beside another one; :meth:`seal` says so."""
        self._wrong.setdefault(PREFIX + name, []).append(message)

    def _read(
        self,
        kind: str,
        name: str,
        default: Any,
        help: str,  # noqa: A002
        *,
        convert: Any = str,
        secret: bool = False,
    ) -> Any:
        if self._sealed:
            msg = f"{PREFIX}{name} is read after the settings were sealed; read it in the composition root"
            raise SettingsSealedError(msg)
        required = default is ...
        self._declared[PREFIX + name] = Setting(
            name=PREFIX + name,
            kind=kind,
            default=None if required or default is None or secret else str(default),
            required=required,
            secret=secret,
            help=help,
        )
        raw = self._env.str(name, None)
        if raw is None:
            if required:
                self.refuse(name, f"is not set (set it, or {PREFIX}{name}_FILE)")
                return None
            return default
        if f"{PREFIX}{name}_FILE" in self._env.unreadable:
            return None
        try:
            return convert(raw)
        except ValueError as error:
            self.refuse(name, str(error))
            return None


def _integer(raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        msg = "must be a whole number"
        raise ValueError(msg) from None


def _flag(raw: str) -> bool:
    lowered = raw.strip().lower()
    if lowered in ("1", "true", "yes", "on"):
        return True
    if lowered in ("0", "false", "no", "off"):
        return False
    msg = "must be true or false"
    raise ValueError(msg)


def _duration(raw: str) -> float:
    matched = _DURATION.fullmatch(raw.strip())
    if matched is None:
        msg = "must be a duration such as 250ms, 5s, 2m, 1h or 7d"
        raise ValueError(msg)
    return float(matched[1]) * _UNITS[matched[2] or "s"]


@dataclass(frozen=True)
class CoreSettings:
    """What every process of every service needs to know."""

    environment: str
    service: str
    log_format: str
    log_level: str
    mongo_url: str = field(repr=False)
    mongo_database: str
    amqp_url: str = field(repr=False)
    bind: str
    worker_bind: str
    web_workers: int
    web_threads: int
    public_url: str
    token_public_key: str
    lease: float = 10.0
    failpoints: str = ""


def core_settings(settings: Settings, service: str) -> CoreSettings:
    """The settings that are the same in all services. Wrong ones are told by ``settings.seal()``."""
    environment = settings.choice("ENVIRONMENT", ENVIRONMENTS, PRODUCTION, "what this installation is for")
    port = settings.integer(
        "PUBLISHED_PORT", 8080, "port of this machine at which users reach the gateway", minimum=1
    )
    return CoreSettings(
        environment=environment,
        service=service,
        log_format=settings.choice(
            "LOG_FORMAT",
            ("console", "json"),
            "console" if environment == "development" else "json",
            "console for people, json for machines (console in development)",
        ),
        log_level=settings.choice(
            "LOG_LEVEL", ("debug", "info", "warning", "error"), "info", "least level logged"
        ),
        mongo_url=settings.url(
            "MONGO_URL", ..., "MongoDB, a replica set", schemes=("mongodb", "mongodb+srv"), secret=True
        ),
        mongo_database=settings.text("MONGO_DATABASE", f"cairn_{service}", "database of this service"),
        amqp_url=settings.url("AMQP_URL", ..., "RabbitMQ", schemes=("amqp", "amqps"), secret=True),
        bind=settings.text("BIND", "127.0.0.1:8000", "where web listens, host:port"),
        worker_bind=settings.text(
            "WORKER_BIND", "127.0.0.1:8001", "where the worker's health listens, host:port"
        ),
        web_workers=settings.integer("WEB_WORKERS", 2, "web processes", minimum=1, maximum=64),
        web_threads=settings.integer("WEB_THREADS", 8, "threads per web process", minimum=1, maximum=256),
        public_url=settings.url("PUBLIC_URL", f"http://localhost:{port}", "address that users see"),
        token_public_key=settings.secret(
            "TOKEN_PUBLIC_KEY", ..., "PEM; verifies the tokens between services"
        ),
        lease=settings.duration(
            "LEASE", "10s", "how long a relay's part of the work waits for another one after its worker died"
        ),
        failpoints=settings.outside_production(
            "FAILPOINTS", "folder with orders to die at named points, for fault tests; refused in production"
        ),
    )
