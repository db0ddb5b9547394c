"""What every read answers: compressed, tagged, 304 where the client has it, and HEAD like GET."""

from __future__ import annotations

import gzip
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest

from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform
from tests.integration.security.wire import Raw, send

Decoder = Callable[[bytes], bytes]

CODINGS: dict[str, Decoder] = {"br": brotli.decompress, "gzip": gzip.decompress}
JUDGED_AT = re.compile(rb'"at":"[^"]*"')
OF_THE_MOMENT = {"date", "x-correlation-id", "ratelimit-remaining", "ratelimit-reset"}
PAGES = (
    "/",
    "/okrs",
    "/check-in",
    "/settings",
    "/admin",
    "/api/docs",
    "/problems/not-found",
)


@pytest.fixture(scope="module")
def ids(admin: Caller) -> dict[str, str]:
    """One thing of each kind, by the name of its path parameter."""
    today, me = datetime.now(UTC).date(), str(admin.call("GET", "/me").body["id"])
    dates = {"starts_on": str(today - timedelta(days=9)), "ends_on": str(today + timedelta(days=9))}
    cycle = admin.made("/cycles", {"name": f"Cycle {uuid.uuid4().hex[:6]}", **dates})["id"]
    fields: dict[str, Any] = {"name": f"Team {uuid.uuid4().hex[:6]}", "lead_id": me, "member_ids": [me]}
    team = admin.made("/teams", fields)["id"]
    fields = {"title": "Answer quickly", "level": "team", "cycle_id": cycle, "owner_id": me, "team_id": team}
    objective = admin.made("/objectives", fields)["id"]
    fields = {"title": "Hours", "kind": "metric", "unit": "h", "start": 9, "target": 3, "owner_id": me}
    key_result = admin.made(f"/objectives/{objective}/key-results", fields)["id"]
    typed = {"value": 8, "confidence": 7, "note": "Long enough to matter. " * 40}
    path = f"/key-results/{key_result}/check-ins"
    check_in = admin.made(path, typed, Idempotency_Key=uuid.uuid4().hex)["id"]

    def is_settled() -> bool:
        """Whether the check-in has reached what is read here, and nothing follows from it any more."""
        first, *others = [
            [
                admin.call("GET", path).body
                for path in (f"/objectives/{objective}", f"/key-results/{key_result}")
            ]
            for _ in range(20)
        ]
        return first[0]["progress"] is not None and all(other == first for other in others)

    until(is_settled, 30, "the check-in has reached everything")
    return {
        "cycle_id": cycle,
        "team_id": team,
        "person_id": me,
        "objective_id": objective,
        "key_result_id": key_result,
        "check_in_id": check_in,
    }


def operations(platform: Platform, method: str, ids: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of this method whose path can be filled: its address, and its description."""
    document = json.loads(Browser(platform).open("/api/openapi.json").body)
    for path, item in document["paths"].items():
        if method in item:
            asked = path.format_map(defaultdict(lambda: "none-1", ids))
            required = [each for each in item[method].get("parameters", ()) if each.get("required")]
            query = [each["name"] for each in required if each.get("in") == "query"]
            asked += "?" * bool(query) + "&".join(f"{name}={ids[name]}" for name in query)
            yield asked, item[method]


def ask(platform: Platform, method: str, path: str, caller: Caller, **headers: str) -> Raw:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(platform.address, method, path, headers={"Authorization": f"Bearer {caller.token}", **sent})


def lasting(answer: Raw, varying: Collection[str] = ()) -> dict[str, str]:
    """The headers that are the same the next time."""
    return {name: value for name, value in answer.headers.items() if name not in {*OF_THE_MOMENT, *varying}}


def test_every_read_is_tagged_and_answered_once(
    platform: Platform, admin: Caller, ids: dict[str, str]
) -> None:
    compressed = 0
    reads = [path for path, _ in operations(platform, "get", ids)]
    assert len(reads) > 15
    for path in [*reads, "/api/openapi.json"]:
        plain = ask(platform, "GET", path, admin)
        if "none-1" in path:
            assert lasting(ask(platform, "HEAD", path, admin)) == lasting(plain)
            continue
        assert plain.status == 200, (path, plain.body)
        assert plain.headers["vary"] == "Accept-Encoding", path
        for coding, decoded in CODINGS.items():
            found = ask(platform, "GET", path, admin, Accept_Encoding=coding)
            is_coded = found.headers.get("content-encoding") == coding
            assert is_coded == (len(plain.body) > 1024), (path, coding)
            text = decoded(found.body) if is_coded else found.body
            assert JUDGED_AT.sub(b"", text) == JUDGED_AT.sub(b"", plain.body)
            assert found.headers["etag"] == plain.headers["etag"]
            compressed += is_coded
            head = ask(platform, "HEAD", path, admin, Accept_Encoding=coding)
            assert (head.status, head.body) == (200, b"")
            varying = {"content-length"} if JUDGED_AT.search(text) else set()
            assert lasting(head, varying) == lasting(found, varying), (path, coding)
            for method in ("GET", "HEAD"):
                tag = found.headers["etag"]
                known = ask(platform, method, path, admin, If_None_Match=tag, Accept_Encoding=coding)
                assert (known.status, known.body) == (304, b""), (method, path)
                assert (known.headers["etag"], known.headers["vary"]) == (tag, "Accept-Encoding")
                assert "content-type" not in known.headers
            assert ask(platform, "GET", path, admin, If_None_Match='"0"').status == 200, path
    assert compressed >= 4


def test_a_read_that_changed_is_sent_again(platform: Platform, admin: Caller, ids: dict[str, str]) -> None:
    """A check-in changes what a key result reads, without a new revision of it."""
    path = f"/api/v1/key-results/{ids['key_result_id']}"
    before = ask(platform, "GET", path, admin)
    admin.made(
        f"/key-results/{ids['key_result_id']}/check-ins",
        {"value": 5, "confidence": 3},
        Idempotency_Key=uuid.uuid4().hex,
    )
    tag = before.headers["etag"]
    until(lambda: ask(platform, "GET", path, admin, If_None_Match=tag).status == 200, 30, "it is read anew")
    now = ask(platform, "GET", path, admin)
    assert json.loads(now.body)["rev"] == json.loads(before.body)["rev"]
    assert json.loads(now.body) != json.loads(before.body)


def test_every_write_takes_the_tag_of_a_read_in_any_form(
    platform: Platform, admin: Caller, ids: dict[str, str]
) -> None:
    """Its own, that of a compressed answer, weak or strong, with what a proxy adds, and in a list."""
    changed = 0
    for path, described in operations(platform, "patch", ids):
        headers = {each["name"] for each in described.get("parameters", ()) if each.get("in") == "header"}
        if "If-Match" not in headers or "check-ins" in path:
            continue
        for form in ("{tag}", '"{rev}"', 'W/"{rev}"', '"{rev}-gzip"', '"998", {tag}', '"{rev}", "999"', "*"):
            read = ask(platform, "GET", path, admin, Accept_Encoding="br, gzip;q=0.5")
            rev = admin.call("GET", path.removeprefix("/api/v1")).body["rev"]
            body = json.dumps(
                {"name" if "/objectives/" not in path and "/key-results/" not in path else "title": form}
            )
            known = form.format(tag=read.headers["etag"], rev=rev)
            given = {"Content-Type": "application/json", "Authorization": f"Bearer {admin.token}"}
            for match, status in ((f'"{rev + 1}", "x"', 412), (known, 200)):
                answer = send(platform.address, "PATCH", path, body.encode(), given | {"If-Match": match})
                assert answer.status == status, (path, match, answer.body)
            changed += 1
    assert changed >= 5 * 7


def test_every_page_is_compressed_and_no_token_is_the_same_bytes_twice(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"], ADMIN["password"])
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    for path in PAGES:
        plain = send(platform.address, "GET", path, headers=cookie)
        assert (
            plain.headers["vary"].startswith("Accept-Encoding") or "Accept-Encoding" in plain.headers["vary"]
        )
        for coding, decoded in CODINGS.items():

            def same_page(path: str = path, coding: str = coding, decoded: Decoder = decoded) -> Raw | None:
                """Return the compressed page, once nothing has changed on it between two reads."""
                found = send(platform.address, "GET", path, headers=cookie | {"Accept-Encoding": coding})
                assert found.headers.get("content-encoding") == coding, (path, found.status)
                again = send(platform.address, "GET", path, headers=cookie)
                return found if abs(len(decoded(found.body)) - len(again.body)) < 200 else None

            found = until(same_page, 20, f"{path} is the same page, compressed or not")
            assert found is not None
            assert len(found.body) < len(plain.body) / 2, path
            other = cookie | {"Accept-Encoding": coding, "Sec-Fetch-Site": "cross-site"}
            assert "content-encoding" not in send(platform.address, "GET", path, headers=other).headers, path
    shown = set()
    for _ in range(3):
        browser.open("/settings")
        shown.add(browser.csrf())
        assert browser.send("/settings/appearance", {"theme": "dark"}).status == 303
    assert len(shown) == 3
    for token in shown:
        assert browser.send("/settings/appearance", {"theme": "light", "csrf_token": token}).status == 303
    browser.open("/settings")
    wrong = browser.csrf()[::-1]
    assert browser.send("/settings/appearance", {"theme": "light", "csrf_token": wrong}).status != 303


@pytest.mark.parametrize("name", ["cairn.css", "cairn.js", "icons.svg"])
def test_assets_are_compressed_once_and_kept(platform: Platform, name: str) -> None:
    path = f"/static/{name}"
    plain = send(platform.address, "GET", path)
    tags = {plain.headers["etag"]}
    for coding, decoded in CODINGS.items():
        found = send(platform.address, "GET", f"{path}?v=1", headers={"Accept-Encoding": coding})
        assert decoded(found.body) == plain.body
        assert (found.headers["content-encoding"], found.headers["vary"]) == (coding, "Accept-Encoding")
        assert "immutable" in found.headers["cache-control"]
        tags.add(found.headers["etag"])
        known = {"Accept-Encoding": coding, "If-None-Match": found.headers["etag"]}
        again = send(platform.address, "GET", f"{path}?v=1", headers=known)
        assert (again.status, again.headers["vary"], again.body) == (304, "Accept-Encoding", b"")
        head = send(platform.address, "HEAD", f"{path}?v=1", headers={"Accept-Encoding": coding})
        assert lasting(head) == lasting(found)
    assert len(tags) == 3, "each variant has a tag of its own"
    part = send(platform.address, "GET", path, headers={"Accept-Encoding": "br", "Range": "bytes=0-9"})
    assert (part.status, part.body) == (206, plain.body[:10])
    font = send(
        platform.address,
        "GET",
        "/static/fonts/instrument-sans-latin.woff2",
        headers={"Accept-Encoding": "br"},
    )
    assert "content-encoding" not in font.headers
