"""The stack on a swarm: scaled up and down, rolled to another image and back, while check-ins flow."""

from __future__ import annotations

from deploy.demo.public_api import Mailbox
from tests.containers.compose import ROLES
from tests.containers.engine import docker, image
from tests.containers.story import ADMIN, ARRIVES_WITHIN, Organisation, begin, told
from tests.containers.swarm import UPDATED_WITHIN, Stack, next_images
from tests.containers.traffic import flowing, nothing_lost_or_doubled
from tests.fixtures.waiting import until

CLIENTS = 4
TARGET = 100_000


def test_scaled_and_rolled_while_check_ins_flow_nothing_fails_is_lost_or_doubled(stack: Stack) -> None:
    organisation = begin(stack.address)
    told(organisation)
    company, team = organisation.cascade()
    key_results = [organisation.key_result(team, f"Kept {number}", TARGET) for number in range(CLIENTS)]
    with flowing(organisation, key_results) as traffic:
        until(lambda: traffic.acknowledged >= 20, 60, "check-ins flow")
        stack.scale(checkins_web=3, goals_worker=2, notifier_worker=2)
        stack.scale(checkins_web=1, gateway_web=1)
        next_images("next", "LABEL cairn.version=next")
        stack.roll("next")
        refuse_a_broken_image(stack)
        seen = traffic.acknowledged
        until(lambda: traffic.acknowledged >= seen + 20, 60, "check-ins flow on")
    assert traffic.failures == []
    assert traffic.acknowledged > 100
    nothing_lost_or_doubled(traffic)
    rolled_up(organisation, company, [client.acknowledged[-1] for client in traffic.clients])
    told(organisation)
    every_mail_once(organisation)
    assert {code for role in ROLES for code in stack.exit_codes(role)} <= {0}


def refuse_a_broken_image(stack: Stack) -> None:
    """An image that never gets healthy is rolled back by the swarm itself."""
    docker("build", "--quiet", "--tag", image("checkins", "broken"), "-", stdin=broken())
    service = f"{stack.name}_checkins-web"
    docker(
        "service", "update", "--detach", "--no-resolve-image", "--image", image("checkins", "broken"), service
    )
    until(
        lambda: stack.update_of("checkins-web") == "rollback_completed",
        UPDATED_WITHIN,
        "the old image is back",
    )


def broken() -> str:
    """An image whose process ends at once."""
    return f'FROM {image("checkins", "next")}\nENTRYPOINT ["python", "-c", "raise SystemExit(0)"]\n'


def rolled_up(organisation: Organisation, objective: str, last: list[float]) -> None:
    """The objective is what follows from the last check-in of each key result below it."""
    expected = sum(value / TARGET for value in last) / len(last)
    until(
        lambda: abs((organisation.progress(objective) or 0) - expected) < 1e-9,
        ARRIVES_WITHIN,
        f"the roll-up is {expected}",
    )


def every_mail_once(organisation: Organisation) -> None:
    """No mail came twice."""
    about = [mail["MessageID"] for mail in Mailbox(organisation.at.mailbox).mails(ADMIN)]
    assert len(about) == len(set(about))
