"""An admin pastes addresses: everybody who is not here yet is invited, and belongs to the chosen team."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from libs.chassis.problems import PreconditionFailed, Unprocessable
from libs.language.addresses import address_key
from services.gateway.domain.okr import Person
from services.gateway.domain.pasted_people import Mistake, Pasted, Reading, read_people
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

TRIES: Final = 3
ROLES: Final = ("member", "leader", "viewer")


class Unreadable(Exception):
    """Some lines could not be read, and nobody was invited; or the people of some lines were refused.

    ``invited`` counts those of the other lines, who were invited all the same.
    """

    def __init__(self, mistakes: Sequence[Mistake], invited: int = 0) -> None:
        super().__init__(mistakes)
        self.mistakes = tuple(mistakes)
        self.invited = invited


@dataclass(frozen=True)
class Invited:
    """Whom this request invited, and who was pasted twice or here already."""

    people: tuple[Person, ...]
    reading: Reading


def invite_pasted(services: Services, typed: Mapping[str, str], idempotency_key: str) -> Invited:
    """Invite everybody of the text ``people``. Repeating it invites nobody twice, also half-way through.

    Raises:
        Findings: nobody was pasted.
        Unreadable: a line is wrong, or its person was refused.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    text = reader.text("people", needed="Paste at least one address, or skip this step.")
    reader.done()
    here = {address_key(person.email): person for person in services.goals.everyone()}
    reading = read_people(text, here.keys())
    if reading.mistakes:
        raise Unreadable(reading.mistakes)
    role = typed.get("role", "")
    made: list[Person] = []
    refused: list[Mistake] = []
    for one in reading.people:
        fields = {"name": one.name, "email": one.address, "role": role if role in ROLES else ROLES[0]}
        try:
            made.append(_invite(services, one, fields, idempotency_key))
        except Unprocessable as refusal:
            refused.append(Mistake(one.line, one.address, _reason(refusal)))
    members = [*made, *(here[one.key] for one in reading.known)]
    _join(services, typed.get("team_id", ""), [person.id for person in members])
    if refused:
        raise Unreadable(refused, len(made))
    return Invited(tuple(made), reading)


def _invite(services: Services, one: Pasted, fields: Mapping[str, str], idempotency_key: str) -> Person:
    digest = hashlib.sha256(f"{idempotency_key}\n{one.key}".encode()).hexdigest()
    return services.goals.invite(fields, digest)


def _reason(refusal: Unprocessable) -> str:
    return " ".join(error.message for error in refusal.errors) or refusal.detail or refusal.title


def _join(services: Services, team_id: str, person_ids: Sequence[str]) -> None:
    """Let these people belong to the team; somebody else may change it in the same moment."""
    for number in range(1, TRIES + 1):
        team = services.goals.directory(fresh=True).team(team_id)
        if team is None or set(person_ids) <= set(team.member_ids):
            return
        members = list(dict.fromkeys([*team.member_ids, *person_ids]))
        try:
            services.goals.change_team(team.id, {"member_ids": members}, team.rev)
        except PreconditionFailed:
            if number == TRIES:
                raise
        else:
            return
