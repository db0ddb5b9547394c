"""What the measured costs mean for companies of three sizes.

Assumptions, said in `docs/performance.md` too: a check-in a week from everybody, four in five of them within
one hour; for each check-in one page like the OKRs page; processors two thirds busy at the peak; a document on
disk with its indexes, the journal's and the replication log's share takes as much as its plain bytes, on each
of three members.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

from tests.bench.table import markdown_table, number

EMPLOYEES: Final = (100, 10_000, 1_000_000)
WITHIN_THE_HOUR, HOUR = 0.8, 3600.0
BUSY: Final = 2 / 3
WEEKS: Final = 52
GB: Final = 1e9
PAGE_ROLES: Final = ("gateway-web", "goals-web", "checkins-web", "mongo")


def sized(check_in: Mapping[str, float], page: Mapping[str, float], stored: float) -> str:
    """Rates, cores by role, and data, by number of employees (Markdown).

    ``check_in`` and ``page`` are CPU milliseconds by role, ``stored`` is bytes a check-in.
    """
    rates = [employees * WITHIN_THE_HOUR / HOUR for employees in EMPLOYEES]
    roles = [name for name in check_in if name not in {"client", "yardstick", "sink"}]
    rows = [["Check-ins a second at the peak", *(f"{rate:,.2f}" for rate in rates)]]
    total = [0.0] * len(rates)
    for role in roles:
        each = check_in[role] + (page.get(role, 0.0) if role in PAGE_ROLES else 0.0)
        cores = [rate * each / 1000 / BUSY for rate in rates]
        total = [before + more for before, more in zip(total, cores, strict=True)]
        rows.append([f"{role}: cores", *(f"{core:.2f}" for core in cores)])
    rows.append(["**All: cores at the peak**", *(f"**{max(1, ceil(cores))}**" for cores in total)])
    yearly = [employees * WEEKS * stored / GB for employees in EMPLOYEES]
    rows.append(["Plain data a year, GB", *(number(each) for each in yearly)])
    return markdown_table(["", *(f"{employees:,} employees" for employees in EMPLOYEES)], rows)
