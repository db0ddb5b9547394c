"""The notifier over HTTP, as the gateway asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.settings import Settings
from libs.contracts import checkins
from services.notifier import app
from tests.integration.notifier.conftest import ORGANISATION, Notifier, alarm, invitation, standing

Ask = Callable[..., Any]


@pytest.fixture
def client(notifier: Notifier) -> Iterator[FlaskClient]:
    """The web role on the notifier's database."""
    web = app.build_web(Settings(notifier.environ))
    with web.test_client() as client:
        yield client
    web.extensions["mongo"].close()


@pytest.fixture
def ask(client: FlaskClient, token_keys: tuple[str, str]) -> Ask:
    """``ask("GET", path, who="jun", role="member")``."""
    minter = TokenMinter(token_keys[0])

    def send(
        method: str,
        path: str,
        *,
        who: str = "jun",
        role: str = "member",
        org: str = ORGANISATION,
        scopes: frozenset[str] = frozenset({"read", "write"}),
        **rest: Any,
    ) -> Any:
        principal = Principal(who, org, frozenset({role}), scopes)
        token = minter.mint(principal, ["notifier"])
        return client.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **rest)

    return send


def test_one_chooses_what_one_gets_by_mail(ask: Ask) -> None:
    seen = ask("GET", "/api/v1/me/notifications")
    assert seen.status_code == 200
    assert seen.json["preferences"] == dict.fromkeys(
        ["check_in_due", "check_in_overdue", "at_risk", "back_on_track", "celebration"], "at_once"
    )
    assert all(kind["label"] and kind["hint"] for kind in seen.json["kinds"])
    changed = ask("PUT", "/api/v1/me/notifications", json={"at_risk": "off"})
    assert changed.json["preferences"]["at_risk"] == "off"
    assert ask("GET", "/api/v1/me/notifications").json == changed.json
    assert ask("GET", "/api/v1/me/notifications", who="odo").json == seen.json


def test_a_token_that_may_only_read_chooses_nothing(ask: Ask) -> None:
    reading = frozenset({"read"})
    assert ask("GET", "/api/v1/me/notifications", scopes=reading).status_code == 200
    refused = ask("PUT", "/api/v1/me/notifications", json={"at_risk": "off"}, scopes=reading)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"at_risk": "maybe"}, "/at_risk"),
        ({"at_risk": {"$gt": ""}}, "/at_risk"),
        ({"at_risk": None}, "/at_risk"),
        ({"invitation": "off"}, "/invitation"),
        ({"nonsense": "off"}, "/nonsense"),
    ],
)
def test_a_wrong_choice_names_its_field_and_changes_nothing(ask: Ask, body: Any, field: str) -> None:
    refused = ask("PUT", "/api/v1/me/notifications", json=body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [field]
    assert set(ask("GET", "/api/v1/me/notifications").json["preferences"].values()) == {"at_once"}


def test_nobody_is_answered_without_a_token(client: FlaskClient) -> None:
    for path in ("/api/v1/me/notifications", "/api/v1/mail-log", "/internal/unsubscribe?token=a"):
        assert client.get(path).status_code == 401


def test_the_link_in_a_mail_stops_its_kind_and_looking_at_it_does_not(notifier: Notifier, ask: Ask) -> None:
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        notifier.sink.wait_for(3)
        (mail,) = notifier.sink.to("jun@example.com")
        token = mail.message["List-Unsubscribe"].strip("<>").partition("token=")[2]
        seen = ask("GET", f"/internal/unsubscribe?token={token}", who="system", role="system")
        assert seen.json["kind"] == "at_risk"
        assert (seen.json["email"], seen.json["stopped"]) == ("jun@example.com", False)
        assert ask("GET", "/api/v1/me/notifications").json["preferences"]["at_risk"] == "at_once"
        for _ in range(2):
            done = ask("POST", "/internal/unsubscribe", who="system", role="system", json={"token": token})
            assert done.json["stopped"] is True
        assert ask("GET", "/api/v1/me/notifications").json["preferences"]["at_risk"] == "off"
        notifier.bus.say(alarm(epoch=2), subject="restore-time")
        (row,) = notifier.wait_for_state("suppressed")
        notifier.sink.wait_for(5)
    assert row["why"] == "preference_off"
    assert len(notifier.sink.to("jun@example.com")) == 1


def test_a_link_that_is_not_whole_is_not_found_and_only_the_platform_may_ask(ask: Ask) -> None:
    refused = ask("POST", "/internal/unsubscribe", who="system", role="system", json={"token": "made-up"})
    assert (refused.status_code, refused.json["type"]) == (404, "/problems/unknown-unsubscribe-link")
    assert ask("POST", "/internal/unsubscribe", role="admin", json={"token": "made-up"}).status_code == 403


def test_an_admin_reads_what_was_mailed_and_why_not(notifier: Notifier, ask: Ask) -> None:
    with notifier.working():
        notifier.know()
        notifier.bus.say(invitation(), subject="new")
        notifier.wait_for_state("sent")
        notifier.bus.say(alarm(), subject="restore-time")
        notifier.wait_for_state("sent", 4)
        notifier.bus.say(
            checkins.StandingChanged(
                key_result_id="restore-time",
                objective_id="trust",
                previous_status="at_risk",
                standing=standing("on_track", seq=9),
            ),
            subject="restore-time",
        )
        notifier.wait_for_copy("standings", "restore-time")
        notifier.bus.say(alarm(epoch=2), subject="restore-time")
        notifier.wait_for_state("suppressed", 3)
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor or not pages:
        page = ask(
            "GET",
            "/api/v1/mail-log",
            role="admin",
            query_string={"limit": 3, **({"cursor": cursor} if cursor else {})},
        )
        pages += page.json["items"]
        cursor = page.json["next"]
    assert len({mail["id"] for mail in pages}) == len(pages) == 7
    assert [mail["created_at"] for mail in pages] == sorted(
        (mail["created_at"] for mail in pages), reverse=True
    )
    assert {mail["reason"] for mail in pages} == {None, "no_longer_so"}
    assert "text" not in pages[0]
    only = ask("GET", "/api/v1/mail-log?state=sent&kind=invitation", role="admin").json["items"]
    assert [(mail["recipient"], mail["subject"]) for mail in only] == [
        ("fen@example.com", "Join Fernhollow Systems on Cairn")
    ]
    mail = ask("GET", f"/api/v1/mail-log/{only[0]['id']}", role="admin").json
    assert "Accept the invitation" in mail["html"]
    assert "s3cret-k3y" not in mail["html"] + mail["text"]
    assert "#link-removed" in mail["text"]


def test_the_mail_log_is_for_admins_of_its_organisation(notifier: Notifier, ask: Ask) -> None:
    with notifier.working():
        notifier.bus.say(invitation(), subject="new")
        (row,) = notifier.wait_for_state("sent")
    for role in ("leader", "member", "viewer"):
        assert ask("GET", "/api/v1/mail-log", role=role).status_code == 403
        assert ask("GET", f"/api/v1/mail-log/{row['_id']}", role=role).status_code == 403
    assert ask("GET", "/api/v1/mail-log", role="admin", org="elsewhere").json == {"items": [], "next": None}
    assert ask("GET", f"/api/v1/mail-log/{row['_id']}", role="admin", org="elsewhere").status_code == 404


@pytest.mark.parametrize(
    "query", ["state=lost", "kind=%7B%22%24gt%22%3A%22%22%7D", "cursor=nonsense", "limit=0", "x=1"]
)
def test_a_wrong_filter_is_the_client_s_to_correct(ask: Ask, query: str) -> None:
    assert ask("GET", f"/api/v1/mail-log?{query}", role="admin").status_code in (400, 422)


def test_the_document_names_every_path(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]  # type: ignore[index]
    assert {"/api/v1/me/notifications", "/api/v1/mail-log", "/api/v1/mail-log/{mail_id}"} <= set(paths)
