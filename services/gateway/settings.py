"""The gateway's own settings, beside those that every service has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from libs.chassis.settings import Settings
from services.gateway.domain.sessions import SessionPolicy
from services.gateway.domain.throttle import Limit

DEVELOPMENT_SECRET = "development-only-not-a-secret"  # noqa: S105  # refused in production


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """What the gateway needs to know that other services need not."""

    token_private_key: str
    session_secret: str
    setup_code: str | None
    goals_url: str
    checkins_url: str
    notifier_url: str
    live_streams: int
    api_limit: Limit
    sign_in_account_limit: Limit
    sign_in_address_limit: Limit
    trusted_proxies: int
    upstream_seconds: float
    passwords_at_once: int
    password_memory_kib: int
    session_policy: SessionPolicy


def gateway_settings(settings: Settings) -> GatewaySettings:
    """The gateway's settings. Wrong ones are told by ``settings.seal()``."""
    return GatewaySettings(
        token_private_key=settings.secret("TOKEN_PRIVATE_KEY", ..., "PEM; signs the tokens between services"),
        session_secret=settings.secret(
            "SESSION_SECRET", ..., "signs form tokens and the set-up code", development=DEVELOPMENT_SECRET
        ),
        setup_code=settings.secret(
            "SETUP_CODE", None, "one-time code of the first set-up; without it the log says a random one"
        )
        or None,
        goals_url=settings.url("GOALS_URL", "http://127.0.0.1:8101", "where goals answers"),
        checkins_url=settings.url("CHECKINS_URL", "http://127.0.0.1:8102", "where checkins answers"),
        notifier_url=settings.url("NOTIFIER_URL", "http://127.0.0.1:8103", "where notifier answers"),
        live_streams=settings.integer(
            "LIVE_STREAMS",
            24,
            "live pages per web process, three fifths of its threads at most",
            minimum=0,
            maximum=1000,
        ),
        api_limit=Limit(
            settings.integer("RATE_LIMIT_API", 600, "API requests a minute per person", minimum=1),
            60,
        ),
        sign_in_account_limit=Limit(
            settings.integer(
                "RATE_LIMIT_SIGN_IN", 10, "failed sign-ins in five minutes per account", minimum=1
            ),
            300,
        ),
        sign_in_address_limit=Limit(
            settings.integer(
                "RATE_LIMIT_SIGN_IN_ADDRESS",
                60,
                "failed sign-ins in five minutes per network address",
                minimum=1,
            ),
            300,
        ),
        trusted_proxies=settings.integer(
            "TRUSTED_PROXIES",
            0,
            "proxies in front whose X-Forwarded-* headers are believed",
            minimum=0,
            maximum=5,
        ),
        upstream_seconds=settings.duration("UPSTREAM_TIMEOUT", "10s", "longest wait for a service behind"),
        passwords_at_once=settings.integer(
            "PASSWORDS_AT_ONCE", 2, "password hashes computed at once per process", minimum=1, maximum=64
        ),
        password_memory_kib=settings.integer(
            "PASSWORD_MEMORY_KIB", 65536, "memory of one argon2id hash", minimum=19456, maximum=1048576
        ),
        session_policy=SessionPolicy(
            idle=_span(
                settings.duration("SESSION_IDLE", "8h", "a session ends after so long without a request")
            ),
            absolute=_span(
                settings.duration("SESSION_ABSOLUTE", "24h", "a session ends after so long in any case")
            ),
            remembered_idle=_span(
                settings.duration("SESSION_REMEMBERED_IDLE", "14d", "the same, kept signed in")
            ),
            remembered_absolute=_span(
                settings.duration("SESSION_REMEMBERED_ABSOLUTE", "60d", "the same, in any case")
            ),
        ),
    )


def _span(seconds: float | None) -> timedelta:
    return timedelta(seconds=seconds or 0)
