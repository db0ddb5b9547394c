"""Content codings: which one a client takes, and text in it."""

from __future__ import annotations

import zlib
from typing import Final, Literal

import brotli

Coding = Literal["br", "gzip"]
CODINGS: Final[tuple[Coding, ...]] = ("br", "gzip")
"""Best first."""
LEAST: Final = 1024
"""Shorter texts are not worth it."""
_TEXTS: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/problem+json",
        "application/xml",
        "image/svg+xml",
    }
)
_GZIP: Final = 16 + zlib.MAX_WBITS
# While somebody waits, and once for a file that is kept.
_QUICK: Final = {"br": 5, "gzip": 5}
_THOROUGH: Final = {"br": 11, "gzip": 9}


def is_text(content_type: str) -> bool:
    """Whether this media type gets smaller; a stream of events has to arrive at once instead."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind != "text/event-stream" and (kind.startswith("text/") or kind in _TEXTS)


def chosen(accepted: str) -> Coding | None:
    """Return which of our codings the client likes most, by its ``Accept-Encoding``; None for none."""
    shares: dict[str, float] = {}
    for item in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        shares[name] = _share(parameters)
    likes = {coding: shares.get(coding, shares.get("*", 0.0)) for coding in CODINGS}
    best = max(CODINGS, key=lambda coding: likes[coding])  # of equals the first
    return best if likes[best] > 0 and likes[best] >= shares.get("identity", 0.0) else None


def _share(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0


def coded(text: bytes, coding: Coding, *, thoroughly: bool = False) -> bytes:
    """Return the text in this coding; ``thoroughly`` for what is kept."""
    quality = (_THOROUGH if thoroughly else _QUICK)[coding]
    if coding == "br":
        return bytes(brotli.compress(text, mode=brotli.MODE_TEXT, quality=quality))
    packer = zlib.compressobj(quality, zlib.DEFLATED, _GZIP)
    return packer.compress(text) + packer.flush()
