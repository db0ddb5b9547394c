"""The OKRs page in a small and in a large organisation, beside two queries and the same bytes."""

from __future__ import annotations

import re
from typing import Final

import urllib3

from services.gateway.domain.browser import Cookies
from tests.bench import bare, organisation
from tests.bench.accounting import spent
from tests.bench.load import wrk
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import WEBS, Platform
from tests.bench.rounds import Rounds, costs
from tests.bench.table import Report, Row, median, spread

SMALL: Final = Shape(teams=9, personal=19, loose=20, people=50, owners=50, clients=1, measured=True)
LARGE: Final = Shape(teams=499, personal=19, loose=20, people=2_500, owners=2_500, clients=1, measured=True)
BARE: Final = "two queries"
CLIENTS: Final = 8
PATIENCE: Final = 60.0
OBJECTIVES, KEY_RESULTS, EXPANDED = 20, 100, 20
REACH, ALIKE = 0.4, 0.15
_SHOWN: Final = {"objectives": OBJECTIVES, "key-results": EXPANDED}
_COUNTED: Final = f"{OBJECTIVES + EXPANDED} shown, {KEY_RESULTS - EXPANDED} collapsed"


def measure(platform: Platform, options: Options) -> Report:
    """Rounds in turn: bare, the page of the small organisation, the page of the large one."""
    sizes = {
        f"{shape.objectives:,} objectives": organisation.make(platform, shape, "Pages")
        for shape in (SMALL, LARGE)
    }
    platform.start(WEBS)
    pages = {name: _page(platform, made) for name, made in sizes.items()}
    small = next(iter(sizes))
    yardstick = _yardstick(platform, sizes[small], pages[small])
    cookies = {
        BARE: (yardstick, ""),
        **{name: (platform.address, made.cookie) for name, made in sizes.items()},
    }
    found = {name: Rounds() for name in cookies}
    for address, cookie in cookies.values():
        _run(platform, address, cookie, 2, Rounds())
    for _ in range(options.rounds):
        for name, (address, cookie) in cookies.items():
            _run(platform, address, cookie, options.seconds, found[name])
    platform.stop([*WEBS, bare.YARDSTICK])
    return _report(found, {name: len(page) for name, page in pages.items()})


def _run(platform: Platform, address: str, cookie: str, seconds: float, rounds: Rounds) -> None:
    before = platform.cpu()
    name = Cookies(secure=False).session
    load = wrk(f"{address}/okrs", "pages.lua", CLIENTS, seconds, f"{name}={cookie}")
    rounds.add(load, spent(before, platform.cpu()))


def _page(platform: Platform, made: Made) -> bytes:
    """The page, as the signed-in browser gets it.

    Raises:
        RuntimeError: it is not the page that is to be measured.
    """
    cookie = f"{Cookies(secure=False).session}={made.cookie}"
    address, headers = f"{platform.address}/okrs", {"Cookie": cookie}
    answer = urllib3.request("GET", address, headers=headers, redirect=False, timeout=PATIENCE)
    text = answer.data.decode()
    shown = {kind: len(set(re.findall(rf"/{kind}/([0-9a-f-]{{36}})", text))) for kind in _SHOWN}
    if answer.status != 200 or shown != _SHOWN or _COUNTED not in text:
        message = f"/okrs answers {answer.status} and shows {shown} instead of {_SHOWN} with {_COUNTED}"
        raise RuntimeError(message)
    return bytes(answer.data)


def _yardstick(platform: Platform, made: Made, page: bytes) -> str:
    captured = platform.at.folder / "okrs.html"
    captured.write_bytes(page)
    shown = list(dict.fromkeys(re.findall(r"/objectives/([0-9a-f-]{36})", page.decode())))
    environment = {
        "YARDSTICK_ORGANISATION": made.id,
        "YARDSTICK_OBJECTIVES": ",".join(shown),
        "YARDSTICK_PAGE": str(captured),
    }
    return bare.start(platform, "okrs_page", environment)


def _report(found: dict[str, Rounds], sizes: dict[str, int]) -> Report:
    report = Report()
    base = median(found[BARE].rates)
    for name, size in sizes.items():
        rounds = found[name]
        report.rows.append(
            Row(
                f"OKRs pages a second, {OBJECTIVES} of {name} and {EXPANDED} key results shown",
                f"{spread(rounds.rates)}, {rounds.errors} errors, {size / 1024:.0f} KiB",
                f"{spread(found[BARE].rates)}",
                median(rounds.rates) / base,
                f"≥ {REACH}",
            )
        )
    first, second = (median(found[name].rates) for name in sizes)
    names = list(sizes)
    report.rows.append(
        Row(
            f"The same page: {names[1]} against {names[0]}",
            "—",
            "—",
            second / first,
            f"{1 - ALIKE:.2f}–{1 + ALIKE:.2f}",
        )
    )
    report.details.append(costs("CPU ms per page", found))
    report.page = found[names[1]].by_role()
    return report
