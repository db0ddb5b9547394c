"""`goals` says that a person was invited, changed or disabled; the account follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from libs.chassis import telemetry
from libs.contracts.gateway import AccountInvited
from libs.contracts.goals import PersonChanged
from libs.language.addresses import address_key
from services.gateway.domain import audit
from services.gateway.domain.accounts import (
    ACTIVE,
    DISABLED,
    INVITATION_LASTS,
    INVITED,
    Account,
    Link,
    shut_out,
)
from services.gateway.domain.errors import EmailTaken
from services.gateway.domain.secrets import digest, new_secret
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Announcement, Origin, Ports

_log = telemetry.logger("accounts")
FROM_GOALS = Origin(address="", agent="goals.person.changed")


@dataclass(frozen=True, kw_only=True)
class PersonNews:
    """What was said, of which organisation, and its number among all that was said of the person."""

    organisation_id: str
    seq: int
    person: PersonChanged


def follow_person(news: PersonNews, ports: Ports) -> bool:
    """The account says what the person's newest event says; False when that was older than what we know.

    Someone newly invited (or invited again) gets a link; the event that mails it stands in the same write.
    Someone disabled is signed out everywhere at once.

    Raises:
        EmailTaken: another person signs in with the address. All but the address is followed; the same news
            again takes it, once it is free.
    """
    while True:
        known = ports.accounts.get(news.person.person_id)
        if known is not None and _is_old(known, news):
            if known.state == DISABLED:
                _revoke(
                    known, ports
                )  # a crash between the write and this line is made good by the redelivery
            return False
        stored = _store(known, news, ports)
        if stored is not None:
            break
    if stored.account.state == DISABLED:
        _revoke(stored.account, ports)
    _note(known, stored.account, stored.announcement, ports)
    if stored.taken is not None:
        _log.error("account.email_taken", person=stored.account.person_id, seq=news.seq)
        raise stored.taken
    return True


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What was written; ``taken`` where it had to be without the new address."""

    account: Account
    announcement: Announcement | None = None
    taken: EmailTaken | None = None


def _is_old(known: Account, news: PersonNews) -> bool:
    """Whether nothing of the news is left to follow: an address that was taken may be free by now."""
    same_address = address_key(known.email) == address_key(news.person.email)
    return known.person_seq > news.seq or (known.person_seq == news.seq and same_address)


def _store(known: Account | None, news: PersonNews, ports: Ports) -> _Stored | None:
    """What was written; None when the account was changed meanwhile.

    Raises:
        EmailTaken: another person signs in with the address, and this one has none yet.
    """
    merged = _merged(known, news)
    account, announcement = _link(merged, news, ports)
    try:
        stored = ports.accounts.save(account, announcement)
    except EmailTaken as error:
        if known is None:
            raise
        # Whoever is disabled or demoted is so now; the address waits, and no link is mailed to the old one.
        account = replace(merged, email=known.email)
        return _Stored(account=account, taken=error) if ports.accounts.save(account) else None
    return _Stored(account=account, announcement=announcement) if stored else None


def _merged(known: Account | None, news: PersonNews) -> Account:
    person = news.person
    base = known or Account(
        person_id=person.person_id,
        organisation_id=news.organisation_id,
        email=person.email,
        name=person.name,
        role=person.role,
        state=person.state,
    )
    # Accepting an invitation makes the account active here first; goals says so a moment later.
    accepted = base.state == ACTIVE and base.password_hash is not None and person.state == INVITED
    # Whoever was mailed at another address must not come in by it.
    void = person.state == DISABLED or address_key(person.email) != address_key(base.email)
    followed = replace(
        base,
        email=person.email,
        name=person.name,
        role=person.role,
        locale=person.locale,
        time_zone=person.time_zone,
        state=ACTIVE if accepted else person.state,
        invitation=None if void else base.invitation,
        reset=None if void else base.reset,
        person_seq=news.seq,
    )
    return shut_out(followed) if person.state == DISABLED and base.state != DISABLED else followed


def _link(account: Account, news: PersonNews, ports: Ports) -> tuple[Account, Announcement | None]:
    if account.state != INVITED or news.person.invitation <= account.invitation_number:
        return account, None
    secret, expires_at = new_secret(), ports.clock() + INVITATION_LASTS
    organisation = ports.organisation_names.get(account.organisation_id)
    inviter = ports.accounts.get(news.person.invited_by) if news.person.invited_by else None
    announcement = AccountInvited(
        person_id=account.person_id,
        name=account.name,
        email=account.email,
        locale=account.locale,
        time_zone=account.time_zone,
        organisation_name=organisation.name if organisation else "",
        invited_by_name=inviter.name if inviter else None,
        link=f"{ports.public_url}/invitations/{secret}",
        expires_at=expires_at,
    )
    linked = replace(
        account,
        invitation=Link(digest=digest(secret), expires_at=expires_at),
        invitation_number=news.person.invitation,
    )
    return linked, announcement


def _revoke(account: Account, ports: Ports) -> None:
    ports.sessions.remove_all(account.person_id)
    ports.tokens.remove_all(account.person_id)


def _note(known: Account | None, account: Account, announcement: Announcement | None, ports: Ports) -> None:
    actions: list[tuple[str, dict[str, str | int]]] = []
    if announcement is not None:
        actions.append((audit.ACCOUNT_INVITED, {"role": account.role}))
    if known is not None and known.role != account.role:
        actions.append((audit.ROLE_CHANGED, {"from": known.role, "to": account.role}))
    if account.state == DISABLED and (known is None or known.state != DISABLED):
        actions.append((audit.ACCOUNT_DISABLED, {}))
    for action, detail in actions:
        note_done(
            ports,
            action,
            organisation_id=account.organisation_id,
            actor_id=None,
            subject=account.person_id,
            origin=FROM_GOALS,
            **detail,
        )
