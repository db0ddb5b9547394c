"""What is only one's own, and what holds for everyone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from libs.chassis.problems import Conflict, FieldError, Unprocessable
from services.gateway.domain import okr
from services.gateway.domain.audit import API_WRITE, TOKEN_CREATED, TOKEN_REVOKED, AuditEntry
from services.gateway.web.audit_words import in_words
from tests.unit.gateway.memory import MemoryAudit
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
TEAM = {
    "name": "Night shift",
    "parent_id": "ops",
    "lead_id": "odo",
    "every": "weekly",
    "weekday": "2",
    "time": "08:30",
}


def test_the_profile_is_saved(as_person: As, company: Store) -> None:
    answer = as_person("jun").send(
        "/settings/profile", {"name": "Jun", "time_zone": "Europe/Lisbon", "locale": "en"}
    )
    assert path_of(answer) == "/settings"
    assert company.people["jun"].time_zone == "Europe/Lisbon"


def test_a_refused_profile_keeps_what_was_typed(as_person: As, company: Store) -> None:
    company.refusal = Unprocessable(errors=[FieldError("/time_zone", "There is no such time zone.")])
    typed = {"name": "Jun", "time_zone": "Nowhere", "locale": "en"}
    answer = as_person("jun").send("/settings/profile", typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is no such time zone." in page
    assert 'value="Nowhere"' in page


def test_each_mail_can_be_switched_off(as_person: As, company: Store) -> None:
    as_person("jun").send("/settings/notifications", {"at_risk": "off", "made_up": "often"})
    assert company.preferences == {"at_risk": "off"}


def test_two_new_passwords_that_differ_are_refused(as_person: As) -> None:
    answer = as_person("jun").send("/settings/password", {"current": "a", "new": "b", "again": "c"})
    assert answer.status_code == 422
    assert "The two are not the same." in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/admin", "/admin/people/invite", "/admin/teams/new", "/admin/cycles/new"])
def test_only_admins_open_the_admin_pages(as_person: As, path: str) -> None:
    assert as_person("jun").open(path).status_code == 403
    assert as_person("ines").open(path).status_code == 200


@pytest.mark.parametrize("section", ["people", "teams", "cycles", "thresholds", "audit", "mail"])
def test_each_part_of_the_admin_page_has_an_address(as_person: As, section: str) -> None:
    answer = as_person("ines").open(f"/admin/{section}")
    assert (answer.status_code, path_of(answer)) == (200, "/admin")


def test_people_are_found_by_name_team_and_state(as_person: As) -> None:
    ines = as_person("ines")
    assert "Odo Hartfeld" not in _people(ines, "?q=platform")
    assert "Jun Alder" in _people(ines, "?q=platform")
    assert "Wanjiru Moss" in _people(ines, "?people=invited")
    assert "Ines Larkspur" in _people(ines, "?people=no-team")


def _people(browser: Browser, query: str) -> str:
    page = browser.open(f"/admin{query}").get_data(as_text=True)
    return page[page.index('id="people"') : page.index('id="teams"')]


def test_inviting_someone(as_person: As, company: Store) -> None:
    typed = {
        "name": "Teo Rowan",
        "email": "teo@fernhollow.example",
        "role": "member",
        "idempotency_key": "one",
    }
    page = as_person("ines").send("/admin/people/invite", typed).get_data(as_text=True)
    assert "Invited Teo Rowan. The mail is on its way." in page
    assert company.people["p-new"].state == "invited"


def test_an_address_that_is_taken_is_said_at_its_field(as_person: As, company: Store) -> None:
    company.refusal = Unprocessable(errors=[FieldError("/email", "Somebody has this address already.")])
    typed = {"name": "Teo", "email": "jun@fernhollow.example", "role": "member", "idempotency_key": "one"}
    answer = as_person("ines").send("/admin/people/invite", typed)
    assert 'id="f-email-error"' in answer.get_data(as_text=True)
    assert 'value="jun@fernhollow.example"' in answer.get_data(as_text=True)


def test_a_role_is_changed_and_the_last_admin_stays(as_person: As, company: Store) -> None:
    ines = as_person("ines")
    typed = {"name": "Jun Alder", "email": "jun@fernhollow.example", "role": "admin", "state": "active"}
    typed["rev"] = str(company.people["jun"].rev)
    ines.send("/admin/people/jun", typed)
    assert company.people["jun"].role == "admin"
    company.refusal = Conflict("An organisation needs an admin.")
    assert "An organisation needs an admin." in ines.send("/admin/people/jun", typed).get_data(as_text=True)


def test_a_team_is_made_with_its_rhythm(as_person: As, company: Store) -> None:
    as_person("ines").send(
        "/admin/teams/new", {**TEAM, "member_ids": ["odo", "jun"], "idempotency_key": "one"}
    )
    made = company.teams["t-new"]
    assert (made.parent_id, made.rhythm.weekday, made.rhythm.time) == ("ops", 2, "08:30")
    assert set(made.member_ids) == {"odo", "jun"}


def test_a_team_cannot_be_put_below_itself_by_choice(as_person: As) -> None:
    page = as_person("ines").open("/admin/teams/ops").get_data(as_text=True)
    choices = page[page.index('name="parent_id"') : page.index('name="lead_id"')]
    assert 'value="call"' in choices
    assert 'value="ops"' not in choices


def test_a_cycle_is_opened_and_closed(as_person: As, company: Store) -> None:
    ines = as_person("ines")
    ines.send(
        "/admin/cycles/new",
        {"name": "Q1", "starts_on": "2032-01-01", "ends_on": "2032-03-31", "idempotency_key": "one"},
    )
    assert company.cycles[-1].name == "Q1"
    page = ines.send("/admin/cycles/now/state", {"state": "closed", "rev": "1"}).get_data(as_text=True)
    assert "Closed. It can be read, not changed." in page
    assert company.cycles[0].state == "closed"


def test_a_cycle_needs_both_days(as_person: As) -> None:
    answer = as_person("ines").send(
        "/admin/cycles/new", {"name": "Q1", "starts_on": "soon", "idempotency_key": "one"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write a day as year-month-day" in page
    assert "Say when it ends." in page


def test_thresholds_are_typed_as_points(as_person: As, company: Store) -> None:
    typed = {
        "on_track_gap": "12",
        "behind_gap": "30",
        "too_early_share": "10",
        "low_confidence": "2",
        "stale_after_days": "4",
        "rev": "1",
    }
    as_person("ines").send("/admin/thresholds", typed)
    assert company.organisation.thresholds.on_track_gap == pytest.approx(0.12)
    answer = as_person("ines").send("/admin/thresholds", {**typed, "behind_gap": "300"})
    assert answer.status_code == 422
    assert "Write points from 0 to 100." in answer.get_data(as_text=True)


def test_a_mail_of_the_log_is_shown_in_a_frame_that_may_do_nothing(as_person: As) -> None:
    ines = as_person("ines")
    page = ines.open("/admin/mail-log/m-1").get_data(as_text=True)
    assert '<iframe class="mailframe" src="/admin/mail-log/m-1/body" sandbox' in page
    body = ines.open("/admin/mail-log/m-1/body")
    assert "sandbox" in body.headers["Content-Security-Policy"]


def line_of(method: str, path: str, made: str | None = None) -> AuditEntry:
    """A line of the audit log about a write of Ines with a token."""
    detail: dict[str, str | int] = {"method": method, "status": 200, "by": "token"}
    return AuditEntry(
        id="1",
        organisation_id="org",
        at=datetime.now(UTC),
        action=API_WRITE,
        actor_id="ines",
        subject=path,
        address="",
        correlation_id="",
        detail=detail | ({"made": made} if made else {}),
    )


@pytest.mark.parametrize(
    ("method", "path", "made", "said"),
    [
        (
            "PATCH",
            "objectives/o-trust",
            None,
            ("Changed an objective", None, "o-trust", "/objectives/o-trust"),
        ),
        ("POST", "objectives", "o-trust", ("Drafted an objective", None, "o-trust", "/objectives/o-trust")),
        ("POST", "objectives", None, ("Drafted an objective", None, None, None)),
        ("POST", "objectives/o-1/key-results", None, ("Added a key result", None, None, "/objectives/o-1")),
        ("POST", "people", None, ("Invited someone", None, None, "/admin#people")),
        ("POST", "teams", None, ("Made a team", None, None, "/admin#teams")),
        ("POST", "cycles", None, ("Opened a cycle", None, None, "/admin#cycles")),
        (
            "POST",
            "objectives/o-trust/key-results",
            "0199-abcdefghijkl",
            ("Added a key result", None, "efghijkl", "/key-results/0199-abcdefghijkl"),
        ),
        ("DELETE", "key-results/kr-9", None, ("Deleted a key result", None, "kr-9", None)),
        ("PATCH", "people/jun", None, ("Changed a person", "Jun Alder", None, "/admin/people/jun")),
        ("POST", "people", "jun", ("Invited someone", "Jun Alder", None, "/admin/people/jun")),
        ("POST", "teams", "ops", ("Made a team", "Platform Operations", None, "/admin/teams/ops")),
        ("PATCH", "cycles/now", None, ("Changed a cycle", "Q4", None, "/admin/cycles/now")),
        ("DELETE", "teams/gone", None, ("Deleted a team", None, "gone", None)),
        ("PATCH", "unheard-of/x", None, ("Changed something of unheard of", None, None, None)),
    ],
)
def test_the_audit_log_says_in_words_what_was_changed_and_which(
    company: Store, method: str, path: str, made: str | None, said: tuple[str | None, ...]
) -> None:
    directory = okr.Directory(people=company.people, teams=company.teams)
    line = in_words(line_of(method, path, made), directory, company.cycles)
    assert (line["what"], line["name"], line["id"], line["url"]) == said
    assert line["detail"] == "with a token"


@pytest.mark.parametrize(
    ("action", "what"), [(TOKEN_CREATED, "Made a token"), (TOKEN_REVOKED, "Revoked a token")]
)
def test_the_audit_log_names_the_token_that_was_made_or_revoked(
    company: Store, action: str, what: str
) -> None:
    entry = replace(line_of("", "t-1"), action=action, detail={"name": "reports", "scopes": "read"})
    line = in_words(entry, okr.Directory(people=company.people, teams=company.teams))
    assert (line["what"], line["name"], line["detail"]) == (what, "reports", "scopes read")


def test_the_audit_log_escapes_the_names_in_it(
    company: Store, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.people["jun"] = replace(company.people["jun"], name="<b>Jun</b>")
    lines = [line_of("PATCH", "people/jun"), line_of("POST", "objectives", "o-trust")]
    monkeypatch.setattr(MemoryAudit, "page", lambda *_, **__: lines)
    page = as_person("ines").open("/admin").get_data(as_text=True)
    audit = page[page.index('id="audit"') :]
    assert 'href="/admin/people/jun">Changed a person: &lt;b&gt;Jun&lt;/b&gt;</a>' in audit
    assert 'href="/objectives/o-trust">Drafted an objective' in audit
