"""Logs: one form, one correlation id, no secret."""

import json
import logging
from typing import Any

import pytest

from libs.chassis import telemetry


@pytest.fixture(autouse=True)
def untouched_logging() -> Any:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before[0], before[1]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_what_happened_when_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "info")
    telemetry.logger("x").info("outbox.published", count=3)
    (line,) = lines(capsys)
    assert (
        line.items() >= {"event": "outbox.published", "count": 3, "level": "info", "service": "goals"}.items()
    )
    assert line["timestamp"].endswith("Z")


def test_libraries_speak_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "info")
    with telemetry.bind_correlation("request-0001"):
        logging.getLogger("gunicorn.error").warning("worker %s is gone", 4)
    (line,) = lines(capsys)
    assert line["event"] == "worker 4 is gone"
    assert line["correlation_id"] == "request-0001"


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "warning")
    telemetry.logger().info("quiet")
    logging.getLogger("x").info("quiet")
    assert lines(capsys) == []


def test_an_exception_is_told_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "info")
    telemetry.logger().error("it.failed", exc_info=ValueError("two\nlines"))
    (line,) = lines(capsys)
    assert "ValueError: two" in line["exception"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_exception_is_told_without_the_values_that_were_at_hand(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def verify(password: str) -> None:
        raise ValueError(len(password))

    telemetry.configure("gateway", form, "info")
    try:
        verify("nine quiet " + "stones")
    except ValueError:
        telemetry.logger().exception("it.failed")
    told = capsys.readouterr().err
    assert "ValueError: 17" in told
    assert "nine quiet stones" not in told


@pytest.mark.parametrize("key", ["password", "Api_Token", "client_secret", "Authorization", "set-cookie"])
def test_secrets_are_scrubbed_by_the_name_of_their_key_at_any_depth(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.configure("goals", "json", "info")
    telemetry.logger().info("signed.in", **{key: "hunter2"}, inner={"list": [{key: "hunter2"}]})
    assert "hunter2" not in capsys.readouterr().err


def test_passwords_inside_addresses_are_scrubbed(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "info")
    telemetry.logger().info(
        "bus.unreachable", error="amqp://cairn:hunter2@bus:5672/ refused", urls=["x://a:hunter2@b"]
    )
    logging.getLogger("x").warning("mongodb://cairn:hunter2@db/")
    printed = capsys.readouterr().err
    assert "hunter2" not in printed
    assert "bus:5672" in printed


@pytest.mark.parametrize("odd", ["\ud800", 2**70, {1: "a number as key"}, {"a", "b"}])
def test_whatever_is_told_makes_a_line(odd: object, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "json", "info")
    telemetry.logger().info("seen", what=odd)
    (line,) = lines(capsys)
    assert "what" in line


def test_people_get_a_console_line(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("goals", "console", "info")
    telemetry.logger().info("outbox.published", count=3)
    assert "outbox.published" in capsys.readouterr().err


def test_within_the_block_the_id_is_bound_and_afterwards_the_one_before() -> None:
    with telemetry.bind_correlation("outer-0001"):
        with telemetry.bind_correlation("inner-0001") as bound:
            assert telemetry.correlation_id() == bound == "inner-0001"
        assert telemetry.correlation_id() == "outer-0001"


@pytest.mark.parametrize("unsafe", [None, "", "short", "a" * 65, "new\nline-01", "späßchen", "<script>alert"])
def test_an_unsafe_or_missing_id_is_replaced(unsafe: str | None) -> None:
    with telemetry.bind_correlation(unsafe) as bound:
        assert bound != unsafe
        assert telemetry.sane_correlation_id(bound) == bound


def test_without_a_bound_id_each_gets_a_fresh_one() -> None:
    assert telemetry.correlation_id() != telemetry.correlation_id()
