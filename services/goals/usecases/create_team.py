"""An admin makes a team."""

from __future__ import annotations

from dataclasses import dataclass, replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import invalid
from services.goals.domain.organisation import slug_of
from services.goals.domain.team import EVERY_MONDAY, Rhythm, Team, numbered
from services.goals.domain.viewer import Viewer
from services.goals.usecases.add_once import add_once
from services.goals.usecases.announce import team_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.ports import NO_KEY, Once, Ports, Taken
from services.goals.usecases.references import require_people, require_person, require_team


@dataclass(frozen=True, kw_only=True)
class CreateTeam:
    """A team; without a slug one is made of its name."""

    name: str
    slug: str | None = None
    parent_id: str | None = None
    lead_id: str | None = None
    member_ids: tuple[str, ...] = ()
    rhythm: Rhythm = EVERY_MONDAY
    once: Once = NO_KEY


def create_team(command: CreateTeam, viewer: Viewer, ports: Ports) -> Team:
    """The team exists and is announced.

    Raises:
        NotAllowed: they are no admin.
        InvalidFields: the slug is taken, or an id names nothing.
        Unknown: what the same request had made is gone.
    """
    require(viewer, Action.TEAM_CREATE)
    organisation_id = viewer.organisation_id
    if command.parent_id is not None:
        require_team(ports, organisation_id, command.parent_id, "parent_id")
    if command.lead_id is not None:
        require_person(ports, organisation_id, command.lead_id, "lead_id")
    require_people(ports, organisation_id, command.member_ids, "member_ids")
    now = ports.now()
    team = Team(
        id=ports.new_id(),
        organisation_id=organisation_id,
        created_at=now,
        updated_at=now,
        name=command.name,
        slug=command.slug or slug_of(command.name),
        parent_id=command.parent_id,
        lead_id=command.lead_id,
        member_ids=tuple(dict.fromkeys(command.member_ids)),
        rhythm=command.rhythm,
        recheck_due=command.parent_id is not None,
        made_by=command.once.made_by,
        made_of=command.once.made_of,
    )
    return _stored(team, viewer, ports, chosen=command.slug is not None)


def _stored(team: Team, viewer: Viewer, ports: Ports, *, chosen: bool) -> Team:
    """A slug that was chosen is refused when taken; one made of the name gets a number."""
    for slug in numbered(team.slug):
        named = replace(team, slug=slug)
        try:
            return add_once(ports.teams, named, [team_changed(named)], viewer)
        except Taken:
            if chosen:
                break
    raise invalid("slug", "Another team has this short name. Choose another.")
