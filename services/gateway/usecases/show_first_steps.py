"""How far a new organisation is: what exists says which steps are done."""

from __future__ import annotations

from libs.contracts.permissions import Action
from services.gateway.domain.first_steps import Progress, Step
from services.gateway.domain.okr import Asker
from services.gateway.usecases.may import may
from services.gateway.usecases.okr_ports import ObjectiveQuery, PeopleQuery, Services
from services.gateway.usecases.ports import SkippedSteps


def show_first_steps(
    services: Services, skipped: SkippedSteps, organisation_id: str, *, has_objectives: bool = False
) -> Progress:
    """Return the progress. ``has_objectives`` spares a question where the page knows of some.

    The company itself was named when it was set up.
    """
    goals = services.goals
    done = {Step.COMPANY}
    if goals.cycles():
        done.add(Step.CYCLE)
    teams = goals.directory().teams.values()
    if teams:
        done.add(Step.TEAM)
    members = {person for team in teams for person in (*team.member_ids, team.lead_id) if person}
    if len(members) > 1 or len(goals.people(PeopleQuery(limit=2)).items) > 1:
        done.add(Step.PEOPLE)
    if has_objectives or goals.objectives(ObjectiveQuery(limit=1)).items:
        done.add(Step.OBJECTIVE)
    if len(done) == len(Step):
        return Progress(done=frozenset(done))
    return Progress(done=frozenset(done), skipped=skipped.of(organisation_id))


def guides(asker: Asker) -> bool:
    """Whether the steps are for them: who may do every one."""
    actions = (
        Action.ORGANISATION_CHANGE,
        Action.CYCLE_CREATE,
        Action.TEAM_CREATE,
        Action.PERSON_INVITE,
        Action.OBJECTIVE_CREATE,
    )
    return all(may(asker, action) for action in actions)
