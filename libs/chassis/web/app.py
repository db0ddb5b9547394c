"""The Flask app that every service builds upon.

API, health, metrics, problems, correlation, one log line a request.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import flask
import orjson
import structlog
from flask import Flask, g, request
from flask.json.provider import DefaultJSONProvider
from werkzeug import Request, Response

from libs.chassis import mongo, problems, telemetry
from libs.chassis.settings import CoreSettings
from libs.chassis.web import metrics, openapi
from libs.chassis.web.bodies import BODY_LIMIT, take_body
from libs.chassis.web.health import Pings, readiness

_QUIET: Final = ("/livez", "/readyz", "/metrics")
_log = structlog.get_logger("http")


def create_app(
    service: str,
    core: CoreSettings,
    *,
    api_blueprints: Sequence[openapi.Blueprint],
    pings: Pings,
    title: str,
    problem_page: Callable[[problems.Problem], Any] | None = None,
    import_name: str = "libs.chassis.web",
) -> Flask:
    """An app that answers these blueprints, ``/openapi.json``, ``/livez``, ``/readyz`` and ``/metrics``.

    ``pings`` name what this role cannot work without; each raises when its dependency does not answer.
    ``problem_page`` renders problems outside the API for people. ``import_name`` is where templates are
    looked for.
    """
    app = _App(import_name, static_folder=None)
    app.json = QuickJson(app)
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        MAX_FORM_PARTS=200,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
        CAIRN_ENVIRONMENT=core.environment,
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    app.url_map.merge_slashes = False
    _observe(app, service)
    problems.install(app, problem_page, mongo.unavailable)
    api = openapi.Api(app)
    for blueprint in api_blueprints:
        api.register_blueprint(blueprint)
    openapi.serve_document(app, api)
    _serve_health(app, pings)
    return app


class _App(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: no view and no hook of ours is a coroutine, and Flask would ask each at each request."""
        return func


class QuickJson(DefaultJSONProvider):
    """Writes with orjson. What only Python's own can say, it says."""

    def dumps(self, obj: Any, **options: Any) -> str:
        """The JSON of ``obj``, without spaces and in the order of its keys."""
        try:
            return orjson.dumps(obj, default=self.default).decode()
        except TypeError:
            return super().dumps(obj, **options)


def _serve_health(app: Flask, pings: Pings) -> None:
    def livez() -> Any:
        return {"status": "alive"}

    def readyz() -> Any:
        ready, said = readiness(pings)
        return {"status": "ready" if ready else "unready", "checks": said}, 200 if ready else 503

    def exposed() -> flask.Response:
        text, content_type = metrics.exposition()
        return flask.Response(text, content_type=content_type)

    app.add_url_rule("/livez", view_func=livez)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", endpoint="metrics", view_func=exposed)


def begin_request(request: Request) -> None:
    """What is logged from now on carries the request's correlation id, or one that it is given here."""
    structlog.contextvars.clear_contextvars()
    given = telemetry.sane_correlation_id(request.headers.get(telemetry.CORRELATION_HEADER))
    structlog.contextvars.bind_contextvars(correlation_id=given or telemetry.new_correlation_id())


@dataclass(frozen=True)
class Handled:
    """What became of a request: the rule that it met, who asked, how long it took."""

    service: str
    route: str
    seconds: float
    principal: object = None
    logged_path: str | None = None
    """Instead of the address, where that holds a secret."""


def finish_request(request: Request, response: Response, handled: Handled) -> None:
    """The response says what every one of ours does; the request is counted, and told in one line."""
    headers = response.headers
    headers[telemetry.CORRELATION_HEADER] = telemetry.correlation_id()
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cache-Control", "no-store")
    method = request.method if request.method in _METHODS else "other"
    status = response.status_code
    _series(handled.service, method, handled.route, str(status)).observe(handled.seconds)
    if request.path in _QUIET:
        return
    _log.info(
        "http.request",
        method=method,
        route=handled.route,
        path=handled.logged_path or request.path,
        status=status,
        ms=round(handled.seconds * 1000, 1),
        person=getattr(handled.principal, "person_id", None),
        organisation=getattr(handled.principal, "organisation_id", None),
    )


def end_request() -> None:
    """The thread's next lines are about something else."""
    structlog.contextvars.clear_contextvars()


def _observe(app: Flask, service: str) -> None:
    def begin() -> None:
        begin_request(request)
        g.began = time.perf_counter()
        take_body(request)

    def finish(response: flask.Response) -> flask.Response:
        handled = Handled(
            service=service,
            route=request.url_rule.rule if request.url_rule is not None else "unmatched",
            seconds=time.perf_counter() - g.get("began", time.perf_counter()),
            principal=g.get("principal"),
            logged_path=g.get("logged_path"),
        )
        finish_request(request, response, handled)
        return response

    def end(_error: BaseException | None) -> None:
        end_request()

    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(end)


@functools.cache
def _series(service: str, method: str, route: str, status: str) -> metrics.Series:
    """Looked up once: there are as many as routes times what they answer."""
    return metrics.REQUESTS.labels(service, method, route, status)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
