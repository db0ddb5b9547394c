"""Addresses of pages: what goes in comes out again."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web.links import here, link, redirect
from services.gateway.web.viewer import sign_in_address

APP = Flask("links")
TEXT = st.text(min_size=1, max_size=60)


@APP.get("/led")
def led() -> str:
    """What arrived at the end of a redirect."""
    return request.args["value"]


@APP.get("/leading")
def leading() -> ResponseReturnValue:
    """Lead on with what was sent."""
    return redirect(link("/led", query={"value": request.args["value"]}))


@APP.get("/deep/<name>")
def deep(name: str) -> list[str]:
    """Tell the page's own address and what came with it."""
    return [here(), name, request.args.get("value", "")]


@given(TEXT)
def test_any_query_value_survives_a_redirect(value: str) -> None:
    with APP.test_client() as browser:
        answer = browser.get("/leading", query_string={"value": value}, follow_redirects=True)
    assert answer.get_data(as_text=True) == value


@given(st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), TEXT, max_size=4), TEXT, TEXT)
def test_a_link_says_again_what_was_put_in(query: dict[str, str], name: str, fragment: str) -> None:
    parts = urlsplit(link("/objectives/{}/follow", name, query=query, fragment=fragment))
    assert parse_qs(parts.query, strict_parsing=bool(query)) == {key: [value] for key, value in query.items()}
    assert unquote(parts.path.split("/")[2]) == name
    assert unquote(parts.fragment) == fragment


@given(TEXT.filter(lambda name: "/" not in name and name not in {".", ".."}), TEXT)
def test_a_page_leads_back_to_itself_after_signing_in(name: str, value: str) -> None:
    with APP.test_client() as browser:
        told, first, second = browser.get(link("/deep/{}", name, query={"value": value})).get_json()
        again = browser.get(parse_qs(urlsplit(sign_in_address(told)).query)["next"][0])
        assert again.get_json() == [told, first, second] == [told, name, value]


@pytest.mark.parametrize(
    ("shape", "query", "address"),
    [
        ("/sign-in", {"email": "ada+okr@example.org"}, "/sign-in?email=ada%2Bokr%40example.org"),
        (
            "/okrs",
            {"cycle": "c-1", "status": "behind,stale", "team": None},
            "/okrs?cycle=c-1&status=behind,stale",
        ),
        ("/okrs", {"cycle": ""}, "/okrs"),
        ("/objectives/new", {"parent": "objective:o-1"}, "/objectives/new?parent=objective:o-1"),
    ],
)
def test_a_link_stays_readable(shape: str, query: dict[str, str | None], address: str) -> None:
    assert link(shape, query=query) == address
