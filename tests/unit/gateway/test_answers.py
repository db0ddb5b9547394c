"""What becomes of an answer at the end: its tag, 304, and the coding that the client takes."""

from __future__ import annotations

import gzip
import json

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.test import EnvironBuilder

from services.gateway.api.answers import complete
from services.gateway.domain.browser import masked, unmasked
from services.gateway.domain.codings import CODINGS, chosen, coded

BYTES = st.binary(min_size=32, max_size=32)
LONG = json.dumps({"items": [{"title": f"Objective {number}"} for number in range(200)]})


def answered(
    response: Response, path: str = "/api/v1/objectives", method: str = "GET", **headers: str
) -> Response:
    given_headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = Request(EnvironBuilder(path, method=method, headers=given_headers).get_environ())
    return complete(request, response)


def listed(text: str = LONG, **headers: str) -> Response:
    return Response(text, mimetype="application/json", headers=headers)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("*;q=0", None),
        ("br;q=0.2, identity;q=0.8", None),
        ("GZIP ; Q=0.5", "gzip"),
        ("br;q=many", None),
        ("deflate, zstd", None),
    ],
)
def test_the_client_chooses_the_coding(accepted: str, coding: str | None) -> None:
    assert chosen(accepted) == coding


@given(
    shares=st.dictionaries(
        st.sampled_from(["br", "gzip", "*", "identity", "zstd"]), st.sampled_from(["0", "0.3", "0.7", "1"])
    )
)
def test_no_coding_is_chosen_that_the_client_refuses(shares: dict[str, str]) -> None:
    header = ", ".join(f"{name};q={share}" for name, share in shares.items())
    accepted: Accept = parse_accept_header(header)
    coding = chosen(header)
    if coding is not None:
        assert accepted.quality(coding) > 0
    elif "identity" not in shares:
        assert not any(float(shares.get(each, shares.get("*", "0"))) for each in CODINGS)


@given(text=st.binary(max_size=5000), thoroughly=st.booleans())
def test_a_coded_text_is_the_text(text: bytes, *, thoroughly: bool) -> None:
    assert brotli.decompress(coded(text, "br", thoroughly=thoroughly)) == text
    assert gzip.decompress(coded(text, "gzip", thoroughly=thoroughly)) == text


def test_a_long_text_is_compressed_and_says_so() -> None:
    made = answered(listed(), Accept_Encoding="gzip, br")
    assert (made.headers["Content-Encoding"], made.headers["Vary"]) == ("br", "Accept-Encoding")
    assert brotli.decompress(made.get_data()).decode() == LONG
    assert made.headers["Content-Length"] == str(len(made.get_data()))


@pytest.mark.parametrize(
    ("response", "headers"),
    [
        (listed("{}"), {}),
        (Response(b"\x00" * 5000, mimetype="application/octet-stream"), {}),
        (Response(iter(["data: x\n\n"] * 900), mimetype="text/event-stream"), {}),
        (Response(LONG, status=206, mimetype="application/json"), {}),
        (listed(**{"Content-Encoding": "gzip"}), {}),
        (listed(), {"Sec_Fetch_Site": "cross-site"}),
        (listed(), {"Sec_Fetch_Site": "same-site"}),
    ],
    ids=["short", "no text", "events", "a part", "coded already", "another site", "a neighbouring site"],
)
def test_what_is_better_sent_as_it_is_stays_so(response: Response, headers: dict[str, str]) -> None:
    before = response.headers.get("Content-Encoding")
    made = answered(response, "/okrs", Accept_Encoding="br", **headers)
    assert made.headers.get("Content-Encoding") == before


def test_a_tag_tells_revision_and_content_in_every_coding() -> None:
    tags = {answered(listed(ETag='"7"'), Accept_Encoding=each).headers["ETag"] for each in ("", "br", "gzip")}
    (tag,) = tags
    assert tag.startswith('W/"7.')
    assert answered(listed(LONG + " ", ETag='"7"')).headers["ETag"] != tag


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", '"1", {}', "*"])
def test_what_the_client_has_is_not_sent_again(method: str, form: str) -> None:
    tag = answered(listed()).headers["ETag"]
    made = answered(listed(), method=method, If_None_Match=form.format(tag), Accept_Encoding="br")
    assert (made.status_code, made.get_data()) == (304, b"")
    assert made.headers["ETag"] == tag
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(made.headers.keys())


@pytest.mark.parametrize("known", ['"7"', 'W/"7"', '"7.0000"'])
def test_a_revision_alone_does_not_stand_for_the_content(known: str) -> None:
    """Progress, the day and the viewer change an answer without a new revision."""
    assert answered(listed(ETag='"7"'), If_None_Match=known).status_code == 200


def test_a_page_has_no_tag() -> None:
    assert "ETag" not in answered(Response(LONG, mimetype="text/html"), "/okrs").headers


@given(
    token=st.binary(min_size=32, max_size=32), pads=st.sets(st.binary(min_size=32, max_size=32), max_size=3)
)
def test_a_masked_token_is_the_token(token: bytes, pads: set[bytes]) -> None:
    shown = {masked(token.hex(), pad) for pad in pads}
    assert len(shown) == len(pads)
    assert {unmasked(each) for each in shown} <= {token.hex()}
    assert unmasked(token.hex()) == token.hex()


@given(shown=st.text(max_size=130))
def test_whatever_is_shown_as_a_token_can_be_compared(shown: str) -> None:
    assert isinstance(unmasked(shown), str)
