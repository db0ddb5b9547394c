"""Styles, script, fonts and pictures. Their addresses carry a fingerprint: browsers may keep them.

Texts are compressed once in each process, as far as it goes, at their first use.
"""

from __future__ import annotations

import functools
import hashlib
import mimetypes
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.security import safe_join

from services.gateway.domain.codings import LEAST, Coding, chosen, coded, is_text

blueprint = Blueprint("static_files", __name__)
FOLDER: Final = Path(__file__).parent / "static"
A_YEAR: Final = 365 * 24 * 3600


@blueprint.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """Answer with the file, compressed where the client takes it so."""
    response = _compressed(name) or send_from_directory(FOLDER, name, conditional=True)
    if is_text(mimetypes.guess_type(name)[0] or ""):
        response.vary.add("Accept-Encoding")
    lasting = "v" in request.args or name.startswith("fonts/")
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if lasting else "no-cache"
    return response


def _compressed(name: str) -> Response | None:
    """Return the answer with the compressed file; None where it is sent as it is, a range of it for one."""
    coding = chosen(request.headers.get("Accept-Encoding", ""))
    kind = mimetypes.guess_type(name)[0] or ""
    path = safe_join(str(FOLDER), name)
    if coding is None or path is None or not is_text(kind) or "Range" in request.headers:
        return None
    try:
        found = Path(path).stat()
        if found.st_size <= LEAST:
            return None
        body, tag = _variant(path, found.st_mtime_ns, coding)
    except OSError:
        return None
    response = Response(body, mimetype=kind)
    response.headers["Content-Encoding"] = coding
    response.last_modified = found.st_mtime  # type: ignore[assignment]  # a number of seconds will do
    response.set_etag(f"{tag}-{coding}")
    response.make_conditional(request)
    return response


@functools.lru_cache(maxsize=64)
def _variant(path: str, _changed: int, coding: Coding) -> tuple[bytes, str]:
    text = Path(path).read_bytes()
    return coded(text, coding, thoroughly=True), hashlib.sha256(text).hexdigest()[:16]
