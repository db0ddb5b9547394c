"""One conversation with a mail server, kept open between mails; every way it can end is told apart.

Where the end is unknown matters most: once the message is on its way, a lost connection means that it may
or may not have arrived. Before that nothing has left, whatever happens.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from libs.chassis.failpoints import failpoint
from services.notifier.domain.deliveries import Answer, Stage, Verdict, judge
from services.notifier.domain.letters import Outgoing
from services.notifier.mail.message import Sender, build_message, recipient_address

_GO_AHEAD = 250
_SEND = 354
_HUNG_UP = (-1, 421)
_AT_MOST = 300
_NO_SMTPUTF8 = Answer(
    Verdict.NO_SMTPUTF8,
    "The mail server does not offer SMTPUTF8, which other than ASCII letters before the @ need.",
)


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. ``tls`` is none, starttls or tls; ``timeout`` in seconds, for each reply."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: str
    timeout: float


class SmtpPost:
    """Hands over messages, one recipient each. Not thread-safe: every sender has its own."""

    def __init__(self, server: SmtpServer, sender: Sender, now: Callable[[], datetime]) -> None:
        """Connects when the first mail is due."""
        self._server = server
        self._sender = sender
        self._now = now
        self._connection: smtplib.SMTP | None = None
        self._fresh = False  # the last message was taken: the server expects the next, and no RSET

    def deliver(self, outgoing: Outgoing, begin_data: Callable[[], bool]) -> Answer:
        """One attempt to hand over one message.

        Raises:
            Unsayable: the message cannot be addressed or built.
        """
        message = build_message(outgoing, self._sender, self._now())
        recipient = recipient_address(outgoing.to.email)
        try:
            opened = self._begin(len(message), utf8=not recipient.isascii())
            if isinstance(opened, Answer):
                return opened
            return self._hand_over(opened, recipient, message, begin_data)
        except Exception:
            self._drop()  # nobody knows how far this conversation is; the next mail begins a new one
            raise

    def close(self) -> None:
        """The conversation is over."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _begin(self, size: int, *, utf8: bool) -> smtplib.SMTP | Answer:
        """A conversation in which a message of this size has begun, or why there is none.

        A server may have hung up while nothing was to be said: that costs no attempt, but a new conversation.
        ``utf8``: the recipient's address is beyond ASCII.
        """
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._fresh or self._connection.rset()[0] == _GO_AHEAD:
                    if utf8 and not self._connection.has_extn("smtputf8"):
                        return _NO_SMTPUTF8
                    code, text = self._mail(self._connection, size, utf8=utf8)
                    if code not in _HUNG_UP:
                        return (
                            self._connection if code == _GO_AHEAD else self._ended(Stage.SENDER, code, text)
                        )
            self._drop()
        opened = self._open()
        if isinstance(opened, Answer):
            return opened
        if utf8 and not opened.has_extn("smtputf8"):
            return _NO_SMTPUTF8
        try:
            code, text = self._mail(opened, size, utf8=utf8)
        except (OSError, smtplib.SMTPException) as error:
            return self._unwell(error)
        return opened if code == _GO_AHEAD else self._ended(Stage.SENDER, code, text)

    def _mail(self, connection: smtplib.SMTP, size: int, *, utf8: bool) -> tuple[int, bytes]:
        self._fresh = False
        options = [f"size={size}"] if connection.has_extn("size") else []
        # A server that offers SMTPUTF8 takes eight bits as well. Source: RFC 6531, section 3.1.
        return connection.mail(
            self._sender.address, [*options, "BODY=8BITMIME", "SMTPUTF8"] if utf8 else options
        )

    def _open(self) -> smtplib.SMTP | Answer:
        try:
            self._connection = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            return self._ended(Stage.SIGN_IN, error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            return self._ended(Stage.CONNECT, error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return self._unwell(error)
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.tls == "tls":
            context = ssl.create_default_context()
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password or "")
            else:
                connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(  # noqa: PLR0911  # every way that a conversation can end
        self, connection: smtplib.SMTP, recipient: str, message: bytes, begin_data: Callable[[], bool]
    ) -> Answer:
        try:
            code, text = connection.rcpt(recipient)
        except (OSError, smtplib.SMTPException) as error:
            return self._unwell(error)
        if code not in (_GO_AHEAD, _GO_AHEAD + 1):
            return self._ended(Stage.RECIPIENT, code, text)
        failpoint("mail.before_data")
        if not begin_data():
            return Answer(Verdict.CLAIM_LOST)  # nothing has left; the next mail begins with RSET
        failpoint("mail.after_data")
        try:
            code, text = _data(connection, message)
        except smtplib.SMTPDataError as error:
            # DATA itself was refused, so the message never left.
            return self._ended(Stage.DATA, error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Verdict.OUTCOME_UNKNOWN, f"{type(error).__name__}: {error}"[:_AT_MOST])
        if code == _GO_AHEAD:
            failpoint("mail.after_250")
            self._fresh = True
            return Answer(Verdict.SENT, _said(code, text))
        return self._ended(Stage.DATA, code, text)

    def _unwell(self, error: Exception) -> Answer:
        self._drop()
        return Answer(Verdict.SERVER_UNWELL, f"{type(error).__name__}: {error}"[:_AT_MOST])

    def _ended(self, stage: Stage, code: int, text: bytes | str) -> Answer:
        if code in _HUNG_UP or stage in (Stage.CONNECT, Stage.SIGN_IN):
            self._drop()
        if code == -1:
            return Answer(Verdict.SERVER_UNWELL, "the server hung up")
        plain = text.decode(errors="replace") if isinstance(text, bytes) else text
        return Answer(judge(stage, code, plain), _said(code, text))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _data(connection: smtplib.SMTP, message: bytes) -> tuple[int, bytes]:
    """As the library's own, whose search for leading dots costs as much as building the message.

    Raises:
        smtplib.SMTPDataError: the server does not want the message.
    """
    connection.putcmd("data")
    code, text = connection.getreply()
    if code != _SEND:
        raise smtplib.SMTPDataError(code, text)
    connection.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    return connection.getreply()


def _said(code: int, text: bytes | str) -> str:
    plain = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(plain.split())}"[:_AT_MOST]
