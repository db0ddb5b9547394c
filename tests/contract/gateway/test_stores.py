"""What every implementation of the gateway's stores promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from libs.contracts.gateway import AccountActivated
from services.gateway.domain.accounts import Link
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.errors import EmailTaken, TokenMade
from services.gateway.domain.sessions import Session
from services.gateway.domain.throttle import Limit
from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.ports import OrganisationCopy, ResetRequest
from tests.contract.gateway.conftest import Stores
from tests.unit.gateway.examples import account
from tests.unit.gateway.memory import NOON


def session(digest: str = "digest-1", person_id: str = "jun") -> Session:
    return Session(
        digest=digest,
        person_id=person_id,
        organisation_id="fernhollow",
        remembered=False,
        created_at=NOON,
        seen_at=NOON,
        expires_at=NOON + timedelta(hours=8),
        address="192.0.2.7",
        agent="a browser",
        epoch=3,
    )


def token(digest: str = "digest-1", created_at: datetime = NOON) -> ApiToken:
    return ApiToken(
        id=f"id of {digest}",
        digest=digest,
        hint="crn_abcd",
        person_id="jun",
        organisation_id="fernhollow",
        name="reports",
        scopes=frozenset({"read", "write"}),
        created_at=created_at,
        expires_at=NOON + timedelta(days=90),
        epoch=3,
    )


def line(
    number: int, organisation_id: str | None = "fernhollow", action: str = "account.signed_in"
) -> AuditEntry:
    return AuditEntry(
        id=f"line-{number:03}",
        organisation_id=organisation_id,
        at=NOON + timedelta(minutes=number // 2),
        action=action,
        actor_id="jun",
        subject="jun",
        address="192.0.2.7",
        correlation_id="correlation-1",
        detail={"number": number, "word": "stone"},
    )


def test_an_account_is_read_back_as_it_was_stored(stores: Stores) -> None:
    full = account(
        invitation=Link(digest="invited", expires_at=NOON),
        reset=Link(digest="reset", expires_at=NOON),
        theme="dark",
        sessions_epoch=4,
        tokens_epoch=5,
        kept_session="digest-1",
    )
    assert stores.accounts.save(full)
    expected = replace(full, rev=1)
    assert stores.accounts.get("jun") == expected
    assert stores.accounts.by_email(" JUN@fernhollow.example") == expected
    assert stores.accounts.by_invitation("invited") == expected
    assert stores.accounts.by_reset("reset") == expected


def test_what_is_not_there_is_none(stores: Stores) -> None:
    assert stores.accounts.save(account())
    assert stores.accounts.get("odo") is None
    assert stores.accounts.by_email("odo@fernhollow.example") is None
    assert stores.accounts.by_invitation("invited") is None
    assert stores.accounts.by_reset("reset") is None


def test_of_two_changes_at_once_the_second_must_look_again(stores: Stores) -> None:
    assert stores.accounts.save(account())
    known = stores.accounts.get("jun")
    assert known is not None
    assert stores.accounts.save(replace(known, theme="dark"), AccountActivated(person_id="jun"))
    assert not stores.accounts.save(replace(known, theme="light"))
    assert not stores.accounts.save(account()), "an account is not made twice"
    newest = stores.accounts.get("jun")
    assert newest is not None
    assert (newest.theme, newest.rev) == ("dark", 2)


def test_an_address_belongs_to_one_account(stores: Stores) -> None:
    assert stores.accounts.save(account())
    with pytest.raises(EmailTaken):
        stores.accounts.save(account("odo", email="JUN@fernhollow.example"))
    assert stores.accounts.save(account("odo"))
    odo = stores.accounts.get("odo")
    assert odo is not None
    with pytest.raises(EmailTaken):
        stores.accounts.save(replace(odo, email="jun@fernhollow.example"))


@pytest.mark.parametrize("spelled", ["X@XN--BCHER-KVA.example", "x@bu\u0308cher.example", "x@BÜCHER.example"])
def test_an_account_is_found_by_every_spelling(stores: Stores, spelled: str) -> None:
    assert stores.accounts.save(account(email="x@bücher.example"))
    assert stores.accounts.by_email(spelled) == account(email="x@bücher.example", rev=1)
    with pytest.raises(EmailTaken):
        stores.accounts.save(account("odo", email=spelled))


def test_a_session_is_found_with_its_account(stores: Stores) -> None:
    stores.accounts.save(account())
    stores.sessions.add(session())
    assert stores.sessions.identity("digest-1") == (session(), replace(account(), rev=1))
    assert stores.sessions.identity("digest-2") is None


def test_a_session_without_an_account_is_nobodys(stores: Stores) -> None:
    stores.sessions.add(session())
    assert stores.sessions.identity("digest-1") is None


def test_a_sight_of_a_session_moves_its_end(stores: Stores) -> None:
    stores.accounts.save(account())
    stores.sessions.add(session())
    later = NOON + timedelta(hours=1)
    stores.sessions.see("digest-1", seen_at=later, expires_at=later + timedelta(hours=8))
    found = stores.sessions.identity("digest-1")
    assert found is not None
    assert (found[0].seen_at, found[0].expires_at) == (later, later + timedelta(hours=8))


def test_sessions_end_one_by_one_or_all_but_one(stores: Stores) -> None:
    for number in range(3):
        stores.sessions.add(session(f"digest-{number}"))
    stores.sessions.add(session("other", person_id="odo"))
    stores.accounts.save(account())
    stores.accounts.save(account("odo"))
    stores.sessions.remove("digest-0")
    assert stores.sessions.identity("digest-0") is None
    assert stores.sessions.remove_all("jun", but="digest-1") == 1
    assert stores.sessions.identity("digest-1") is not None
    assert stores.sessions.remove_all("jun") == 1
    assert stores.sessions.identity("other") is not None


def test_a_token_is_found_with_its_account(stores: Stores) -> None:
    stores.accounts.save(account())
    stores.tokens.add(token())
    assert stores.tokens.identity("digest-1") == (token(), replace(account(), rev=1))
    assert stores.tokens.identity("digest-2") is None


def test_the_last_use_of_a_token_never_goes_back(stores: Stores) -> None:
    stores.tokens.add(token())
    stores.tokens.note_use("digest-1", NOON + timedelta(hours=2))
    stores.tokens.note_use("digest-1", NOON + timedelta(hours=1))
    assert [found.last_used_at for found in stores.tokens.list("jun")] == [NOON + timedelta(hours=2)]


def test_no_two_tokens_have_one_id(stores: Stores) -> None:
    stores.tokens.add(replace(token("first"), id="same"))
    with pytest.raises(TokenMade):
        stores.tokens.add(replace(token("second"), id="same"))
    assert [found.digest for found in stores.tokens.list("jun")] == ["first"]


def test_tokens_are_listed_newest_first_and_removed_by_their_owner(stores: Stores) -> None:
    stores.tokens.add(token("old"))
    stores.tokens.add(token("new", created_at=NOON + timedelta(days=1)))
    assert [found.digest for found in stores.tokens.list("jun")] == ["new", "old"]
    assert stores.tokens.remove("odo", "id of old") is None
    removed = stores.tokens.remove("jun", "id of old")
    assert removed is not None
    assert (removed.id, removed.person_id) == ("id of old", "jun")
    assert stores.tokens.remove("jun", "id of old") is None
    assert stores.tokens.remove_all("jun") == 1
    assert stores.tokens.list("jun") == []


def test_the_audit_log_is_read_in_pages_newest_first_without_gaps(stores: Stores) -> None:
    for number in range(7):
        stores.audit.add(line(number))
    stores.audit.add(line(9, organisation_id="elsewhere"))
    stores.audit.add(line(10, organisation_id=None))
    read: list[AuditEntry] = []
    before = None
    while page := stores.audit.page("fernhollow", before=before, limit=3):
        read.extend(page)
        before = (page[-1].at, page[-1].id)
    assert read == [line(number) for number in reversed(range(7))]


def test_the_audit_log_can_be_read_by_action(stores: Stores) -> None:
    stores.audit.add(line(1))
    stores.audit.add(line(2, action="token.created"))
    found = stores.audit.page("fernhollow", before=None, limit=10, action="token.created")
    assert [entry.id for entry in found] == ["line-002"]


def test_a_limit_allows_so_many_tries_and_says_what_is_left(stores: Stores) -> None:
    limit = Limit(count=2, seconds=60)
    taken = [stores.rates.take("key", limit) for _ in range(3)]
    assert [one.allowed for one in taken] == [True, True, False]
    assert [one.remaining for one in taken] == [1, 0, 0]
    assert all(0 < one.reset <= 60 for one in taken)
    assert stores.rates.take("another key", limit).allowed


@pytest.mark.parametrize("ahead", [1, 5, 20])
def test_counting_ahead_allows_not_one_try_more_or_less_and_hides_nothing(stores: Stores, ahead: int) -> None:
    limit = Limit(count=250, seconds=60)
    taken = [stores.rates.take("key", limit, ahead=ahead) for _ in range(260)]
    assert [one.allowed for one in taken] == [True] * 250 + [False] * 10
    assert [one.remaining for one in taken] == [*range(249, -1, -1), *([0] * 10)]


def test_a_try_that_is_given_back_does_not_count(stores: Stores) -> None:
    limit = Limit(count=1, seconds=60)
    for _ in range(3):
        assert stores.rates.take("key", limit).allowed
        stores.rates.give_back("key")


def test_the_first_set_up_keeps_its_ids_until_it_is_done(stores: Stores) -> None:
    first = stores.setups.get()
    assert not first.done
    assert stores.setups.get() == first
    stores.setups.finish()
    assert stores.setups.get() == replace(first, done=True)


def test_of_processes_that_start_together_one_says_the_code(stores: Stores) -> None:
    stores.setups.get()
    assert [stores.setups.should_announce(NOON) for _ in range(3)] == [True, False, False]
    assert stores.setups.should_announce(NOON + timedelta(minutes=1))


def test_the_newest_name_of_an_organisation_counts(stores: Stores) -> None:
    assert stores.names.only() is None
    stores.names.put(OrganisationCopy(organisation_id="fernhollow", name="New"), 2)
    stores.names.put(OrganisationCopy(organisation_id="fernhollow", name="Old"), 1)
    assert stores.names.get("fernhollow") == OrganisationCopy(organisation_id="fernhollow", name="New")
    assert stores.names.only() == stores.names.get("fernhollow")
    stores.names.put(OrganisationCopy(organisation_id="elsewhere", name="Elsewhere"), 1)
    assert stores.names.only() is None
    assert stores.names.get("nowhere") is None


def test_what_was_asked_for_is_answered_by_one_oldest_first_and_forgotten(stores: Stores) -> None:
    first, second = (
        ResetRequest(
            id=f"request-{number}",
            email="jun@fernhollow.example",
            address="192.0.2.7",
            at=NOON + timedelta(seconds=number),
            correlation_id="correlation-1",
        )
        for number in (1, 2)
    )
    later = NOON + timedelta(seconds=3)
    stores.reset_requests.add(second)
    stores.reset_requests.add(first)
    assert stores.reset_requests.claim(NOON) is None, "neither was asked for yet"
    assert stores.reset_requests.claim(later) == first
    assert stores.reset_requests.claim(later) == second
    assert stores.reset_requests.claim(later) is None, "both are being answered"
    stores.reset_requests.remove(first.id)
    assert stores.reset_requests.claim(later + timedelta(seconds=30)) == second, "whoever had it died"
    stores.reset_requests.remove(second.id)
    assert stores.reset_requests.claim(later + timedelta(hours=1)) is None
