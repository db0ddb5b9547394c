"""Copies that their owner has said to be outdated."""

from __future__ import annotations

import pytest

from services.checkins.usecases.ports import Learnt, Ports, Surroundings
from tests.unit.checkins.examples import CYCLE, KEY_RESULT, ORG, ORGANISATION, TEAM


@pytest.fixture
def known(ports: Ports) -> Ports:
    """A key result in its surroundings is known."""
    ports.copies.organisations([Learnt(ORGANISATION, 5)])
    ports.copies.cycles([Learnt(CYCLE, 5)])
    ports.copies.teams([Learnt(TEAM, 5)])
    ports.copies.key_results([Learnt(KEY_RESULT, 5)])
    return ports


def is_outdated(ports: Ports) -> bool:
    found = ports.situations.get(ORG, KEY_RESULT.id)
    assert found is not None
    return found.is_outdated


@pytest.mark.parametrize("what", ["key result", "team"])
def test_a_copy_is_outdated_until_a_newer_one_is_known(known: Ports, what: str) -> None:
    def learn(seq: int) -> None:
        if what == "team":
            known.copies.teams([Learnt(TEAM, seq)])
        else:
            known.copies.key_results([Learnt(KEY_RESULT, seq)])

    learn(5)
    assert not is_outdated(known)
    seqs = {(TEAM if what == "team" else KEY_RESULT).id: 7}
    told = ({}, seqs) if what == "team" else (seqs, {})
    known.copies.outdate("another", *told)
    assert not is_outdated(known)
    known.copies.outdate(ORG, *told)
    assert is_outdated(known)
    learn(6)
    known.copies.outdate(ORG, *(dict.fromkeys(part, 3) for part in told))
    assert is_outdated(known)
    learn(7)
    if what == "team":  # nobody has to forget what is remembered of it before its seconds are over
        known.copies.key_results([Learnt(KEY_RESULT, 100)])
    assert not is_outdated(known)


def test_a_first_copy_may_be_outdated_already(ports: Ports) -> None:
    ports.copies.cycles([Learnt(CYCLE, 1)])
    ports.copies.outdate(ORG, {KEY_RESULT.id: 2}, {})
    assert ports.situations.get(ORG, KEY_RESULT.id) is None
    assert ports.situations.many([KEY_RESULT.id]) == {}
    ports.copies.keep(Surroundings(key_result=KEY_RESULT, cycle=CYCLE))
    assert is_outdated(ports)
    ports.copies.key_results([Learnt(KEY_RESULT, 1)])
    assert is_outdated(ports)
    ports.copies.key_results([Learnt(KEY_RESULT, 2)])
    assert not is_outdated(ports)
