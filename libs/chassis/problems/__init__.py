"""Everything that can go wrong for a client, as RFC 9457 problems.

    Problem
    ├── BadRequest                400 bad-request
    │   └── MissingIdempotencyKey 400 missing-idempotency-key
    ├── Unauthenticated           401 unauthenticated
    ├── Forbidden                 403 forbidden
    ├── NotFound                  404 not-found
    ├── MethodNotAllowed          405 method-not-allowed
    ├── NotAcceptable             406 not-acceptable
    ├── Conflict                  409 conflict          (services derive their own: cycle-closed, …)
    ├── RequestTimeout            408 request-timeout
    ├── Gone                      410 gone
    ├── PreconditionFailed        412 stale-revision
    ├── PayloadTooLarge           413 payload-too-large
    ├── UriTooLong                414 uri-too-long
    ├── UnsupportedMediaType      415 unsupported-media-type
    │   └── UnsupportedCoding     415 unsupported-content-coding
    ├── ExpectationFailed         417 expectation-failed
    ├── Unprocessable             422 invalid-fields
    ├── PreconditionRequired      428 precondition-required
    ├── TooManyRequests           429 too-many-requests
    ├── HeadersTooLarge           431 headers-too-large
    ├── InternalError             500 internal-error
    ├── NotImplementedHere        501 not-implemented
    ├── BadGateway                502 bad-gateway
    └── Unavailable               503 unavailable       (with Retry-After)

A problem is raised wherever it is noticed; :func:`install` renders it. docs/problems.md documents each slug.
"""

from __future__ import annotations

from libs.chassis.problems.answers import MEDIA_TYPE, from_http_exception, install, problem_of, response_of
from libs.chassis.problems.fields import LISTED_ERRORS, FieldError, field_errors, step
from libs.chassis.problems.kinds import (
    BadGateway,
    BadRequest,
    Conflict,
    ExpectationFailed,
    Forbidden,
    Gone,
    HeadersTooLarge,
    InternalError,
    MethodNotAllowed,
    MissingIdempotencyKey,
    NotAcceptable,
    NotFound,
    NotImplementedHere,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    RequestTimeout,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedCoding,
    UnsupportedMediaType,
    UriTooLong,
    catalogue,
    invalid_fields,
)

__all__ = [
    "LISTED_ERRORS",
    "MEDIA_TYPE",
    "BadGateway",
    "BadRequest",
    "Conflict",
    "ExpectationFailed",
    "FieldError",
    "Forbidden",
    "Gone",
    "HeadersTooLarge",
    "InternalError",
    "MethodNotAllowed",
    "MissingIdempotencyKey",
    "NotAcceptable",
    "NotFound",
    "NotImplementedHere",
    "PayloadTooLarge",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "RequestTimeout",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "Unprocessable",
    "UnsupportedCoding",
    "UnsupportedMediaType",
    "UriTooLong",
    "catalogue",
    "field_errors",
    "from_http_exception",
    "install",
    "invalid_fields",
    "problem_of",
    "response_of",
    "step",
]
