"""Load the demo company: every step through the public API, every person by their own invitation mail.

A step finds what is there already by its name, and a check-in carries a key made from its place in the story,
so a load that was interrupted goes on where it stopped and one that is complete changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from deploy.demo import company, story
from deploy.demo.company_objectives import COMPANY, LAST_QUARTER
from deploy.demo.objectives import DemoObjective, KeyResultRow
from deploy.demo.personal_objectives import PERSON
from deploy.demo.public_api import DemoError, Mailbox, PublicApi
from deploy.demo.team_objectives import TEAM

PASSWORD = "three stones by the river"  # noqa: S105  # printed by design: the demo is open
HANDS = 6
INVITATION_PATIENCE = 120.0  # seconds until all invitation mails must have arrived


class Loader:
    """Knows the gateway, the mailbox and, in the file ``state``, what has been loaded so far."""

    def __init__(
        self, api: PublicApi, mailbox: Mailbox, setup_code: str, state: Path, say: Callable[[str], None]
    ) -> None:
        self._api = api
        self._mailbox = mailbox
        self._setup_code = setup_code
        self._state_file = state
        self._say = say
        self._state: dict[str, Any] = json.loads(state.read_text()) if state.exists() else {"tokens": {}}
        self._people: dict[str, str] = {}
        self._teams: dict[str, str] = {}

    def load(self, today: date) -> None:
        """The whole company is there; returns at once when it was already.

        Raises:
            DemoError: a step was refused, or an invitation mail did not arrive.
        """
        if self._state.get("complete"):
            self._say("the demo company is loaded already")
            return
        self._step("organisation and admin", self._organisation)
        self._step("people, by their invitation mails", self._invite)
        self._step("teams", self._make_teams)
        last = self._cycle(story.closed_cycle(today))
        self._step(
            "last quarter",
            lambda: self._quarter(last, story.closed_cycle(today), LAST_QUARTER, today),
        )
        self._close(last)
        running = self._cycle(story.running_cycle(today))
        everything = (*COMPANY, *TEAM, *PERSON)
        self._step(
            "this quarter", lambda: self._quarter(running, story.running_cycle(today), everything, today)
        )
        self._state["complete"] = True
        self._keep()

    @property
    def admin_token(self) -> str:
        """The personal API token of the demo's admin.

        Raises:
            DemoError: nothing is loaded yet.
        """
        token = self._state["tokens"].get(company.ADMIN.email)
        if not token:
            msg = "the demo is not loaded yet: run make up"
            raise DemoError(msg)
        return str(token)

    def _step(self, name: str, work: Callable[[], str]) -> None:
        began = time.monotonic()
        outcome = work()
        self._say(f"{name}: {outcome} ({time.monotonic() - began:.1f} s)")

    def _keep(self) -> None:
        self._state_file.parent.mkdir(parents=True, exist_ok=True)
        self._state_file.touch(mode=0o600)
        self._state_file.write_text(json.dumps(self._state))

    def _as(self, name: str) -> PublicApi:
        person = next(person for person in company.PEOPLE if person.name == name)
        return self._api.as_person(self._state["tokens"][person.email])

    @property
    def _admin(self) -> PublicApi:
        return self._api.as_person(self.admin_token)

    def _organisation(self) -> str:
        if company.ADMIN.email not in self._state["tokens"]:
            made = self._api.call(
                "POST",
                "/setup",
                {
                    "code": self._setup_code,
                    "organisation_name": company.ORGANISATION,
                    "time_zone": company.TIME_ZONE,
                    "name": company.ADMIN.name,
                    "email": company.ADMIN.email,
                    "password": PASSWORD,
                    "token_name": "demo",
                    "scopes": ["read", "write"],
                },
            )
            self._state["tokens"][company.ADMIN.email] = made["token"]
            self._keep()
        return company.ORGANISATION

    def _invite(self) -> str:
        known = {person["email"].lower() for person in self._admin.every("/people")}
        for person in company.PEOPLE:
            if person.email not in known:
                self._admin.call(
                    "POST",
                    "/people",
                    {
                        "name": person.name,
                        "email": person.email,
                        "role": person.role,
                        "time_zone": person.zone,
                    },
                )
        self._accept({person.email for person in company.PEOPLE} - set(self._state["tokens"]))
        self._people = {person["name"]: person["id"] for person in self._admin.every("/people")}
        return f"{len(self._people)} people"

    def _accept(self, waiting: set[str]) -> None:
        deadline = time.monotonic() + INVITATION_PATIENCE
        while waiting:
            arrived = self._mailbox.invitations(waiting)
            with ThreadPoolExecutor(HANDS) as hands:
                for address, token in hands.map(self._accept_one, arrived.items()):
                    self._state["tokens"][address] = token
                    waiting.discard(address)
            self._keep()
            if waiting and time.monotonic() > deadline:
                msg = f"no invitation mail arrived for {len(waiting)} people, {min(waiting)} among them"
                raise DemoError(msg)
            time.sleep(0.3)

    def _accept_one(self, invitation: tuple[str, str]) -> tuple[str, str]:
        address, secret = invitation
        wanted = {"token": secret, "password": PASSWORD, "token_name": "demo", "scopes": ["read", "write"]}
        return address, str(self._api.call("POST", "/invitations/accept", wanted)["token"])

    def _make_teams(self) -> str:
        self._teams = {team["name"]: team["id"] for team in self._admin.every("/teams")}
        today = date.today()  # noqa: DTZ011  # the story is told in local days
        for team in company.TEAMS:
            if team.name in self._teams:
                continue
            made = self._admin.call(
                "POST",
                "/teams",
                {
                    "name": team.name,
                    "parent_id": self._teams.get(team.parent) if team.parent else None,
                    "lead_id": self._people[team.lead],
                    "member_ids": [self._people[name] for name in team.members],
                    "rhythm": {
                        "every": team.every,
                        "weekday": story.weekday_of(team, today),
                        "time": "09:00",
                    },
                },
            )
            self._teams[team.name] = made["id"]
        return f"{len(self._teams)} teams"

    def _cycle(self, cycle: story.DemoCycle) -> str:
        for known in self._admin.every("/cycles"):
            if known["name"] == cycle.name:
                return str(known["id"])
        made = self._admin.call(
            "POST",
            "/cycles",
            {
                "name": cycle.name,
                "starts_on": cycle.starts_on.isoformat(),
                "ends_on": cycle.ends_on.isoformat(),
                "state": "active",
            },
        )
        return str(made["id"])

    def _close(self, cycle_id: str) -> None:
        path = f"/cycles/{cycle_id}"
        for state in ("closing", "closed"):
            if self._admin.call("GET", path)["state"] not in {state, "closed"}:
                self._admin.call("PATCH", path, {"state": state}, If_Match=self._admin.revision(path))

    def _quarter(
        self, cycle_id: str, cycle: story.DemoCycle, rows: Iterable[DemoObjective], today: date
    ) -> str:
        known = {item["title"]: item["id"] for item in self._admin.every(f"/objectives?cycle_id={cycle_id}")}
        results = {
            item["title"]: item["id"] for item in self._admin.every(f"/key-results?cycle_id={cycle_id}")
        }
        series: list[tuple[DemoObjective, KeyResultRow, str]] = []
        for objective in rows:
            if objective.title not in known:
                known[objective.title] = self._objective(objective, cycle_id, known, results)
            for row in objective.key_results:
                if row[0] not in results:
                    results[row[0]] = self._key_result(objective, row, known[objective.title])
                series.append((objective, row, results[row[0]]))

        def lay(entry: tuple[DemoObjective, KeyResultRow, str]) -> int:
            return self._check_ins(*entry, cycle, today)

        with ThreadPoolExecutor(HANDS) as hands:
            laid = sum(hands.map(lay, series))
        return f"{len(known)} objectives, {len(results)} key results, {laid} check-ins"

    def _objective(
        self, objective: DemoObjective, cycle_id: str, known: dict[str, str], results: dict[str, str]
    ) -> str:
        parent = None
        if objective.parent and objective.parent.startswith("KR:"):
            parent = {"kind": "key_result", "id": results[objective.parent.removeprefix("KR:")]}
        elif objective.parent:
            parent = {"kind": "objective", "id": known[objective.parent]}
        made = self._admin.call(
            "POST",
            "/objectives",
            {
                "title": objective.title,
                "why": objective.why,
                "level": objective.level,
                "owner_id": self._people[objective.owner],
                "team_id": self._teams[objective.team] if objective.team else None,
                "cycle_id": cycle_id,
                "parent": parent,
            },
        )
        return str(made["id"])

    def _key_result(self, objective: DemoObjective, row: KeyResultRow, objective_id: str) -> str:
        title, unit, start, target, _fate = row
        boolean = unit == "yes/no"
        body: dict[str, Any] = {
            "title": title,
            "kind": "boolean" if boolean else "metric",
            "unit": "" if boolean else unit,
            "owner_id": self._people[objective.owner],
        }
        if not boolean:
            body |= {"start": start, "target": target}
        return str(self._admin.call("POST", f"/objectives/{objective_id}/key-results", body)["id"])

    def _check_ins(
        self,
        objective: DemoObjective,
        row: KeyResultRow,
        key_result_id: str,
        cycle: story.DemoCycle,
        today: date,
    ) -> int:
        api = self._as(objective.owner)
        laid = story.check_ins(objective, row, cycle, today)
        for check_in in laid:
            key = hashlib.sha256(
                f"{story.SEED}:{key_result_id}:{check_in.as_of.date()}".encode()
            ).hexdigest()[:40]
            api.call(
                "POST",
                f"/key-results/{key_result_id}/check-ins",
                {
                    "value": check_in.value,
                    "confidence": check_in.confidence,
                    "note": check_in.note,
                    "as_of": check_in.as_of.isoformat().replace("+00:00", "Z"),
                },
                Idempotency_Key=key,
            )
        return len(laid)
