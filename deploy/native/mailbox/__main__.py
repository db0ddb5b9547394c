"""Run the mailbox until SIGTERM."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.native.mailbox.http_api import MailboxServer
from deploy.native.mailbox.store import Store


class Receiver:
    """What aiosmtpd hands mails to."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """The mail is on disk before it is accepted."""
        del server, session
        content = envelope.original_content or b""
        mail = self.store.add(envelope.mail_from or "", envelope.rcpt_tos, content)
        print(f"mail.received id={mail.id} to={','.join(envelope.rcpt_tos)}", flush=True)
        return f"250 2.0.0 Ok: {mail.id}"


def host_and_port(text: str) -> tuple[str, int]:
    """Both halves of `host:port`."""
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    """Listen on both sides until told to stop."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--smtp", type=host_and_port, default=("127.0.0.1", 1025))
    options.add_argument("--http", type=host_and_port, default=("127.0.0.1", 8025))
    options.add_argument("--folder", type=Path, required=True)
    given = options.parse_args()
    # Blocked here, before the first thread, so that the main thread alone takes them, below.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    store = Store(given.folder)
    smtp = Controller(Receiver(store), hostname=given.smtp[0], port=given.smtp[1], ident="Cairn mailbox")
    http = MailboxServer(given.http, store)
    smtp.start()
    threading.Thread(target=http.serve_forever, daemon=True).start()
    print(f"mailbox.listening smtp={given.smtp} http={given.http}", flush=True)
    signal.sigwait(ends)
    smtp.stop()
    http.shutdown()
    sys.exit(0)


if __name__ == "__main__":
    main()
