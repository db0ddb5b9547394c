"""An account: what lets a person in. The person is known to `goals`; this is a copy with a password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)
LONGEST_EMAIL = 254
THEMES = ("system", "light", "dark")
INVITED, ACTIVE, DISABLED = "invited", "active", "disabled"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A single-use link, kept as the digest of its secret."""

    digest: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who may sign in, and what pages need to know of them.

    ``person_seq`` is the newest ``goals.person.changed`` applied; ``invitation_number`` the newest invitation
    answered with a link; ``rev`` rises with every stored change and is 0 before the first.
    ``sessions_epoch`` and ``tokens_epoch`` rise in the very write that ends all that were made before, so no
    crash after it leaves one alive; ``kept_session`` is the digest of the one session that outlives it.
    """

    person_id: str
    organisation_id: str
    email: str
    name: str
    role: str
    state: str
    locale: str = "en"
    time_zone: str = "UTC"
    theme: str = "system"
    password_hash: str | None = None
    invitation: Link | None = None
    invitation_number: int = -1
    reset: Link | None = None
    person_seq: int = -1
    sessions_epoch: int = 0
    tokens_epoch: int = 0
    kept_session: str | None = None
    rev: int = 0

    @property
    def roles(self) -> frozenset[str]:
        """The account's roles; a person has one today."""
        return frozenset({self.role})

    def may_sign_in(self) -> bool:
        """Whether a right password lets this account in."""
        return self.state == ACTIVE and self.password_hash is not None

    def honours_session(self, digest: str, epoch: int) -> bool:
        """Whether a session of this epoch still speaks for the account."""
        return self.state == ACTIVE and (epoch >= self.sessions_epoch or digest == self.kept_session)

    def honours_token(self, epoch: int) -> bool:
        """Whether an API token of this epoch still speaks for the account."""
        return self.state == ACTIVE and epoch >= self.tokens_epoch


def with_password(account: Account, password_hash: str, *, kept_session: str | None = None) -> Account:
    """The account once it has a password: active; no link, session or API token from before opens it."""
    return replace(
        account,
        password_hash=password_hash,
        state=ACTIVE,
        invitation=None,
        reset=None,
        sessions_epoch=account.sessions_epoch + 1,
        tokens_epoch=account.tokens_epoch + 1,
        kept_session=kept_session,
    )


def shut_out(account: Account) -> Account:
    """The account once nothing that was handed out before opens it: no session and no API token."""
    return replace(
        account,
        sessions_epoch=account.sessions_epoch + 1,
        tokens_epoch=account.tokens_epoch + 1,
        kept_session=None,
    )
