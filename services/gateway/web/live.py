"""The stream that open pages listen to (server-sent events)."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import svcs
from flask import Blueprint, Response

from libs.chassis.problems import Unavailable
from libs.contracts.permissions import Action, Reach, reach
from services.gateway.domain.live import LiveChange, told_to
from services.gateway.usecases.live_feed import LiveFeed, LiveFull
from services.gateway.usecases.ports import Ports
from services.gateway.usecases.resume_session import find_session
from services.gateway.web.session import ports
from services.gateway.web.viewer import Viewer, current_viewer

blueprint = Blueprint("live", __name__)
HEARTBEAT_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 15 * 60.0
RECONNECT_MS: Final = 3000
FULL_RETRY_SECONDS: Final = 30


@blueprint.get("/live")
def live() -> Response:
    """A stream of what changes in the viewer's organisation, while the session lasts.

    Raises:
        Unavailable: as many pages are open as this process serves; the page asks now and then instead.
    """
    viewer = current_viewer()
    held = ExitStack()
    feed = svcs.flask.get(LiveFeed)
    try:
        page = held.enter_context(feed.listen(viewer.organisation_id, viewer.identity.credential_digest))
    except LiveFull as error:
        msg = "Too many live pages are open. This one asks now and then instead."
        raise Unavailable(msg, retry_after=FULL_RETRY_SECONDS) from error
    response = Response(_stream(page, viewer, ports()), mimetype="text/event-stream")
    response.call_on_close(held.close)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _stream(page: queue.Queue[LiveChange | None], viewer: Viewer, ports: Ports) -> Iterator[str]:
    """Changes as they come, a comment where there are none: it keeps proxies awake and notices who has left.

    It ends with the session, and after a quarter of an hour at the latest, so that a browser comes back with
    today's session to today's version of this service. Whoever loses a role hears by the new one from the
    next look at the session on.
    """
    sees_all = _sees_all(viewer.roles)
    yield f"retry: {RECONNECT_MS}\n\n"
    end = time.monotonic() + LONGEST_SECONDS
    look_again = time.monotonic() + HEARTBEAT_SECONDS
    while time.monotonic() < end:
        if time.monotonic() >= look_again:
            found = find_session(viewer.identity.credential_digest, ports)
            if found is None:
                return
            sees_all = _sees_all(found[1].roles)
            look_again = time.monotonic() + HEARTBEAT_SECONDS
            yield ": still here\n\n"
        try:
            change = page.get(timeout=max(0.0, look_again - time.monotonic()))
        except queue.Empty:
            continue
        if change is None:
            return
        yield f"event: progress\ndata: {_data(told_to(change, viewer.person_id, sees_all=sees_all))}\n\n"


def _sees_all(roles: frozenset[str]) -> bool:
    return reach(roles, Action.KEY_RESULT_READ) is Reach.ORGANISATION


def _data(change: LiveChange) -> str:
    return json.dumps(
        {
            "kind": change.kind,
            "key_result_id": change.key_result_id,
            "objective_id": change.objective_id,
            "by": change.by,
        }
    )
