"""A mail server that outlives the platform, remembers what it took responsibility for, and can be unwell."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.native.servers import LOOPBACK, free_port

ACCEPTED = "250 2.0.0 Ok"
LONGER_THAN_ANYBODY_WAITS = 30.0


@dataclass
class MailSink:
    """``answer`` is said to each DATA; ``silent`` takes a message whole and never answers."""

    answer: str = ACCEPTED
    silent: bool = False
    port: int = field(default_factory=free_port)
    refused: int = 0
    swallowed: int = 0
    accepted: list[EmailMessage] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _controller: Controller | None = None

    def start(self) -> None:
        """It listens."""
        self._controller = Controller(self, hostname=LOOPBACK, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Nobody listens."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def message_ids(self) -> list[str]:
        """Of all that it took responsibility for, in order."""
        with self._lock:
            return [str(message["Message-ID"]).strip("<>").partition("@")[0] for message in self.accepted]

    def texts_to(self, address: str) -> list[str]:
        """The plain bodies of what was accepted for this address, newest last."""
        with self._lock:
            found = [message for message in self.accepted if address in str(message["To"])]
        return [str(body.get_content()) for message in found if (body := message.get_body(("plain",)))]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """aiosmtpd hands a whole message over."""
        del server, session
        if self.silent:
            self.swallowed += 1
            await _never()
        answer = self.answer
        if not answer.startswith("2"):
            self.refused += 1
            return answer
        message = message_from_bytes(envelope.original_content or b"", policy=modern)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self.accepted.append(message)
        return answer


async def _never() -> None:
    """Longer than any client waits."""
    try:
        async with asyncio.timeout(LONGER_THAN_ANYBODY_WAITS):
            await asyncio.Event().wait()
    except TimeoutError:
        return
