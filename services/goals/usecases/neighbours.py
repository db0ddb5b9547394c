"""What this service tells others beside its events, because it must be known in the same instant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.goals.domain.viewer import Viewer


class CheckIns(Protocol):
    """The service that keeps copies of key results and teams, and answers by them."""

    def outdate(
        self, viewer: Viewer, *, key_results: Mapping[str, int] = ..., teams: Mapping[str, int] = ...
    ) -> None:
        """Copies that are older than these ``seq`` are not believed any more; return once that is so.

        Nothing is raised where the service does not answer: the events follow.
        """


class NoCheckIns:
    """For workers: what they change was told before, or restricts nobody."""

    def outdate(
        self,
        viewer: Viewer,
        *,
        key_results: Mapping[str, int] | None = None,
        teams: Mapping[str, int] | None = None,
    ) -> None:
        """Tell nobody."""
