"""What ties a browser to us: its cookies, and the token that its forms must show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.gateway.domain.secrets import digest, signature

PAD_BYTES: Final = 32
_MASKED: Final = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True)
class Cookies:
    """The names of our cookies. ``__Host-`` binds a cookie to this very host, which needs https."""

    secure: bool

    @property
    def session(self) -> str:
        """The cookie of a signed-in browser."""
        return self._name("cairn_session")

    @property
    def visit(self) -> str:
        """The cookie of a browser that is not signed in, for its forms."""
        return self._name("cairn_visit")

    @property
    def device(self) -> str:
        """The cookie that tells whose browser this was."""
        return self._name("cairn_device")

    @property
    def flashes(self) -> str:
        """The signed cookie that carries a sentence from one page to the next."""
        return self._name("cairn_flashes")

    def _name(self, plain: str) -> str:
        return f"__Host-{plain}" if self.secure else plain


def form_token(key: str, cookie: str) -> str:
    """What a form must show so that we know that our own page sent it, in the browser with this cookie."""
    return signature(key, "csrf", digest(cookie))


def is_foreign(fetch_site: str | None) -> bool:
    """Whether the browser says (header Sec-Fetch-Site) that another site's page sent the request."""
    return fetch_site is not None and fetch_site != "same-origin"


def masked(token: str, pad: bytes) -> str:
    """Return the token as a page shows it: no two show the same bytes, so none can be measured (BREACH)."""
    return pad.hex() + _crossed(bytes.fromhex(token), pad).hex()


def unmasked(shown: str) -> str:
    """Return the token that a page showed so; anything else as it is.

    A token that is not masked counts too: pages of the version before show it, and scripts may compute it.
    """
    if not _MASKED.fullmatch(shown):
        return shown
    half = len(shown) // 2
    return _crossed(bytes.fromhex(shown[:half]), bytes.fromhex(shown[half:])).hex()


def _crossed(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
