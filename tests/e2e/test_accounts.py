"""Coming in: the first visit of an empty platform, an invitation, a forgotten password."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company, Platform
from tests.fixtures.waiting import until

ADMIN = "Ines Larkspur"
PASSWORD = "a handful of smooth pebbles"  # of an account that lives as long as the test


def link_to(platform: Platform, address: str, kind: str) -> str:
    """The path of the newest link of this kind that was mailed to the address."""

    def newest() -> str | None:
        for message in platform.mailbox.mails(address):
            found = re.search(rf"/{kind}/[A-Za-z0-9_\-.~]+", platform.mailbox.mail(message["ID"])["Text"])
            if found:
                return found.group(0)
        return None

    return str(until(newest, deadline=60, because=f"a mail with a link to /{kind}"))


@pytest.fixture
def newcomer(company: Company) -> dict[str, str]:
    """Someone whom the admin has just invited."""
    name = f"Newcomer {uuid.uuid4().hex[:6]}"
    email = f"{uuid.uuid4().hex[:10]}@fernhollow.example"
    company.api(ADMIN).call(
        "POST", "/people", {"name": name, "email": email, "role": "member", "time_zone": "Europe/Lisbon"}
    )
    return {"name": name, "email": email}


def sign_in(page: Page, email: str, password: str) -> None:
    """Through the form."""
    page.goto("/sign-in")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_an_invited_person_comes_in_and_a_forgotten_password_is_replaced(
    open_as: OpenAs, newcomer: dict[str, str], platform: Platform
) -> None:
    """Invitation by mail, a first password, sign-out, a reset by mail, and the old password is over."""
    page = open_as(None, link_to(platform, newcomer["email"], "invitations"))
    page.watch.expect("4")  # type: ignore[attr-defined]  # refusals are part of this story
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_be_visible()  # the hint beside the field was there before
    expect(page.get_by_text("12 characters").first).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.context.clear_cookies()

    page.goto("/password")
    page.get_by_label("Work e-mail").fill(newcomer["email"])
    page.get_by_role("button", name="Send me the link").click()
    page.goto(link_to(platform, newcomer["email"], "password"))
    page.get_by_label("New password").fill(PASSWORD[::-1])
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text("Your new password counts")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, newcomer["email"], PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()  # the address is the same before the answer
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in(page, newcomer["email"], PASSWORD[::-1])
    expect(page).not_to_have_url(re.compile("/sign-in"))


def test_an_invitation_works_once(open_as: OpenAs, newcomer: dict[str, str], platform: Platform) -> None:
    """The second visit says that it is over and what to do."""
    path = link_to(platform, newcomer["email"], "invitations")
    page = open_as(None, path)
    page.watch.expect("4")  # type: ignore[attr-defined]  # the second visit is refused
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.context.clear_cookies()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status in {404, 410}


def test_an_unknown_account_gets_the_same_answer(open_as: OpenAs, company: Company) -> None:
    """Neither sign-in nor reset tells who has an account."""
    page = open_as(None, "/sign-in")
    page.watch.expect("4")  # type: ignore[attr-defined]  # refusals are the point
    words = []
    for email in (company.email("Freya Nettlefold"), "nobody@fernhollow.example"):
        sign_in(page, email, "not the password at all")
        words.append(page.get_by_role("alert").inner_text())
    assert words[0] == words[1]


@pytest.fixture
def first_page(browser: Browser, empty_platform: Platform) -> Iterator[Page]:
    """A browser at the gateway of a platform without an organisation."""
    context = browser.new_context(base_url=empty_platform.address)
    yield context.new_page()
    context.close()


def test_the_first_visit_makes_the_organisation(first_page: Page, empty_platform: Platform) -> None:
    """Guarded by the code in the log; a wrong code keeps what was typed; afterwards the door is closed."""
    said = until(
        lambda: re.findall(r"setup\.code.*?code=(\S+)", plain(empty_platform.log("gateway-web"))),
        deadline=30,
        because="the one-time code in the log",
    )
    first_page.goto("/")
    expect(first_page).to_have_url(re.compile("/welcome"))
    fields = {
        "One-time code": "wrong-code",
        "Organisation": "Brookside Software",
        "Your name": "Alma Reedbeck",
        "Your work e-mail": "alma@brookside.example",
        "Password": PASSWORD,
    }
    for label, value in fields.items():
        first_page.get_by_label(label, exact=True).fill(value)
    first_page.get_by_role("button", name="Set up Cairn").click()
    expect(first_page.get_by_role("alert")).to_be_visible()  # what was typed stands there before the answer
    expect(first_page.get_by_label("Organisation", exact=True)).to_have_value("Brookside Software")
    first_page.get_by_label("One-time code", exact=True).fill(said[0].strip("'\""))
    first_page.get_by_label("Password", exact=True).fill(PASSWORD)
    first_page.get_by_role("button", name="Set up Cairn").click()
    expect(first_page.get_by_role("navigation").first).to_be_visible()
    for path in ("/", "/okrs", "/check-in", "/settings", "/admin"):
        answer = first_page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
    first_page.context.clear_cookies()
    first_page.goto("/welcome")
    expect(first_page).not_to_have_url(re.compile("/welcome"))


def plain(text: str) -> str:
    """Without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
