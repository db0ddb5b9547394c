"""An admin changes the organisation's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.organisation import Organisation
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import organisation_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports, Taken

# These decide how objectives are judged, so all of them are owed a new judgement at once.
_JUDGED_BY = ("thresholds", "time_zone")


def change_organisation(
    changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> Organisation:
    """The organisation has these values.

    Fields: name, slug, time_zone, locale, thresholds (a mapping; what it leaves out stays).

    Raises:
        NotAllowed: they are no admin.
        Stale: it changed since ``rev``.
        InvalidFields: the slug is taken, or the lines contradict each other.
    """
    require(viewer, Action.ORGANISATION_CHANGE)

    def attempt() -> Organisation:
        organisation = ports.organisations.get(viewer.organisation_id, viewer.organisation_id)
        if organisation is None:
            raise Unknown("organisation")
        organisation.require_rev(rev)
        lines = replace(organisation.thresholds, **changes.get("thresholds", {}))
        changed = replace(organisation, **{**changes, "thresholds": lines}, updated_at=ports.now())
        if lines.behind_gap < lines.on_track_gap:
            raise invalid("thresholds.behind_gap", "This gap must not be smaller than the gap of “on track”.")
        if any(getattr(changed, name) != getattr(organisation, name) for name in _JUDGED_BY):
            changed = replace(changed, judged_on=None)
        try:
            return ports.organisations.save(changed, [organisation_changed(changed)])
        except Taken as taken:
            raise invalid("slug", "Another organisation has this short name. Choose another.") from taken

    return contest(attempt)
