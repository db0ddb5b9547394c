"""Tells `checkins` at once which of its copies are outdated, in the name of the one who changed something."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from libs.chassis import telemetry
from services.goals.domain.viewer import Viewer

PATH: Final = "/internal/outdated"
SECONDS: Final = 1.0
TRIES: Final = 2
# As many as `checkins` takes in one request.
AT_ONCE: Final = 500
_log = telemetry.logger(__name__)


class HttpCheckIns:
    """Implements the port ``CheckIns``.

    One connection for each telling: deletions and changes of visibility are rare.
    """

    def __init__(self, url: str) -> None:
        """``url`` is the service's address, without a path."""
        parts = urlsplit(url)
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._prefix = parts.hostname or "", parts.port, parts.path.rstrip("/")

    def outdate(
        self,
        viewer: Viewer,
        *,
        key_results: Mapping[str, int] | None = None,
        teams: Mapping[str, int] | None = None,
    ) -> None:
        """See the port."""
        written = [("key_results", one) for one in (key_results or {}).items()]
        written += [("teams", one) for one in (teams or {}).items()]
        for begin in range(0, len(written), AT_ONCE):
            body: dict[str, list[dict[str, object]]] = {"key_results": [], "teams": []}
            for kind, (name, seq) in written[begin : begin + AT_ONCE]:
                body[kind].append({"id": name, "seq": seq})
            self._tell(json.dumps(body).encode(), viewer)

    def _tell(self, body: bytes, viewer: Viewer) -> None:
        said: object = None
        for _ in range(TRIES):
            try:
                said = self._ask(body, viewer.credential)
            except (OSError, http.client.HTTPException) as error:
                said = type(error).__name__
            if said == http.HTTPStatus.NO_CONTENT:
                return
        _log.warning("checkins.not_told", said=said)

    def _ask(self, body: bytes, credential: str) -> int:
        connection = self._kind(self._host, self._port, timeout=SECONDS)
        headers = {
            "Authorization": f"Bearer {credential}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            telemetry.CORRELATION_HEADER: telemetry.correlation_id(),
        }
        try:
            connection.request("POST", self._prefix + PATH, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
