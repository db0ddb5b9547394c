"""The main job, as its users do it: from a check-in to the roll-up on another page and to the mail."""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Page, expect

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company, Platform
from tests.fixtures.waiting import until

ADMIN, LEADER, OWNER, MATE = "Ines Larkspur", "Odo Hartfeld", "Jun Alder", "Bram Ketteler"
LIVE = 20_000  # milliseconds: a deadline for a busy machine


@pytest.fixture
def cascade(company: Company) -> dict[str, Any]:
    """A company objective, a team objective below it, and Jun's key result from 0 to 20 below that.

    The team is its own: a team's celebrations share a mail, and no other test's are to be in this one.
    """
    mark = uuid.uuid4().hex[:6]
    team = company.team(f"Night watch {mark}", [OWNER, "Wanjiru Moss", MATE])
    company_objective = company.objective("Nights are quiet", owner_id=company.people[LEADER])
    team_objective = company.objective(
        "Runbooks that hold",
        level="team",
        team_id=team["id"],
        owner_id=company.people["Wanjiru Moss"],
        parent={"kind": "objective", "id": company_objective["id"]},
    )
    title = f"Runbooks {mark} rehearsed <b>twice</b>"
    key_result = company.key_result(team_objective["id"], title, OWNER, target=20, unit="runbooks")
    return {
        "company": company_objective["id"],
        "team": team_objective["id"],
        "key_result": key_result["id"],
        "title": title,
    }


def check_in(page: Page, value: str, confidence: str, note: str) -> None:
    """Fill in the check-in form of this page as a person would, and send it."""
    form = page.locator("form[data-check-in]").first
    form.get_by_label("Value now").fill(value)
    form.get_by_text(confidence, exact=False).first.click()
    form.get_by_label("Note").fill(note)
    form.get_by_role("button", name="Check in").click()


def test_a_check_in_moves_everything_above_it_on_another_persons_open_page(
    open_as: OpenAs, cascade: dict[str, Any], company: Company
) -> None:
    """Key result, its objective and the company objective above have moved, without a reload."""
    watching = open_as(LEADER, f"/objectives/{cascade['company']}")
    expect(watching.get_by_role("heading", level=1)).to_have_text("Nights are quiet")
    expect(watching.locator("#live")).to_have_attribute("data-connected", "yes", timeout=LIVE)
    page = open_as(OWNER, f"/key-results/{cascade['key_result']}")
    check_in(page, "13", "High", "Thirteen rehearsed")
    expect(watching.locator("main")).to_contain_text("65%", timeout=LIVE)
    expect(page.locator("main")).to_contain_text("65%", timeout=LIVE)
    api = company.api(ADMIN)

    def moved(level: str) -> bool:
        progress = api.call("GET", f"/objectives/{cascade[level]}")["progress"]
        return bool(progress == pytest.approx(0.65))

    until(lambda: moved("team"), 20, "the team objective has moved")
    # Its page shows what is beneath it as well, which has moved before it.
    until(lambda: moved("company"), 20, "the company objective has moved")


def test_a_check_in_can_be_undone_for_ten_seconds(
    open_as: OpenAs, cascade: dict[str, Any], company: Company
) -> None:
    """The toast offers it, the value goes back on all open pages, and the history keeps both."""
    company.check_in(cascade["key_result"], OWNER, 4)
    watching = [
        open_as(LEADER, f"/key-results/{cascade['key_result']}"),
        open_as(LEADER, f"/objectives/{cascade['company']}"),
    ]
    for other in watching:
        expect(other.locator("#live")).to_have_attribute("data-connected", "yes", timeout=LIVE)
        expect(other.locator("main")).to_contain_text("20%", timeout=LIVE)
    page = open_as(OWNER, f"/key-results/{cascade['key_result']}")
    check_in(page, "9", "Fair", "A slip of the finger")
    page.get_by_role("button", name="Undo").click()
    for other in watching:
        expect(other.locator("main")).to_contain_text("20%", timeout=LIVE)
        expect(other.locator("main")).not_to_contain_text("45%", timeout=LIVE)
    series = f"/key-results/{cascade['key_result']}/check-ins"
    until(
        lambda: [entry["withdrawn"] for entry in company.api(OWNER).every(series)] == [True, False],
        20,
        "the newer one is withdrawn, and the history keeps both",
    )
    until(
        lambda: company.api(OWNER).call("GET", f"/key-results/{cascade['key_result']}")["current"] == 4,
        because="the value is what it was",
    )


def test_the_target_reached_is_celebrated_with_owner_and_team(
    open_as: OpenAs, cascade: dict[str, Any], company: Company, platform: Platform
) -> None:
    """One mail each, one main button that opens the page, an escaped title, and a text twin."""
    page = open_as(OWNER, f"/key-results/{cascade['key_result']}")
    check_in(page, "20", "High", "All of them")
    mate = company.email(MATE)
    found = until(
        lambda: platform.mailbox.mails(mate, cascade["title"][:15]), deadline=60, because="a celebration mail"
    )
    message = platform.mailbox.mail(found[0]["ID"])
    assert "<b>twice</b>" not in message["HTML"]
    assert f"/key-results/{cascade['key_result']}" in message["HTML"]
    assert f"/key-results/{cascade['key_result']}" in message["Text"]
    link = re.search(r"http://\S*/key-results/\S+", message["Text"])
    assert link
    opened = open_as(MATE, link.group(0))
    expect(opened.get_by_role("heading", level=1)).to_contain_text(cascade["title"])


def test_falling_behind_is_told_to_those_who_can_act_and_can_be_unsubscribed(
    cascade: dict[str, Any], company: Company, platform: Platform
) -> None:
    """Not who said so; a GET of the link in the mail changes nothing, a POST stops it."""
    company.check_in(cascade["key_result"], OWNER, 1, confidence=2, note="We lost the second rehearsal")
    keeper, about = company.email("Wanjiru Moss"), f"At risk: {cascade['title'][:15]}"
    found = until(lambda: platform.mailbox.mails(keeper, about), deadline=60, because="an at-risk mail")
    assert not platform.mailbox.mails(company.email(OWNER), about)
    message = platform.mailbox.mail(found[0]["ID"])
    assert "We lost the second rehearsal" in message["Text"]
    assert "You get this because" in message["Text"]
    raw = platform.mailbox.source(found[0]["ID"])
    headers = email.message_from_bytes(raw, policy=email.policy.default)
    stop = re.fullmatch(r"<(\S+)>", headers["List-Unsubscribe"])
    assert stop
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    shown = urllib3.request("GET", stop.group(1))
    assert shown.status == 200
    assert notifies(company, "Wanjiru Moss", "at_risk")
    one_click = {"Content-Type": "application/x-www-form-urlencoded"}
    stopped = urllib3.request("POST", stop.group(1), body="List-Unsubscribe=One-Click", headers=one_click)
    assert stopped.status in {200, 204}
    assert not notifies(company, "Wanjiru Moss", "at_risk")


def notifies(company: Company, name: str, kind: str) -> bool:
    """Whether that person gets this kind of mail, by their own settings."""
    preferences = company.api(name).call("GET", "/me/notifications")["preferences"]
    return bool(preferences[kind] != "off")


def test_today_shows_what_one_owes_and_a_check_in_takes_it_off(open_as: OpenAs) -> None:
    """As a member of the team that is due today."""
    page = open_as("Pavel Rushmere", "/")
    owed = page.locator("article.ci")
    expect(owed.first).to_be_visible()
    before = owed.count()
    title = page.locator("article.ci.open h3").inner_text()
    form = page.locator("article.ci.open form")
    form.get_by_text("High", exact=False).first.click()
    form.get_by_label("Note").fill("As every week")
    form.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Checked in", exact=False).first).to_be_visible()
    expect(page.locator("article.ci.open h3", has_text=title)).to_have_count(0)
    expect(owed).to_have_count(before - 1)


def test_all_open_pages_count_alike_and_the_last_check_in_ends_at_a_cairn(open_as: OpenAs) -> None:
    """Two tabs of one person: what is done or undone in one is so in the other."""
    person = "Kofi Larchmere"  # two are due to him, and no other test takes them
    page, other = open_as(person, "/check-in"), open_as(person, "/check-in")
    expect(other.locator("#live")).to_have_attribute("data-connected", "yes", timeout=LIVE)
    left = page.locator(".flow > li.now, .flow > li.later").count()
    assert left
    for number in range(1, left + 1):
        form = page.locator("form.cif")
        if form.get_by_text("Not yet", exact=True).count():
            form.get_by_text("Not yet", exact=True).click()
        form.get_by_text("High", exact=False).first.click()
        form.get_by_role("button", name="Check in").click()
        title = f"{number} of {left} done" if number < left else "Thank you, Kofi"
        for each in (page, other):
            expect(each.get_by_role("heading", level=1)).to_contain_text(title, timeout=LIVE)
    expect(page.locator(".big-cairn")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    for each in (page, other):
        expect(each.get_by_role("heading", level=1)).to_have_text(f"{left - 1} of {left} done", timeout=LIVE)


def test_a_refused_check_in_keeps_what_was_typed(open_as: OpenAs, cascade: dict[str, Any]) -> None:
    """No confidence chosen: the form says so beside the field, and the line is still there."""
    page = open_as(OWNER, f"/key-results/{cascade['key_result']}")
    page.watch.expect("422")  # type: ignore[attr-defined]  # the refusal is the point
    form = page.locator("form[data-check-in]").first
    form.get_by_label("Value now").fill("12")
    form.get_by_label("Note").fill("Typed with care")
    form.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Not checked in yet")).to_be_visible()
    again = page.locator("form[data-check-in]").first
    expect(again.get_by_label("Note")).to_have_value("Typed with care")
    expect(again.get_by_label("Value now")).to_have_value("12")
