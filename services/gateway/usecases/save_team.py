"""An admin makes a team, or changes one."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import Team
from services.gateway.domain.typed import Reader, touched
from services.gateway.usecases.okr_ports import Services

RHYTHM = ("every", "weekday", "time")


def save_team(
    services: Services,
    typed: Mapping[str, str],
    *,
    team_id: str | None = None,
    rev: int = 0,
    idempotency_key: str = "",
) -> Team:
    """The team as stored. The ids of ``member_ids`` are typed with a comma between them.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = reader.changes(
        {
            "name": lambda: reader.text("name", needed="Write the team's name."),
            "parent_id": lambda: reader.choice("parent_id"),
            "lead_id": lambda: reader.choice("lead_id"),
            "member_ids": lambda: [member for member in typed.get("member_ids", "").split(",") if member],
        }
    )
    if any(touched(typed, name) for name in RHYTHM):  # its three parts are stored together
        fields["rhythm"] = {
            "every": reader.choice("every") or "weekly",
            "weekday": reader.whole("weekday") or 0,
            "time": reader.text("time") or "09:00",
        }
    reader.done()
    if team_id is None:
        return services.goals.create_team(fields, idempotency_key)
    return services.goals.change_team(team_id, fields, rev)
