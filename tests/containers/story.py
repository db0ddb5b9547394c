"""The check-in story as a customer's program tells it: set up, invite, cascade, check in, roll up, mail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

from deploy.demo.public_api import Mailbox, PublicApi
from tests.fixtures.waiting import until

SETUP_CODE = "cairn-under-test"
PASSWORD = "cairns along the ridge path"
OWNER = "noor@ridgeway.example"
ADMIN = "tove@ridgeway.example"
STARTS_WITHIN, ARRIVES_WITHIN = 300.0, 120.0


@dataclass(frozen=True)
class Address:
    """Where a platform answers."""

    gateway: str
    mailbox: str

    def ready(self) -> bool:
        """Whether the gateway and the three services behind it answer."""
        pool = urllib3.PoolManager(retries=False, timeout=5)
        try:
            if pool.request("GET", f"{self.gateway}/readyz").status != 200:
                return False
            return (
                "/api/v1/key-results"
                in pool.request("GET", f"{self.gateway}/api/openapi.json").json()["paths"]
            )
        except (urllib3.exceptions.HTTPError, ValueError, KeyError):
            return False


@dataclass
class Organisation:
    """What the story has made so far."""

    at: Address
    admin: PublicApi
    owner: PublicApi
    owner_token: str
    owner_id: str
    admin_id: str
    team_id: str
    cycle_id: str

    def cascade(self) -> tuple[str, str]:
        """The ids of a new company objective and of the team's objective below it."""
        common = {"why": "", "cycle_id": self.cycle_id, "owner_id": self.admin_id}
        company = {**common, "title": "Customers sleep well", "level": "company", "team_id": None}
        above = self.admin.call("POST", "/objectives", {**company, "parent": None})["id"]
        team = {**common, "title": "Nights are quiet", "level": "team", "team_id": self.team_id}
        parent = {"kind": "objective", "id": above}
        return above, self.admin.call("POST", "/objectives", {**team, "parent": parent})["id"]

    def key_result(self, objective: str, title: str, target: float = 100) -> str:
        """The id of a new key result of the owner, from 0 to the target, below this objective."""
        body = {"title": title, "kind": "metric", "unit": "points", "start": 0, "target": target}
        body |= {"owner_id": self.owner_id}
        return str(self.admin.call("POST", f"/objectives/{objective}/key-results", body)["id"])

    def check_in(self, key_result: str, value: float, confidence: int = 7, note: str = "") -> dict[str, Any]:
        """The owner's check-in."""
        made: dict[str, Any] = self.owner.call(
            "POST",
            f"/key-results/{key_result}/check-ins",
            {"value": value, "confidence": confidence, "note": note},
            Idempotency_Key=uuid.uuid4().hex,
        )
        return made

    def progress(self, objective: str) -> float | None:
        """What everybody sees of an objective."""
        share: float | None = self.admin.call("GET", f"/objectives/{objective}")["progress"]
        return share

    def history(self, key_result: str) -> list[float]:
        """All values that were checked in, oldest first."""
        found = self.owner.every(f"/key-results/{key_result}/check-ins")
        return [entry["value"] for entry in reversed(found)]


def begin(at: Address) -> Organisation:
    """An organisation with an admin, an owner who accepted the invitation mail, a team and a cycle."""
    until(at.ready, STARTS_WITHIN, "the platform is ready")
    nobody = PublicApi(at.gateway)
    made = nobody.call("POST", "/setup", _admin())
    admin = nobody.as_person(made["token"])
    invited = admin.call(
        "POST", "/people", {"name": "Noor Vale", "email": OWNER, "role": "member", "time_zone": "Europe/Oslo"}
    )
    mailbox = Mailbox(at.mailbox)
    invitation = until(
        lambda: mailbox.invitations({OWNER}).get(OWNER), ARRIVES_WITHIN, "the invitation has arrived"
    )
    accepted = nobody.call(
        "POST",
        "/invitations/accept",
        {"token": invitation, "password": PASSWORD, "token_name": "story", "scopes": ["read", "write"]},
    )
    return _settled(at, admin, nobody.as_person(accepted["token"]), accepted["token"], invited["id"])


def _admin() -> dict[str, Any]:
    return {
        "code": SETUP_CODE,
        "organisation_name": "Ridgeway Systems",
        "time_zone": "Europe/Oslo",
        "name": "Tove Ash",
        "email": ADMIN,
        "password": PASSWORD,
        "token_name": "story",
        "scopes": ["read", "write"],
    }


def _settled(at: Address, admin: PublicApi, owner: PublicApi, token: str, owner_id: str) -> Organisation:
    me = admin.call("GET", "/me")["id"]
    team = admin.call(
        "POST",
        "/teams",
        {
            "name": "Operations",
            "parent_id": None,
            "lead_id": me,
            "member_ids": [me, owner_id],
            "rhythm": {"every": "weekly", "weekday": 0, "time": "09:00"},
        },
    )
    today = datetime.now(UTC).date()
    cycle = admin.call(
        "POST",
        "/cycles",
        {
            "name": "This quarter",
            "starts_on": (today - timedelta(days=60)).isoformat(),
            "ends_on": (today + timedelta(days=30)).isoformat(),
            "state": "active",
        },
    )
    return Organisation(at, admin, owner, token, owner_id, me, team["id"], cycle["id"])


def told(organisation: Organisation) -> None:
    """A worrying check-in has moved the company's objective and warned the admin by one mail.

    Fails the test where it has not.
    """
    title = f"Rehearsals {uuid.uuid4().hex[:6]}"
    company, team = organisation.cascade()
    key_result = organisation.key_result(team, title)
    answer = organisation.check_in(key_result, 10, confidence=2, note="The rehearsal room is taken")
    assert answer["progress"] == 0.1
    until(
        lambda: organisation.progress(company) == 0.1,
        ARRIVES_WITHIN,
        "the check-in is rolled up to the company's objective",
    )
    mailbox = Mailbox(organisation.at.mailbox)
    found = until(lambda: mailbox.mails(ADMIN, title), ARRIVES_WITHIN, "the alert about it is in the mailbox")
    text = mailbox.mail(found[0]["ID"])["Text"]
    assert "The rehearsal room is taken" in text
    assert f"/key-results/{key_result}" in text
