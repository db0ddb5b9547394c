"""Styles, script, fonts and pictures. Their addresses carry a fingerprint: browsers may keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, send_from_directory

blueprint = Blueprint("static_files", __name__)
FOLDER: Final = Path(__file__).parent / "static"
A_YEAR: Final = 365 * 24 * 3600


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """The file."""
    response = send_from_directory(FOLDER, name, conditional=True)
    lasting = "v" in request.args or name.startswith("fonts/")
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if lasting else "no-cache"
    return response
