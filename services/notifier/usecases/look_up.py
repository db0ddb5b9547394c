"""What several occurrences are about is read together, in one question a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notifier.domain.copies import KeyResult, Objective, Team
from services.notifier.domain.occurrences import Occurrence
from services.notifier.usecases.ports import Known


@dataclass(frozen=True)
class Subjects:
    """The copies that occurrences speak of, each by its organisation and id."""

    key_results: Mapping[tuple[str, str], KeyResult]
    objectives: Mapping[tuple[str, str], Objective]
    teams: Mapping[tuple[str, str], Team]

    def key_result(self, occurrence: Occurrence) -> KeyResult | None:
        """The key result that it is about, if known."""
        return self.key_results.get((occurrence.organisation_id, occurrence.facts.subject_id))

    def objective(self, occurrence: Occurrence) -> Objective | None:
        """The objective that it is about, or that is above it, if known."""
        return self.objectives.get((occurrence.organisation_id, occurrence.facts.objective_id))

    def team(self, occurrence: Occurrence) -> Team | None:
        """Its team, if it has one that is known."""
        return self.teams.get((occurrence.organisation_id, occurrence.facts.team_id or ""))


def look_up(occurrences: Sequence[Occurrence], copies: Known) -> Subjects:
    """What is known of the subjects of these occurrences, their objectives and teams."""
    key_results: dict[tuple[str, str], KeyResult] = {}
    objectives: dict[tuple[str, str], Objective] = {}
    teams: dict[tuple[str, str], Team] = {}
    for organisation_id in {occurrence.organisation_id for occurrence in occurrences}:
        told = [each.facts for each in occurrences if each.organisation_id == organisation_id]
        subjects = copies.key_results(organisation_id, {facts.subject_id for facts in told})
        above = copies.objectives(organisation_id, {facts.objective_id for facts in told})
        theirs = copies.teams(organisation_id, {facts.team_id for facts in told if facts.team_id is not None})
        key_results |= {(organisation_id, each): item for each, item in subjects.items()}
        objectives |= {(organisation_id, each): item for each, item in above.items()}
        teams |= {(organisation_id, each): item for each, item in theirs.items()}
    return Subjects(key_results, objectives, teams)
