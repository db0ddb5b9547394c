"""Forms that our script sends, so that a failing connection never takes the form away.

Where a form leads on to another page, the script is told the address: a fetch would follow a redirect unseen,
and what the next page says once, such as a toast with an undo, would be used up.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

ASKS: Final = "X-Cairn-Form"
LOCATION: Final = "X-Cairn-Location"


def install(app: Flask) -> None:
    """Tell our script in a header where its forms lead."""
    app.after_request(name_the_next_page)


def is_by_script() -> bool:
    """Whether our script sent this request."""
    return ASKS in request.headers


def name_the_next_page(response: Response) -> Response:
    """Put the address of a redirect into `X-Cairn-Location`, where our script asks."""
    leads_on = HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST
    if is_by_script() and leads_on and "Location" in response.headers:
        response.headers[LOCATION] = response.headers.pop("Location")
        response.status_code = HTTPStatus.NO_CONTENT
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response
