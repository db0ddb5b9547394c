"""Cursors that somebody made by hand."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest

from libs.chassis import problems
from libs.chassis.web import decode_cursor


@pytest.mark.parametrize(
    "forged", [[None], ["0001-01-01T00:00:00+23:59"], ["9999-12-31T23:59:59-23:59"], ["2031-11-18"], [1]]
)
def test_a_moment_that_no_database_holds_is_refused_as_a_cursor(forged: list[Any]) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    with pytest.raises(problems.BadRequest):
        decode_cursor(cursor, datetime)
