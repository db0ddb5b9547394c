"""The weakest link is named to those who may open it, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from libs.chassis.mongo import now
from services.goals.domain.key_result import Standing
from services.goals.storage.opening import ports_on
from services.goals.usecases.ports import Applied
from tests.integration.goals.conftest import Caller, Company


@pytest.fixture
def ids(company: Company) -> dict[str, str]:
    """A public objective with a strong key result, above a private one of Max's with a weak one."""
    max_ = company.hire("Max")
    cycle_id = company.cycle()
    top = company.objective(cycle_id, "Top")
    parent = {"kind": "objective", "id": top}
    private = company.objective(
        cycle_id, "Max's", level="person", owner_id=max_.person_id, visibility="private", parent=parent
    )
    ids = {"cycle": cycle_id, "top": top, "private": private, "max": max_.person_id}
    ids |= {"strong": company.key_result(top), "weak": company.key_result(private)}
    for name, above, progress in (("strong", top, 0.9), ("weak", private, 0.1)):
        standing = Standing(
            seq=1,
            at=now(),
            current=progress * 100,
            raw_progress=progress,
            progress=progress,
            expected=0.5,
            status="on_track",
            confidence=8,
            as_of=now(),
        )
        applied = Applied(company.organisation_id, ids[name], above, standing)
        assert ports_on(company.database).key_results.apply([applied]) == 1
    company.settle()
    return ids


def everything_said_of(top: str, cycle_id: str, caller: Caller) -> list[dict[str, Any]]:
    """The objective as each answer of the API shows it."""
    shown = [caller.get(f"/objectives/{top}")]
    for path in (
        f"/objectives?cycle_id={cycle_id}",
        f"/tree?cycle_id={cycle_id}",
        f"/tree?cycle_id={cycle_id}&root={top}",
        f"/tree?cycle_id={cycle_id}&status=on_track",
    ):
        shown += [item for item in caller.get(path)["items"] if item["id"] == top]
    assert len(shown) == 5
    return shown


def test_a_weakest_that_one_may_not_see_is_not_named_in_any_answer(
    company: Company, ids: dict[str, str]
) -> None:
    """Who may see it asks before and after: what is kept of a row for one must not reach another."""
    named = {"key_result_id": ids["weak"], "progress": 0.1}
    eve, max_ = company.hire("Eve"), company.caller(ids["max"], "member")
    for caller, weakest in ((company.admin, named), (eve, None), (max_, named), (eve, None)):
        for shown in everything_said_of(ids["top"], ids["cycle"], caller):
            assert (shown["weakest"] or {}).items() >= (weakest or {}).items()
            assert (ids["weak"] in str(shown)) == (weakest is not None)


def test_a_change_answers_without_the_weakest_that_its_author_may_not_see(
    company: Company, ids: dict[str, str]
) -> None:
    lena = company.hire("Lena", "leader")
    assert lena.patch(f"/objectives/{ids['top']}", {"title": "New"})["weakest"] is None
    above = company.objective(ids["cycle"], "Above all")
    company.admin.patch(f"/objectives/{ids['top']}", {"parent": {"kind": "objective", "id": above}})
    company.settle()
    (child,) = lena.get(f"/objectives/{above}")["children"]
    assert child["weakest"] is None
    (child,) = lena.get(f"/objectives/{above}/children")["items"]
    assert child["weakest"] is None
