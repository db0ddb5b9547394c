"""What open pages are told of things that not everybody may see."""

from __future__ import annotations

from dataclasses import replace

import pytest
import svcs

from services.gateway.domain.accounts import Account
from services.gateway.domain.live import LiveChange
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.live_feed import LiveFeed
from services.gateway.usecases.ports import Ports
from services.gateway.web import live
from tests.fixtures.waiting import until
from tests.integration.gateway.people import sign_in
from tests.integration.gateway.platform import Platform
from tests.integration.gateway.test_live import listening
from tests.integration.permissions.scene import Organisation

AFTERWARDS = "seen-by-everybody"


def told_after(change: LiveChange) -> LiveChange:
    """What everybody may see: who hears of it has heard, in full, whatever was told before."""
    return replace(
        change, objective_id=AFTERWARDS, key_result_id=None, by=None, kind="definition", restricted=False
    )


def test_no_open_page_is_told_the_ids_of_what_its_viewer_may_not_see(
    platform: Platform, home: Organisation
) -> None:
    with platform.app.app_context():
        ports, feed = svcs.flask.get(Ports), svcs.flask.get(LiveFeed)
    member, author = (ports.accounts.get(home.invite("member")) for _ in range(2))
    assert member is not None
    assert author is not None
    private = LiveChange(
        organisation_id=author.organisation_id,
        kind="check_in",
        objective_id="private-objective",
        key_result_id="private-key-result",
        by=author.person_id,
        restricted=True,
    )
    with (
        listening(platform, sign_in(platform, member.email)) as other,
        listening(platform, sign_in(platform, author.email)) as own,
    ):
        feed.tell(private)
        feed.tell(told_after(private))
        until(lambda: AFTERWARDS in other.heard, 10, "the other page has heard all that it is told")
        assert '"objective_id": null' in other.heard, "that something changed"
        until(lambda: "private-key-result" in own.heard, 10, "the author's page hears what")
        assert "private-" not in other.heard
        assert author.person_id not in other.heard


def demoted(account: Account) -> Account:
    """A member from now on, whatever news is still on its way."""
    return replace(account, role="member", person_seq=account.person_seq + 1000)


def test_whoever_is_no_admin_any_longer_hears_no_more_ids_on_a_page_that_stayed_open(
    platform: Platform, home: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    with platform.app.app_context():
        ports, feed = svcs.flask.get(Ports), svcs.flask.get(LiveFeed)
    admin = ports.accounts.get(home.invite("admin"))
    assert admin is not None
    private = LiveChange(
        organisation_id=admin.organisation_id, kind="check_in", objective_id="seen", restricted=True
    )
    with listening(platform, sign_in(platform, admin.email)) as page:
        feed.tell(private)
        until(lambda: '"objective_id": "seen"' in page.heard, 10, "an administrator hears what changed")
        change_account(admin.person_id, lambda known: (demoted(known), None), ports)
        beats = page.heard.count(": still here")
        until(lambda: page.heard.count(": still here") >= beats + 2, 10, "the session is looked at again")
        feed.tell(replace(private, objective_id="hidden"))
        feed.tell(told_after(private))
        until(lambda: AFTERWARDS in page.heard, 10, "the page has heard all that it is told")
        assert '"objective_id": null' in page.heard, "that something changed, and no more"
        assert "hidden" not in page.heard
