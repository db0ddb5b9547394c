"""Logs that people and machines can read, and one correlation id from request to event to mail."""

from __future__ import annotations

import functools
import json
import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import orjson
import structlog
from uuid_utils.compat import uuid7

CORRELATION_HEADER: Final = "X-Correlation-Id"
_SANE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_SECRET: Final = re.compile(r"password|token|secret|authorization|cookie", re.IGNORECASE)
_URL_CREDENTIALS: Final = re.compile(r"(\w+://[^:/@\s]+):[^@/\s]+@")
_SCRUBBED: Final = "[scrubbed]"

logger = structlog.get_logger


def configure(service: str, log_format: str, log_level: str) -> None:
    """Every log line of this process, the libraries' own included, has one form and goes to standard error.

    ``log_format`` is console or json; ``log_level`` debug, info, warning or error.
    """
    shared, renderer = _shared(service), _renderer(log_format)
    # Our own lines go straight to the stream: the way through the standard library's logging costs a request
    # as much as its validation does.
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(log_level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(service, log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log_level.upper())
    # pika reports each failed attempt three times over, with tracebacks; the bus says it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    # These say at debug what they were given, secrets in addresses and settings among it.
    for talkative in ("pymongo", "svcs", "urllib3"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def formatter(service: str, log_format: str) -> logging.Formatter:
    """Return what gives the lines of the standard library's logging the form of ours."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared(service)],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer(log_format)],
    )


def _shared(service: str) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _say_service(service),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        scrub,
    ]


def _renderer(log_format: str) -> list[Any]:
    if log_format == "console":
        # Not the richer one: it prints local variables, which hold passwords and keys.
        plain = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [plain]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json_line)]


def _json_line(event: MutableMapping[str, Any], **_options: Any) -> str:
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a lone surrogate or a huge number, which the quick one cannot say
        return json.dumps(event, default=str)


def _say_service(service: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    return add


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line without secrets: by the name of the key at any depth, and passwords inside addresses."""
    for key, value in event.items():
        event[key] = _scrubbed(key, value)
    return event


@functools.lru_cache(maxsize=512)
def _names_a_secret(key: str) -> bool:
    return _SECRET.search(key) is not None


def _scrubbed(key: object, value: Any) -> Any:
    if isinstance(key, str) and _names_a_secret(key):
        return _SCRUBBED
    if isinstance(value, str) and "://" in value:
        return _URL_CREDENTIALS.sub(rf"\1:{_SCRUBBED}@", value)
    if isinstance(value, dict):
        return {inner: _scrubbed(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(None, item) for item in value]
    return value


def new_correlation_id() -> str:
    """An id that no other request has."""
    return str(uuid7())


def sane_correlation_id(candidate: str | None) -> str | None:
    """The candidate if it may stand in logs and headers: 8 to 64 letters, digits, dots, dashes; else None."""
    return candidate if candidate is not None and _SANE_ID.fullmatch(candidate) else None


def correlation_id() -> str:
    """The id bound to what is being done now; a fresh one where nothing is bound."""
    bound = structlog.contextvars.get_contextvars().get("correlation_id")
    return bound if isinstance(bound, str) else new_correlation_id()


@contextmanager
def bind_correlation(candidate: str | None) -> Iterator[str]:
    """Within the block, logs and events carry this id; a missing or unsafe one is replaced."""
    bound = sane_correlation_id(candidate) or new_correlation_id()
    with structlog.contextvars.bound_contextvars(correlation_id=bound):
        yield bound
