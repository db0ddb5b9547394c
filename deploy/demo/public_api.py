"""The public API as the demo uses it: nothing here that a customer could not do."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import urllib3

TOO_MANY, UNAVAILABLE = 429, 503
INVITATION = re.compile(r"/invitations/([A-Za-z0-9_\-.~]+)")


class DemoError(Exception):
    """The platform refused a step of the demo; the message says which and why."""


class PublicApi:
    """Calls `/api/v1` of one gateway with one person's token; waits where the answer says so."""

    def __init__(
        self, address: str, token: str | None = None, pool: urllib3.PoolManager | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self._token = token
        self._pool = pool or urllib3.PoolManager(maxsize=8, timeout=urllib3.Timeout(connect=5, read=30))

    def as_person(self, token: str) -> PublicApi:
        """The same API for another person."""
        return PublicApi(self.address, token, self._pool)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The answer's JSON (None when empty).

        Raises:
            DemoError: any answer but 2xx, after a minute of patience for 429 and 503.
        """
        deadline = time.monotonic() + 60
        while True:
            answer = self._pool.request(
                method,
                f"{self.address}/api/v1{path}",
                body=None if body is None else json.dumps(body).encode(),
                headers=self._headers(headers, with_body=body is not None),
                retries=False,
            )
            if answer.status not in {TOO_MANY, UNAVAILABLE} or time.monotonic() > deadline:
                break
            time.sleep(min(5.0, float(answer.headers.get("Retry-After", "1"))))
        if not 200 <= answer.status < 300:  # noqa: PLR2004  # the class of success
            msg = f"{method} {path}: {answer.status} {answer.data[:500].decode(errors='replace')}"
            raise DemoError(msg)
        return json.loads(answer.data) if answer.data else None

    def every(self, path: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            mark = "&" if "?" in path else "?"
            page = self.call("GET", f"{path}{mark}limit=100" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next")
            if not cursor:
                return items

    def revision(self, path: str) -> str:
        """The ETag of an item, for the next write."""
        answer = self._pool.request(
            "GET", f"{self.address}/api/v1{path}", headers=self._headers({}, with_body=False)
        )
        return str(answer.headers["ETag"])

    def _headers(self, more: dict[str, str], *, with_body: bool) -> dict[str, str]:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if with_body:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers


class Mailbox:
    """The development mailbox, native or Mailpit's, read as a person would."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=4, timeout=urllib3.Timeout(connect=5, read=30))

    def mails(self, to: str, about: str = "") -> list[dict[str, Any]]:
        """The list's entries of mails to this address whose subject holds these words, newest first."""
        return [
            mail
            for mail in self._listed()
            if about in mail["Subject"] and to in [recipient["Address"] for recipient in mail["To"]]
        ]

    def every(self) -> list[dict[str, Any]]:
        """Return the list's entries of all mails, newest first."""
        return self._listed()

    def mail(self, mail_id: str) -> dict[str, Any]:
        """One mail, whole; ``Text`` and ``HTML`` are its bodies."""
        whole: dict[str, Any] = json.loads(self._get(f"/api/v1/message/{mail_id}"))
        return whole

    def source(self, mail_id: str) -> bytes:
        """One mail as it was received."""
        return self._get(f"/api/v1/message/{mail_id}/raw")

    def invitations(self, wanted: set[str]) -> dict[str, str]:
        """The token of the newest invitation for each wanted address that has one by now."""
        found: dict[str, str] = {}
        for message in self._listed():
            for recipient in message["To"]:
                address = recipient["Address"].lower()
                if address in wanted and address not in found:
                    link = INVITATION.search(self.mail(message["ID"])["Text"])
                    if link:
                        found[address] = link.group(1)
        return found

    def _listed(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self._get("/api/v1/messages?limit=500"))["messages"]
        return listed

    def _get(self, path: str) -> bytes:
        return self._pool.request("GET", self._address + path).data
