"""What can be wrong with a request about accounts, as :class:`AccountError` and its children."""

from __future__ import annotations

from dataclasses import dataclass, field


class AccountError(Exception):
    """Something that the one who asked can put right."""


class WrongCredentials(AccountError):
    """The e-mail and the password do not belong together."""


@dataclass
class TooManyAttempts(AccountError):
    """Too many attempts; the next is welcome after so many seconds."""

    retry_after: int


class LinkUnusable(AccountError):
    """The link was used, has expired, or never was one of ours."""


class WrongPassword(AccountError):
    """The current password is another one."""


@dataclass
class WeakPassword(AccountError):
    """The new password breaks the policy for this reason."""

    reason: str


@dataclass
class TokenMade(AccountError):
    """The same form has made a token of this name before; its secret is not known any more."""

    name: str


@dataclass
class InvalidFields(AccountError):
    """These fields are wrong; each with a sentence that says what to do."""

    fields: dict[str, str] = field(default_factory=dict)


class WrongSetupCode(AccountError):
    """The code is not the one in the log."""


class AlreadySetUp(AccountError):
    """The first set-up is over."""


class EmailTaken(AccountError):
    """Another account signs in with this e-mail."""


class TokenUnknown(AccountError):
    """The person has no such token."""


@dataclass
class TooManyTokens(AccountError):
    """The person holds as many live tokens as one may."""

    limit: int


@dataclass
class Busy(AccountError):
    """As many passwords are being checked as this process can check at once."""

    retry_after: int = 2
