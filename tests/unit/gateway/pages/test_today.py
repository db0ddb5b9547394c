"""What Today shows."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.gateway.pages.conftest import Browser

As = Callable[[str], Browser]


def test_the_first_owed_check_in_is_open_and_the_next_opens_after_it(as_person: As) -> None:
    jun = as_person("jun")
    page = jun.open("/").get_data(as_text=True)
    assert "Three check-ins, about a minute" in page
    assert page.count('class="ci open"') == 1
