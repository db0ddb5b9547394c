"""The mailbox over HTTP: a page for people, Mailpit's paths for tests."""

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from deploy.native.mailbox.store import Mail, Store

PAGE: Final = Path(__file__).with_name("page.html")
DEFAULT_LIMIT: Final = 50
LARGEST_REQUEST: Final = 1_000_000
# A mail is a stranger: it may show itself, and load or run nothing.
MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:"
)
PAGE_POLICY: Final = "default-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


class Handler(BaseHTTPRequestHandler):
    """One request; `server.store` holds the mails."""

    server: "MailboxServer"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A page, a list, or a mail."""
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        match address.path.strip("/").split("/"):
            case [""]:
                self.answer(PAGE.read_bytes(), "text/html; charset=utf-8", PAGE_POLICY)
            case ["readyz" | "livez"]:
                self.answer(b"ok", "text/plain")
            case ["api", "v1", "messages"]:
                self.answer_list(self.server.store.newest_first(), query)
            case ["api", "v1", "search"]:
                self.answer_list(self.server.store.search(query.get("query", "")), query)
            case ["api", "v1", "message", id, *rest]:
                self.answer_mail(id, rest)
            case ["view", name]:
                self.answer_view(name)
            case _:
                self.answer_json({"Error": "not found"}, HTTPStatus.NOT_FOUND)

    def do_DELETE(self) -> None:
        """Some mails are gone, or all."""
        if urlsplit(self.path).path != "/api/v1/messages":
            self.answer_json({"Error": "not found"}, HTTPStatus.NOT_FOUND)
            return
        length = min(int(self.headers.get("Content-Length") or 0), LARGEST_REQUEST)
        try:
            asked = json.loads(self.rfile.read(length) or b"{}")
            wanted = [str(id) for id in asked.get("IDs") or []]
        except (ValueError, AttributeError):
            self.answer_json({"Error": 'expected {"IDs": ["…"]}'}, HTTPStatus.BAD_REQUEST)
            return
        self.server.store.delete(wanted)
        self.answer(b"ok", "text/plain")

    def answer_list(self, mails: list[Mail], query: dict[str, str]) -> None:
        """One page of these mails."""
        start, limit = (
            int(query[name]) if query.get(name, "").isdigit() else default
            for name, default in (("start", 0), ("limit", DEFAULT_LIMIT))
        )
        shown = [mail.summary for mail in mails[start : start + limit]]
        total = len(self.server.store.newest_first())
        self.answer_json(
            {
                "total": total,
                "unread": total,
                "count": len(shown),
                "messages_count": len(mails),
                "start": start,
                "tags": [],
                "messages": shown,
            }
        )

    def answer_mail(self, id: str, rest: list[str]) -> None:
        """One mail, whole, as its source or as its headers."""
        mail = self.server.store.get(id)
        if mail is None:
            self.answer_json({"Error": "message not found"}, HTTPStatus.NOT_FOUND)
        elif rest == ["raw"]:
            self.answer(mail.raw, "text/plain; charset=utf-8")
        elif rest == ["headers"]:
            self.answer_json(mail.headers())
        elif not rest:
            self.answer_json(mail.full())
        else:
            self.answer_json({"Error": "not found"}, HTTPStatus.NOT_FOUND)

    def answer_view(self, name: str) -> None:
        """One body by itself: `<id>.html` or `<id>.txt`."""
        id, _, kind = name.rpartition(".")
        mail = self.server.store.get(id)
        if mail is None or kind not in ("html", "txt"):
            self.answer_json({"Error": "message not found"}, HTTPStatus.NOT_FOUND)
        elif kind == "txt":
            self.answer(mail.body("plain").encode(), "text/plain; charset=utf-8")
        else:
            body = '<base target="_blank">' + mail.body("html")
            self.answer(body.encode(), "text/html; charset=utf-8", MAIL_POLICY)

    def answer_json(self, content: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        """The content as JSON."""
        self.answer(json.dumps(content).encode(), "application/json", status=status)

    def answer(self, body: bytes, kind: str, policy: str = "", status: HTTPStatus = HTTPStatus.OK) -> None:
        """The response is sent."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Nothing: the page asks every other second."""


class MailboxServer(ThreadingHTTPServer):
    """Serves one store."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        super().__init__(address, Handler)
        self.store = store

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who went away is no error; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
