"""The notifier's own settings, beside those that every service has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from libs.chassis.settings import CoreSettings, Settings, core_settings

DEVELOPMENT_SECRET = "development-only-not-a-secret"  # noqa: S105  # refused in production


@dataclass(frozen=True, kw_only=True)
class NotifierSettings:
    """What the notifier needs to know that other services need not."""

    smtp_host: str
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_tls: str
    smtp_timeout: float
    mail_from: str
    unsubscribe_secret: str
    celebration_batch: timedelta
    alert_hold: timedelta
    senders: int
    mail_log_kept: timedelta


def read_settings(settings: Settings) -> tuple[CoreSettings, NotifierSettings]:
    """All settings of this service; none can be read afterwards.

    Raises:
        SettingsError: at least one is missing or wrong.
    """
    core = core_settings(settings, "notifier")
    own = notifier_settings(settings)
    settings.seal()
    return core, own


def notifier_settings(settings: Settings) -> NotifierSettings:
    """The notifier's settings. Wrong ones are told by ``settings.seal()``."""
    user = settings.text("SMTP_USER", None, "signs in with this name; without it there is no sign-in")
    tls = settings.choice(
        "SMTP_TLS", ("none", "starttls", "tls"), "none", "how the conversation is encrypted"
    )
    if user and tls == "none" and settings.is_production:
        settings.refuse(
            "SMTP_TLS", "would show the mail server's password to everybody on the way; say starttls or tls"
        )
    return NotifierSettings(
        smtp_host=settings.text("SMTP_HOST", "127.0.0.1", "where mail is handed over"),
        smtp_port=settings.integer("SMTP_PORT", 1025, "its port", minimum=1, maximum=65535),
        smtp_user=user,
        smtp_password=settings.secret("SMTP_PASSWORD", None, "and this password"),
        smtp_tls=tls,
        smtp_timeout=settings.duration(
            "SMTP_TIMEOUT", "30s", "how long to wait for each reply of the mail server"
        ),
        mail_from=settings.text("MAIL_FROM", "Cairn <cairn@localhost.localdomain>", "whom mails come from"),
        unsubscribe_secret=settings.secret(
            "UNSUBSCRIBE_SECRET", ..., "signs the unsubscribe links of mails", development=DEVELOPMENT_SECRET
        ),
        celebration_batch=timedelta(
            seconds=settings.duration(
                "CELEBRATION_BATCH", "2m", "how long celebrations of a team are gathered into one mail"
            )
        ),
        alert_hold=timedelta(
            seconds=settings.duration(
                "ALERT_HOLD", "11s", "how long an alert waits, so that an undo within ten seconds stops it"
            )
        ),
        senders=settings.integer(
            "MAIL_SENDERS", 4, "conversations with the mail server at once", minimum=1, maximum=32
        ),
        mail_log_kept=timedelta(
            days=settings.integer(
                "MAIL_LOG_DAYS",
                365,
                "days until a settled mail leaves the mail log",
                minimum=30,
                maximum=3650,
            )
        ),
    )
