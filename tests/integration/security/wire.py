"""Requests as no well-behaved client sends them: nothing is tidied on the way out."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Raw:
    """An answer, byte by byte."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    address: str, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Raw:
    """The answer to exactly this request target, dots, escapes and all."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("Content-Length", str(len(body)))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Raw(answer.status, found, answer.read())
    finally:
        connection.close()
