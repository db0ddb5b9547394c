"""What open pages are told of things that not everybody may see."""

from __future__ import annotations

import svcs

from services.gateway.domain.live import LiveChange
from services.gateway.usecases.live_feed import LiveFeed
from services.gateway.usecases.ports import Ports
from tests.fixtures.waiting import until
from tests.integration.gateway.people import sign_in
from tests.integration.gateway.platform import Platform
from tests.integration.gateway.test_live import listening
from tests.integration.permissions.scene import Organisation


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
        until(lambda: "event: progress" in other.heard, 10, "the other page hears that something changed")
        until(lambda: "private-key-result" in own.heard, 10, "the author's page hears what")
        assert "private-" not in other.heard
        assert author.person_id not in other.heard
