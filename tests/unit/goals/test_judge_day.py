"""A day begins: who is judged, in which portions, and what one failure costs the others."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from services.goals.events.clock import Clock
from services.goals.usecases.judge_day import judge_day
from tests.contract.goals.makings import ORG, OTHER_ORG, cycle, objective, organisation
from tests.unit.goals.conftest import Company

TODAY = date(2031, 11, 18)


def no_outage(error: Exception) -> bool:
    """Every error is the trouble of one organisation alone."""
    del error
    return False


def judged_on(company: Company, name: str = ORG) -> date | None:
    """The day that the organisation was last judged on."""
    return company.organisations.items[name].judged_on


def breaks_for(company: Company, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One organisation's objectives cannot be written."""
    whole = company.objectives.owe_themselves

    def broken(organisation_id: str, cycle_ids: list[str]) -> int:
        if organisation_id == name:
            message = "a document that is too large"
            raise RuntimeError(message)
        return whole(organisation_id, cycle_ids)

    monkeypatch.setattr(company.objectives, "owe_themselves", broken)


def test_an_organisation_is_judged_once_a_day_of_its_own(company: Company) -> None:
    company.objectives.add(objective("o"))
    company.organisations.add(organisation("tokyo", time_zone="Asia/Tokyo"))
    assert judge_day(company.ports, no_outage).objectives == 1
    assert company.objectives.items["o"].rollup_due == ("o",)
    assert judge_day(company.ports, no_outage).objectives == 0
    company.instant += timedelta(hours=4)
    judge_day(company.ports, no_outage)
    assert (judged_on(company), judged_on(company, "tokyo")) == (TODAY, TODAY + timedelta(days=1))


def test_organisations_are_judged_in_portions_until_none_waits(company: Company) -> None:
    for number in range(5):
        company.organisations.add(organisation(f"org-{number + 3}", time_zone="Asia/Tokyo"))
    rounds = [judge_day(company.ports, no_outage, limit=3).more for _ in range(4)]
    assert rounds == [True, True, False, False]
    assert all(item.judged_on for item in company.organisations.items.values())


def test_an_organisation_that_fails_is_passed_over(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    company.objectives.add(objective("o", organisation_id=OTHER_ORG, cycle_id="theirs"))
    company.cycles.add(cycle("theirs", organisation_id=OTHER_ORG))
    breaks_for(company, ORG, monkeypatch)
    assert judge_day(company.ports, no_outage).objectives == 1
    assert (judged_on(company), judged_on(company, OTHER_ORG)) == (None, TODAY)
    assert ORG in "".join(capsys.readouterr())


def test_organisations_that_all_fail_are_not_tried_without_a_pause(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks_for(company, ORG, monkeypatch)
    assert not judge_day(company.ports, no_outage, limit=1).more


def test_an_outage_is_everybodys_and_ends_the_round(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks_for(company, ORG, monkeypatch)
    with pytest.raises(RuntimeError):
        judge_day(company.ports, lambda error: isinstance(error, RuntimeError))
    assert judged_on(company, OTHER_ORG) is None


class FourTicks(threading.Event):
    """Lets a loop go round three times without waiting, and remembers how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Whether this was the fourth time."""
        self.pauses.append(timeout)
        return len(self.pauses) == 4


class OneLease:
    """A lease that nobody else wants."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def hold(self, name: str, ttl: float) -> str:
        """It is ours."""
        self.done.append(f"held for {ttl:.0f} s")
        return name

    def renew(self, lease: str) -> str:
        """It is ours for longer."""
        self.done.append("renewed")
        return lease

    def release(self, lease: str) -> None:
        """It is free."""
        self.done.append(f"released {lease}")


def test_the_clock_renews_its_lease_between_the_portions_of_a_midnight(company: Company) -> None:
    for number in range(150):
        company.organisations.add(organisation(f"more-{number}"))
    lease, ticks = OneLease(), FourTicks()
    Clock(company.ports, lease, lambda: None, no_outage).run(ticks)
    assert ticks.pauses == [2.0, 0.0, 2.0, 2.0]
    assert lease.done == ["held for 30 s", "renewed", "renewed", "released goals:clock"]
    assert all(item.judged_on == TODAY for item in company.organisations.items.values())
