"""The owner says that it has changed things; its events will bring the new copies."""

from __future__ import annotations

from collections.abc import Mapping

from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.ports import Ports


def outdate_copies(
    key_results: Mapping[str, int], teams: Mapping[str, int], viewer: Viewer, ports: Ports
) -> None:
    """Copies of these that are older than the given numbers are not believed any more.

    Whoever says so wrongly makes this service ask the owner once too often, and nothing else. So it takes no
    permission beyond being somebody of the organisation.
    """
    ports.copies.outdate(viewer.organisation_id, key_results, teams)
