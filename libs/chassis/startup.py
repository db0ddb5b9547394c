"""What an operator is warned of when a process starts: all checks of settings that are allowed, but unsafe.

What is plainly wrong refuses to start instead (``Settings.refuse``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import structlog

from libs.chassis.settings import PREFIX, PRODUCTION, CoreSettings

MAIL_CATCHERS: Final = ("mailpit", "mailhog", "maildev", "mailcatcher")
MAIL_CATCHERS_PORT: Final = 1025
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Warned:
    """A setting, what is unsafe about its value, and what to do."""

    setting: str
    problem: str
    remedy: str


def unsafe(core: CoreSettings, mail_server: tuple[str, int] | None = None) -> Iterator[Warned]:
    """Yield what is unsafe in production.

    ``mail_server`` is the host and port of a process that sends mail.
    """
    if core.environment != PRODUCTION:
        return
    if not core.public_url.startswith("https://"):
        yield Warned(
            f"{PREFIX}PUBLIC_URL",
            "is not https: passwords, sessions and links in mails can be read on their way",
            "put a proxy with TLS in front and name its https address",
        )
    if mail_server is not None and _catches_mail(*mail_server):
        yield Warned(
            f"{PREFIX}SMTP_HOST",
            "is a mail catcher: no mail leaves it, and whoever opens its page can reset any password",
            "name your mail server",
        )


def _catches_mail(host: str, port: int) -> bool:
    return port == MAIL_CATCHERS_PORT or any(name in host.lower() for name in MAIL_CATCHERS)


def warn(core: CoreSettings, mail_server: tuple[str, int] | None = None) -> None:
    """Log one line for each unsafe setting."""
    for warned in unsafe(core, mail_server):
        _log.warning("startup.unsafe", setting=warned.setting, problem=warned.problem, remedy=warned.remedy)
