"""The organisation's own day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from libs.contracts.codec import Payload
from services.goals.domain.errors import LastAdmin
from services.goals.domain.organisation import local_day
from services.goals.domain.person import Person
from services.goals.usecases.change_person import change_person
from tests.contract.goals.fake_stores import FakePeople
from tests.contract.goals.makings import person
from tests.unit.goals.conftest import ANN, Company, viewer

LATE = datetime(2031, 11, 11, 23, 30, tzinfo=UTC)


def test_a_day_is_the_one_where_the_organisation_lives() -> None:
    assert local_day("Asia/Tokyo", LATE) == date(2031, 11, 12)


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Fernhollow", "", "../etc", "America"])
def test_a_zone_that_nobody_knows_is_utc(time_zone: str) -> None:
    assert local_day(time_zone, LATE) == date(2031, 11, 11)


def test_two_admins_who_demote_each_other_in_the_same_instant_leave_one(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes when the first has been judged and not yet been stored."""
    company.people.add(person("bob", role="admin"))
    bob = viewer("bob", "admin")
    plainly = FakePeople.save
    meanwhile = [True]

    def save(self: FakePeople, item: Person, says: Sequence[Payload] = (), *, edited: bool = True) -> Person:
        if meanwhile:
            meanwhile.clear()
            with pytest.raises(LastAdmin):
                change_person("ann", {"role": "member"}, None, bob, company.ports)
        return plainly(self, item, says, edited=edited)

    monkeypatch.setattr(FakePeople, "save", save)
    change_person("bob", {"role": "member"}, None, ANN, company.ports)
    assert [item.id for item in company.people.items.values() if item.governs] == ["ann", "out"]


def test_an_admin_whose_demotion_never_happened_counts_again_after_a_minute(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.people.add(person("bob", role="admin"))

    def die(*_: object, **__: object) -> Person:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(FakePeople, "save", die)
        with pytest.raises(KeyboardInterrupt):
            change_person("bob", {"state": "disabled"}, None, ANN, company.ports)
    with pytest.raises(LastAdmin):
        change_person("ann", {"role": "member"}, None, ANN, company.ports)
    company.instant += timedelta(minutes=1)
    assert change_person("ann", {"role": "member"}, None, ANN, company.ports).role == "member"
