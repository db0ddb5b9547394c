"""What one gets by mail, and the link that stops it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.deliveries import Verdict
from services.notifier.domain.kinds import CHOOSABLE_KINDS, TRANSACTIONAL, Delivery, MailKind
from services.notifier.domain.unsubscribing import BadToken, Wish, read, sign
from services.notifier.mail.circuit import Circuit
from services.notifier.usecases.change_preferences import change_preferences
from services.notifier.usecases.describe_unsubscribe import describe_unsubscribe
from services.notifier.usecases.read_preferences import read_preferences
from services.notifier.usecases.unsubscribe import unsubscribe
from tests.unit.notifier.world import ORGANISATION, World

WISH = Wish(ORGANISATION, "jun", MailKind.AT_RISK)


def test_every_kind_but_the_transactional_may_be_chosen() -> None:
    assert set(MailKind) == CHOOSABLE_KINDS | TRANSACTIONAL
    assert not CHOOSABLE_KINDS & TRANSACTIONAL


def test_who_chose_nothing_gets_everything_and_a_choice_changes_its_kind_alone() -> None:
    world = World()
    assert set(read_preferences(ORGANISATION, "jun", world.preferences).values()) == {Delivery.AT_ONCE}
    chosen = change_preferences(ORGANISATION, "jun", {MailKind.AT_RISK: Delivery.OFF}, world.preferences)
    assert [kind for kind, how in chosen.items() if how is Delivery.OFF] == [MailKind.AT_RISK]
    assert change_preferences(ORGANISATION, "jun", {}, world.preferences) == chosen


@given(
    st.text(max_size=30), st.text(max_size=30), st.sampled_from(sorted(CHOOSABLE_KINDS)), st.text(min_size=1)
)
def test_a_token_says_what_was_signed_in_characters_that_a_url_bears(
    organisation_id: str, person_id: str, kind: MailKind, secret: str
) -> None:
    wish = Wish(organisation_id, person_id, kind)
    token = sign(wish, secret)
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert read(token, secret) == wish


@given(st.text(alphabet="abcdefgh._-=é\x00", max_size=60))
def test_whatever_somebody_makes_up_is_a_bad_token(made_up: str) -> None:
    with pytest.raises(BadToken):
        read(made_up, "secret")


def test_a_token_of_another_secret_or_changed_by_a_letter_is_bad() -> None:
    token = sign(WISH, "secret")
    payload, _, signature = token.partition(".")
    forged = sign(Wish(ORGANISATION, "odo", MailKind.AT_RISK), "guess").partition(".")[0]
    for bad in (sign(WISH, "other"), f"{forged}.{signature}", payload, token[:-2], f"{token}.x"):
        with pytest.raises(BadToken):
            read(bad, "secret")


def test_an_invitation_cannot_be_unsubscribed_from() -> None:
    with pytest.raises(BadToken):
        read(sign(Wish(ORGANISATION, "jun", MailKind.INVITATION), "secret"), "secret")


def test_looking_changes_nothing_and_unsubscribing_stops_that_kind_alone() -> None:
    world = World()
    token = sign(WISH, "secret")
    seen = describe_unsubscribe(token, "secret", world.copies, world.preferences)
    assert (seen.choosable.kind, seen.email, seen.delivery) == (
        MailKind.AT_RISK,
        "jun@example.com",
        Delivery.AT_ONCE,
    )
    assert world.preferences.of(ORGANISATION, "jun") == {}
    for _ in range(2):
        assert unsubscribe(token, "secret", world.copies, world.preferences).delivery is Delivery.OFF
    assert world.preferences.of(ORGANISATION, "jun") == {MailKind.AT_RISK: Delivery.OFF}


def test_an_unwell_server_rests_longer_each_time_until_it_answers_sense() -> None:
    clock = [0.0]
    circuit = Circuit(lambda: clock[0])
    pauses = []
    for _ in range(8):
        circuit.heard(Verdict.SERVER_UNWELL)
        circuit.heard(Verdict.SERVER_UNWELL)  # a second sender that noticed the same outage
        pauses.append(circuit.wait())
        clock[0] += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    circuit.heard(Verdict.TRY_LATER)
    assert circuit.wait() == 0
    circuit.heard(Verdict.SIGN_IN_REFUSED)
    assert circuit.wait() == 60
