"""flask-smorest without its traps.

Problems instead of its errors, strict parsing, one complete OpenAPI document.
"""

from __future__ import annotations

import http
import json
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import wraps
from typing import Any, Final, NoReturn, TypeVar

import flask
import flask_smorest
import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from flask.views import MethodView
from flask_smorest.utils import prepare_response
from webargs import core
from webargs.flaskparser import FlaskParser

from libs.chassis import problems
from libs.chassis.web.conversation import for_each_revision

View = TypeVar("View", bound=Callable[..., Any])
_METHODS: Final = ("get", "put", "post", "patch", "delete", "head", "options")
_ALWAYS: Final = (401, 403, 429, 503)
_WITH_BODY: Final = (400, 413, 415, 422)
_ONCE: Final = "Give this once; it comes several times."


class StrictParser(FlaskParser):
    """Reads JSON bodies and query strings.

    What it cannot read or does not know is the client's to correct.
    """

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | dict.fromkeys(
        ("query", "querystring"), ma.RAISE
    )

    def _raw_load_json(self, req: flask.Request) -> Any:
        raw = req.get_data(cache=True)
        if not raw:
            msg = "A JSON body is needed."
            raise problems.BadRequest(msg)
        if not core.is_json(req.mimetype):
            msg = "Send JSON, with Content-Type: application/json."
            raise problems.UnsupportedMediaType(msg)
        try:
            return json.loads(raw, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            where = (
                f" at line {error.lineno}, column {error.colno}"
                if isinstance(error, json.JSONDecodeError)
                else ""
            )
            msg = f"The body is not valid JSON{where}."
            raise problems.BadRequest(msg) from error

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:
        """Return the query for ``schema``.

        Raises:
            Unprocessable: a parameter that takes one value comes more than once.
        """
        proxy = super().load_querystring(req, schema)
        repeated = [
            name
            for name, values in req.args.lists()
            if len(values) > 1 and name not in proxy.multiple_keys and _takes(schema, name)
        ]
        if repeated:
            raise problems.invalid_fields([problems.FieldError(f"?{name}", _ONCE) for name in repeated])
        return proxy

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Name the wrong fields in one problem."""
        raise problems.invalid_fields(problems.field_errors(error.messages)) from error


def _takes(schema: ma.Schema, name: str) -> bool:
    return any(name == (field.data_key or key) for key, field in schema.fields.items())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the JSON object; of two values for one name, neither may win in silence."""
    made = dict(pairs)
    if len(made) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = [name for name, count in counted.items() if count > 1]
        raise problems.invalid_fields([problems.FieldError(problems.step(name), _ONCE) for name in twice])
    return made


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """A blueprint whose arguments are read strictly and whose operations have ids of their own.

    An operation's id is the name of its function; of a method view, the method and the name of the class.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **options: Any) -> None:
        """As for :class:`flask_smorest.Blueprint`."""
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(self._prepare_request_headers_doc)

    # The package carries no types; a view keeps its own through these.

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """The view answers at ``rule``."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """The view is given what the schema reads from ``location`` (the JSON body by default)."""
        made = schema() if isinstance(schema, type) else schema  # once, not for each request
        decorate: Callable[[View], View] = super().arguments(made, **options)
        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """What the view returns is written by the schema."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def request_header(self, parameter: Mapping[str, Any]) -> Callable[[View], View]:
        """Documents a header that the view reads, such as ``IDEMPOTENCY_KEY`` or ``IF_MATCH``."""

        def decorate(view: View) -> View:
            called: Callable[..., Any] = for_each_revision(view) if parameter["name"] == "If-Match" else view

            @wraps(view)
            def wrapper(*args: Any, **options: Any) -> Any:
                return called(*args, **options)

            documented = deepcopy(getattr(wrapper, "_apidoc", {}))
            documented.setdefault("request_headers", []).append(dict(parameter))
            wrapper._apidoc = documented  # type: ignore[attr-defined]  # noqa: SLF001  # where smorest looks
            return wrapper  # type: ignore[return-value]

        return decorate

    @staticmethod
    def _prepare_request_headers_doc(
        doc: dict[str, Any], doc_info: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        headers = doc_info.get("request_headers", [])
        if headers:
            doc.setdefault("parameters", []).extend(headers)
        return doc

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        is_class = isinstance(obj, type) and issubclass(obj, MethodView)
        for method, documented in self._docs[endpoint].items():
            if method in _METHODS:
                name = f"{method}_{obj.__name__}" if is_class else obj.__name__
                documented.setdefault("manual_doc", {}).setdefault("operationId", name)


class ProblemErrorSchema(ma.Schema):
    """One wrong field."""

    pointer = ma.fields.String(
        required=True, metadata={"description": "`/title` in the body, `?limit` in the query"}
    )
    message = ma.fields.String(required=True, metadata={"description": "what is wrong and what to do"})


class ProblemSchema(ma.Schema):
    """An error, as RFC 9457 has it."""

    class Meta:
        """A problem may have members of its own."""

        unknown = ma.INCLUDE

    type = ma.fields.String(required=True, metadata={"format": "uri-reference"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    instance = ma.fields.String(required=True)
    correlation_id = ma.fields.String()
    errors = ma.fields.List(ma.fields.Nested(ProblemErrorSchema))
    made = ma.fields.String(metadata={"description": "what an earlier request with the same key made"})
    more_errors = ma.fields.Integer(metadata={"description": "how many errors are not listed"})


def schema_name(schema: Any) -> str:
    """The name of a schema in the document; one that is used in part has a name of its own."""
    instance = schema() if isinstance(schema, type) else schema
    name = type(instance).__name__.removesuffix("Schema")
    if instance.partial:
        name += "Changes"
    chosen = sorted(instance.only or ()) or [f"not_{field}" for field in sorted(instance.exclude or ())]
    return "_".join([name, *chosen])


class Api(flask_smorest.Api):  # type: ignore[misc]  # the same
    """flask-smorest's Api with problems as its documented errors and nobody else's error handler."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: flask.Flask) -> None:
        super().__init__(
            app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)}
        )

    def _register_error_handlers(self) -> None:
        """Errors are rendered by :func:`problems.install`; smorest's handler drops Allow and Retry-After."""

    def _register_doc_blueprint(self) -> None:
        """The document is served by :func:`serve_document`, completed."""

    def _register_etag_headers(self) -> None:
        """Revisions are documented by the views that read them."""

    def _register_pagination_header(self) -> None:
        """Pages are in the body."""

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= http.HTTPStatus.BAD_REQUEST:
                response["schema"] = ProblemSchema
            prepare_response(response, self.spec, problems.MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)
        response = {"description": "Any other error, as a problem", "schema": ProblemSchema}
        prepare_response(response, self.spec, problems.MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what every operation shares: who may call, and the problems that may answer.

    Raises:
        ValueError: two operations have the same id.
    """
    document = deepcopy(document)
    components = document.setdefault("components", {})
    components.setdefault("securitySchemes", {})["bearer"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal API token, made in Settings.",
    }
    document["security"] = [{"bearer": []}]
    shared = components.setdefault("responses", {})
    ids: Counter[str] = Counter()
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                ids[item[method].get("operationId", f"{method} {path}")] += 1
                for status in _answers(path, item, item[method]):
                    _document_problem(item[method], shared, status)
    twice = [name for name, count in ids.items() if count > 1]
    if twice:
        msg = f"operation ids are not unique: {', '.join(sorted(twice))}; rename the functions"
        raise ValueError(msg)
    return document


def _answers(path: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> list[int]:
    statuses = list(_ALWAYS)
    if "{" in path:
        statuses.append(404)
    if "requestBody" in operation:
        statuses.extend(_WITH_BODY)
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    if any(parameter.get("in") == "query" for parameter in parameters):
        statuses.extend((400, 422))
    headers = {parameter.get("name") for parameter in parameters if parameter.get("in") == "header"}
    if "Idempotency-Key" in headers:
        statuses.extend((400, 409))
    if "If-Match" in headers:
        statuses.extend((412, 428))
    return statuses


def _document_problem(operation: dict[str, Any], shared: dict[str, Any], status: int) -> None:
    name = http.HTTPStatus(status).name
    shared.setdefault(
        name,
        {
            "description": http.HTTPStatus(status).phrase,
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    )
    operation.setdefault("responses", {}).setdefault(str(status), {"$ref": f"#/components/responses/{name}"})


def serve_document(app: flask.Flask, api: Api) -> None:
    """``GET /openapi.json`` answers the complete document."""
    text = json.dumps(complete(api.spec.to_dict()))

    def openapi_document() -> flask.Response:
        return flask.Response(text, mimetype="application/json")

    app.add_url_rule("/openapi.json", view_func=openapi_document)
