"""The notifier service, acting for one viewer."""

from __future__ import annotations

from collections.abc import Mapping

from libs.chassis.auth import Principal
from services.gateway.clients import wire
from services.gateway.clients.upstream import Upstream, if_match, segment
from services.gateway.domain import okr

LOG_PAGE = 25


class NotifierClient:
    """Mails over HTTP: what one wants of them, and what was sent. Implements the port ``Notifications``."""

    def __init__(self, upstream: Upstream, principal: Principal) -> None:
        """Acts for this principal."""
        self._upstream = upstream
        self._principal = principal

    def preferences(self) -> okr.MailChoices:
        """Every kind of mail that one may choose about, and the choice."""
        return wire.mail_choices(self._upstream.get(self._principal, "/api/v1/me/notifications"))

    def change_preferences(self, preferences: Mapping[str, str], rev: int | None = None) -> None:
        """These kinds are sent so from now on, if nobody chose since ``rev``; null takes the newest."""
        path = "/api/v1/me/notifications"
        self._upstream.ask(self._principal, "PUT", path, body=dict(preferences), headers=if_match(rev))

    def mail_log(self, cursor: str | None = None) -> okr.Page[okr.Mail]:
        """A page of the organisation's mails, newest first. Admins only."""
        body = self._upstream.get(self._principal, "/api/v1/mail-log", limit=LOG_PAGE, cursor=cursor)
        return okr.Page(items=tuple(wire.mail(item) for item in body["items"]), next=body.get("next"))

    def mail(self, mail_id: str) -> okr.Mail:
        """One mail with its rendered bodies. Admins only."""
        return wire.mail(self._upstream.get(self._principal, f"/api/v1/mail-log/{segment(mail_id)}"))
