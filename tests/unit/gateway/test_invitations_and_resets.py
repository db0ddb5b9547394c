"""Links that make an account, and links that replace a password."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libs.contracts.gateway import AccountActivated, AccountInvited, PasswordResetRequested
from libs.contracts.goals import PersonChanged
from services.gateway.domain.accounts import ACTIVE, DISABLED, INVITED
from services.gateway.domain.errors import EmailTaken, LinkUnusable, TooManyAttempts, WeakPassword
from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.accept_invitation import AcceptInvitation, accept_invitation
from services.gateway.usecases.answer_reset_request import answer_reset_request
from services.gateway.usecases.follow_person import PersonNews, follow_person
from services.gateway.usecases.look_at_invitation import look_at_invitation
from services.gateway.usecases.look_at_reset import look_at_reset
from services.gateway.usecases.ports import OrganisationCopy, Origin
from services.gateway.usecases.request_password_reset import RequestPasswordReset, request_password_reset
from services.gateway.usecases.reset_password import ResetPassword, reset_password
from services.gateway.usecases.resume_session import resume_session
from tests.unit.gateway.examples import HERE, PASSWORD, signed_in, stored
from tests.unit.gateway.memory import World


def news(seq: int, **changes: object) -> PersonNews:
    """What goals says of Jun."""
    fields = {
        "person_id": "jun",
        "name": "Jun Alder",
        "email": "jun@fernhollow.example",
        "time_zone": "Europe/Lisbon",
        "locale": "en",
        "role": "member",
        "state": INVITED,
        **changes,
    }
    return PersonNews(organisation_id="fernhollow", seq=seq, person=PersonChanged(**fields))  # type: ignore[arg-type]


def link_of(announcement: object) -> str:
    assert isinstance(announcement, AccountInvited | PasswordResetRequested)
    return announcement.link.rsplit("/", 1)[1]


def invited(world: World) -> str:
    """Jun is invited; the secret of the link."""
    follow_person(news(1), world.ports)
    return link_of(world.accounts.said[-1])


def accept(world: World, secret: str, password: str = PASSWORD) -> None:
    accept_invitation(AcceptInvitation(secret=secret, password=password, origin=HERE), world.ports)


def ask_for_reset(world: World, email: str = "jun@fernhollow.example", origin: Origin = HERE) -> None:
    request_password_reset(RequestPasswordReset(email=email, origin=origin), world.ports)
    while answer_reset_request(world.ports):
        pass


def test_someone_invited_gets_one_link_that_says_who_asks_them_where(world: World) -> None:
    world.names.put(OrganisationCopy(organisation_id="fernhollow", name="Fernhollow Systems"), 1)
    stored(world, "ines", name="Ines Larkspur")
    follow_person(news(1, invited_by="ines"), world.ports)
    (said,) = world.accounts.said
    assert isinstance(said, AccountInvited)
    assert said.organisation_name == "Fernhollow Systems"
    assert said.invited_by_name == "Ines Larkspur"
    assert said.link.startswith("https://cairn.example/invitations/")


def test_the_same_news_twice_invites_once(world: World) -> None:
    assert follow_person(news(1), world.ports)
    assert not follow_person(news(1), world.ports)
    assert len(world.accounts.said) == 1


def test_older_news_changes_nothing(world: World) -> None:
    follow_person(news(5, name="Jun Oak"), world.ports)
    follow_person(news(4, name="Jun Alder"), world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert account.name == "Jun Oak"


def test_a_changed_name_makes_no_second_link(world: World) -> None:
    follow_person(news(1), world.ports)
    follow_person(news(2, name="Jun Oak"), world.ports)
    assert len(world.accounts.said) == 1


def test_inviting_again_replaces_the_link(world: World) -> None:
    first = invited(world)
    follow_person(news(2, invitation=1), world.ports)
    second = link_of(world.accounts.said[-1])
    with pytest.raises(LinkUnusable):
        look_at_invitation(first, world.ports)
    assert look_at_invitation(second, world.ports).person_id == "jun"


def test_a_corrected_address_ends_the_invitation_that_went_to_the_wrong_one(world: World) -> None:
    first = invited(world)
    follow_person(news(2, email="jun.alder@fernhollow.example"), world.ports)
    with pytest.raises(LinkUnusable):
        look_at_invitation(first, world.ports)


def test_a_changed_address_ends_the_reset_that_went_to_the_one_before(world: World) -> None:
    accept(world, invited(world))
    ask_for_reset(world)
    secret = link_of(world.accounts.said[-1])
    follow_person(news(2, email="jun.alder@fernhollow.example", state=ACTIVE), world.ports)
    with pytest.raises(LinkUnusable):
        look_at_reset(secret, world.ports)


def test_an_address_written_in_other_case_is_the_same_address(world: World) -> None:
    first = invited(world)
    follow_person(news(2, email="Jun@Fernhollow.example"), world.ports)
    assert look_at_invitation(first, world.ports).person_id == "jun"


def test_accepting_makes_the_account_active_and_says_so(world: World) -> None:
    accept(world, invited(world))
    account = world.accounts.get("jun")
    assert account is not None
    assert account.may_sign_in()
    assert world.accounts.said[-1] == AccountActivated(person_id="jun")


def test_a_link_works_once(world: World) -> None:
    secret = invited(world)
    accept(world, secret)
    with pytest.raises(LinkUnusable):
        accept(world, secret, "seven grey herons wait")
    account = world.accounts.get("jun")
    assert account is not None
    assert account.password_hash == f"hash of {PASSWORD}"


def test_looking_at_a_link_uses_nothing_up(world: World) -> None:
    secret = invited(world)
    look_at_invitation(secret, world.ports)
    look_at_invitation(secret, world.ports)
    accept(world, secret)


def test_a_weak_password_leaves_the_link_usable(world: World) -> None:
    secret = invited(world)
    with pytest.raises(WeakPassword):
        accept(world, secret, "password1234")
    accept(world, secret)


def test_an_invitation_is_over_after_a_week(world: World) -> None:
    secret = invited(world)
    world.clock.pass_(days=7)
    with pytest.raises(LinkUnusable):
        accept(world, secret)


def test_news_that_left_goals_before_it_heard_of_the_acceptance_does_not_shut_the_door(world: World) -> None:
    accept(world, invited(world))
    follow_person(news(2, name="Jun Oak"), world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert account.state == ACTIVE
    assert len([said for said in world.accounts.said if isinstance(said, AccountInvited)]) == 1


def test_someone_disabled_is_out_everywhere_at_once(world: World) -> None:
    accept(world, invited(world))
    account = world.accounts.get("jun")
    assert account is not None
    secret, _ = signed_in(world, account)
    world.tokens.add(a_token(world))
    follow_person(news(3, state=DISABLED), world.ports)
    assert resume_session(secret, world.ports) is None
    assert world.sessions.stored == {}
    assert world.tokens.stored == {}
    assert "account.disabled" in world.actions()


def test_a_redelivered_disabling_finishes_what_a_crash_left(world: World) -> None:
    account = stored(world, state=DISABLED, person_seq=3)
    signed_in(world, account)
    follow_person(news(3, state=DISABLED), world.ports)
    assert world.sessions.stored == {}


def test_a_disabled_persons_invitation_opens_nothing(world: World) -> None:
    secret = invited(world)
    follow_person(news(2, state=DISABLED), world.ports)
    with pytest.raises(LinkUnusable):
        look_at_invitation(secret, world.ports)


TAKEN = "odo@fernhollow.example"


def test_someone_disabled_whose_new_address_is_taken_is_out_all_the_same(world: World) -> None:
    secret, _ = signed_in(world, stored(world, person_seq=1))
    world.tokens.add(a_token(world))
    stored(world, "odo")
    with pytest.raises(EmailTaken):
        follow_person(news(2, state=DISABLED, email=TAKEN), world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert (account.state, account.email, account.person_seq) == (DISABLED, "jun@fernhollow.example", 2)
    assert resume_session(secret, world.ports) is None
    assert world.tokens.stored == {}
    assert not follow_person(news(1, state=ACTIVE), world.ports), "older news does not undo it"
    assert world.actions() == ["account.disabled"]


def test_an_address_that_was_taken_is_followed_once_it_is_free_and_the_rest_at_once(world: World) -> None:
    stored(world, person_seq=1)
    odo = stored(world, "odo")
    said = news(2, state=ACTIVE, role="viewer", email=TAKEN)
    for _ in range(2):
        with pytest.raises(EmailTaken):
            follow_person(said, world.ports)
    assert (account := world.accounts.get("jun")) is not None
    assert (account.role, account.email) == ("viewer", "jun@fernhollow.example")
    assert world.accounts.save(replace(odo, email="odo.hartfeld@fernhollow.example"))
    assert follow_person(said, world.ports)
    assert (account := world.accounts.get("jun")) is not None
    assert account.email == TAKEN
    assert not follow_person(said, world.ports)
    assert world.actions() == ["account.role_changed"]


def test_whoever_is_invited_to_an_address_that_is_taken_gets_the_link_once_it_is_free(world: World) -> None:
    follow_person(news(1), world.ports)
    odo = stored(world, "odo")
    with pytest.raises(EmailTaken):
        follow_person(news(2, email=TAKEN, invitation=1), world.ports)
    assert len(world.accounts.said) == 1, "no link goes to the old address"
    assert world.accounts.save(replace(odo, email="odo.hartfeld@fernhollow.example"))
    follow_person(news(2, email=TAKEN, invitation=1), world.ports)
    said = world.accounts.said[-1]
    assert isinstance(said, AccountInvited)
    assert said.email == TAKEN


def test_a_changed_role_stands_in_the_audit_log(world: World) -> None:
    stored(world, person_seq=1)
    follow_person(news(2, state=ACTIVE, role="admin"), world.ports)
    assert world.audit.lines[-1].detail == {"from": "member", "to": "admin"}


def test_a_reset_link_replaces_the_password_and_ends_every_session_and_token(world: World) -> None:
    secret, _ = signed_in(world, stored(world))
    world.tokens.add(a_token(world))
    ask_for_reset(world)
    command = ResetPassword(
        secret=link_of(world.accounts.said[-1]), password="seven grey herons wait", origin=HERE
    )
    reset_password(command, world.ports)
    account = world.accounts.get("jun")
    assert account is not None
    assert account.password_hash == "hash of seven grey herons wait"
    assert resume_session(secret, world.ports) is None
    assert world.tokens.stored == {}
    with pytest.raises(LinkUnusable):
        reset_password(command, world.ports)


def test_asking_for_a_reset_of_an_unknown_address_says_nothing_and_sends_nothing(world: World) -> None:
    ask_for_reset(world, "nobody@fernhollow.example")
    assert world.accounts.said == []
    assert world.audit.lines == []


@pytest.mark.parametrize("changes", [{"state": DISABLED}, {"state": INVITED, "password_hash": None}])
def test_who_may_not_sign_in_gets_no_reset_link(world: World, changes: dict[str, Any]) -> None:
    stored(world, **changes)
    ask_for_reset(world)
    assert world.accounts.said == []


def test_a_reset_link_is_over_after_an_hour(world: World) -> None:
    stored(world)
    ask_for_reset(world)
    secret = link_of(world.accounts.said[-1])
    assert look_at_reset(secret, world.ports).person_id == "jun"
    world.clock.pass_(minutes=60)
    with pytest.raises(LinkUnusable):
        look_at_reset(secret, world.ports)


def test_only_the_newest_reset_link_works(world: World) -> None:
    stored(world)
    ask_for_reset(world)
    ask_for_reset(world)
    first, second = (link_of(said) for said in world.accounts.said)
    with pytest.raises(LinkUnusable):
        look_at_reset(first, world.ports)
    assert look_at_reset(second, world.ports).person_id == "jun"


def test_nobodys_mailbox_is_filled_with_reset_mails(world: World) -> None:
    stored(world)
    for _ in range(6):
        ask_for_reset(world)
    assert len(world.accounts.said) == 3


@pytest.mark.parametrize("email", ["jun@fernhollow.example", "nobody@fernhollow.example"])
def test_whoever_asks_waits_for_nothing_that_depends_on_who_is_known(world: World, email: str) -> None:
    stored(world)
    request_password_reset(RequestPasswordReset(email=email, origin=HERE), world.ports)
    assert [request.email for _, request in world.reset_requests.stored.values()] == [email]
    assert world.accounts.said == []
    assert world.audit.lines == []


def test_an_answer_that_died_on_the_way_is_given_again(world: World) -> None:
    stored(world)
    request_password_reset(RequestPasswordReset(email="jun@fernhollow.example", origin=HERE), world.ports)
    assert world.reset_requests.claim(world.clock()) is not None
    assert not answer_reset_request(world.ports)
    world.clock.pass_(seconds=30)
    assert answer_reset_request(world.ports)
    assert len(world.accounts.said) == 1
    assert world.reset_requests.stored == {}


def test_one_network_address_cannot_ask_for_resets_without_end(world: World) -> None:
    for number in range(30):
        ask_for_reset(world, f"somebody{number}@fernhollow.example")
    with pytest.raises(TooManyAttempts):
        ask_for_reset(world)


def a_token(world: World) -> ApiToken:
    """A token of Jun's."""
    return ApiToken(
        id="token-1",
        digest="digest",
        hint="crn_abcd",
        person_id="jun",
        organisation_id="fernhollow",
        name="reports",
        scopes=frozenset({"read"}),
        created_at=world.clock(),
        expires_at=world.clock(),
    )
