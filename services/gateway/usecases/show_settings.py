"""The settings page: what is only the viewer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.domain.okr import Asker, MailChoices, Person
from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.ask import ask
from services.gateway.usecases.list_tokens import list_tokens
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.ports import Ports


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """The page."""

    person: Person
    mails: MailChoices
    tokens: Sequence[ApiToken]


def show_settings(services: Services, asker: Asker, ports: Ports) -> SettingsPage:
    """The viewer's profile, choices and tokens, asked for at once."""
    mails = ask(services.notifications.preferences)
    person = services.goals.directory([asker.person_id], fresh=True).person(asker.person_id)
    return SettingsPage(
        person=person or Person(id=asker.person_id, name=""),
        mails=mails.result(),
        tokens=list_tokens(asker.person_id, ports),
    )
