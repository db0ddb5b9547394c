"""A small company, made through the public API: eight teams with a lead each, their objectives in a tree."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

from deploy.demo.public_api import PublicApi
from tests.faults.mail_sink import MailSink
from tests.faults.platform import Platform
from tests.fixtures.waiting import until

TEAMS: Final = 8
KEY_RESULTS_EACH: Final = 3
PASSWORD: Final = "many stones, one cairn 8"
DOMAIN: Final = "fernhollow.example"
INVITATION: Final = re.compile(r"/invitations/([A-Za-z0-9_\-.~]+)")


@dataclass(frozen=True)
class Lead:
    """Someone who leads a team and owns its key results."""

    person_id: str
    token: str
    key_result_ids: tuple[str, ...]


@dataclass
class Company:
    """What was made, and the admin's hand on it."""

    organisation_id: str
    admin: PublicApi
    admin_id: str
    sink: MailSink
    cycle_id: str = ""
    root_id: str = ""
    leads: list[Lead] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    @property
    def key_result_ids(self) -> list[str]:
        """All of them."""
        return [one for lead in self.leads for one in lead.key_result_ids]

    def invite(self, name: str) -> str:
        """The person's id; the address is made of the name."""
        body = {"name": name, "email": address(name), "role": "member", "time_zone": "Europe/Berlin"}
        return str(self.admin.call("POST", "/people", body)["id"])

    def accept(self, name: str) -> str:
        """A token of the invited person, whose mail has arrived."""
        found = until(lambda: self._invitation(name), 60, f"{name} is invited by mail")
        wanted = {"token": found, "password": PASSWORD, "token_name": "faults", "scopes": ["read", "write"]}
        return str(self.admin.call("POST", "/invitations/accept", wanted)["token"])

    def someone(self) -> str:
        """A name that nobody has yet."""
        return f"Person {next(self._numbers)} {os.urandom(3).hex()}"

    def _invitation(self, name: str) -> str:
        for text in self.sink.texts_to(address(name)):
            if found := INVITATION.search(text):
                return found.group(1)
        return ""


def address(name: str) -> str:
    """Where a person of that name gets mail."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def found(platform: Platform) -> Company:
    """A company in a platform that has none yet; everything it says of itself has been heard."""
    api = PublicApi(platform.at.public_url)
    body = {
        "code": platform.setup_code,
        "organisation_name": "Fernhollow Systems",
        "time_zone": "Europe/Berlin",
        "name": "Ines Larkspur",
        "email": address("Ines Larkspur"),
        "password": PASSWORD,
        "token_name": "faults",
        "scopes": ["read", "write"],
    }
    made = api.call("POST", "/setup", body)
    company = Company(made["organisation_id"], api.as_person(made["token"]), made["person_id"], platform.sink)
    today = date.today()  # noqa: DTZ011  # a cycle is made of local days
    cycle = {
        "name": "This quarter",
        "starts_on": (today - timedelta(days=45)).isoformat(),
        "ends_on": (today + timedelta(days=45)).isoformat(),
        "state": "active",
    }
    company.cycle_id = company.admin.call("POST", "/cycles", cycle)["id"]
    company.root_id = _objective(company, "Everything holds", "company", company.admin_id)
    names = [company.someone() for _ in range(TEAMS)]
    people = [company.invite(name) for name in names]
    above: list[str] = []
    for number, (name, person_id) in enumerate(zip(names, people, strict=True)):
        token = company.accept(name)
        team = company.admin.call("POST", "/teams", _team(f"Team {number}", person_id))["id"]
        parent = company.root_id if number < TEAMS // 2 else above[number - TEAMS // 2]
        # Nobody is mailed about what they did themself: the admin owns what the leads' check-ins move.
        objective = _objective(
            company, f"Team {number} holds", "team", company.admin_id, team_id=team, parent=parent
        )
        above.append(objective)
        results = [_key_result(company, objective, person_id, n) for n in range(KEY_RESULTS_EACH)]
        company.leads.append(Lead(person_id, token, tuple(results)))
    return company


def _team(name: str, person_id: str) -> dict[str, Any]:
    rhythm = {"every": "weekly", "weekday": 0, "time": "09:00"}
    return {
        "name": name,
        "parent_id": None,
        "lead_id": person_id,
        "member_ids": [person_id],
        "rhythm": rhythm,
    }


def _objective(
    company: Company, title: str, level: str, owner_id: str, *, team_id: str | None = None, parent: str = ""
) -> str:
    body = {
        "title": title,
        "why": "",
        "level": level,
        "owner_id": owner_id,
        "team_id": team_id,
        "cycle_id": company.cycle_id,
        "parent": {"kind": "objective", "id": parent} if parent else None,
    }
    return str(company.admin.call("POST", "/objectives", body)["id"])


def _key_result(company: Company, objective_id: str, owner_id: str, number: int) -> str:
    body = {
        "title": f"Stones laid, {number}",
        "kind": "metric",
        "unit": "stones",
        "owner_id": owner_id,
        "start": 0,
        "target": 100,
        "weight": number + 1,
    }
    return str(company.admin.call("POST", f"/objectives/{objective_id}/key-results", body)["id"])
