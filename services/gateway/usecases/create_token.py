"""Someone makes a personal API token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from libs.chassis.web.visible import is_visible
from services.gateway.domain import audit, tokens
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import InvalidFields, TokenMade, TooManyTokens
from services.gateway.domain.secrets import digest, new_api_token
from services.gateway.usecases.keep_audit import keep_audit
from services.gateway.usecases.ports import Origin, Ports

LONGEST_NAME = 80
HINT = 8
ID_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class CreateToken:
    """The token wanted; without ``expires_at`` it lasts 90 days, and ``not_after`` cuts short either.

    An ``idempotency_key`` makes one token, however often it is sent.
    """

    name: str
    scopes: frozenset[str]
    expires_at: datetime | None
    origin: Origin
    not_after: datetime | None = None
    idempotency_key: str = ""


def create_token(account: Account, command: CreateToken, ports: Ports) -> tuple[str, tokens.ApiToken]:
    """The token works; its secret is in the answer and nowhere else.

    Raises:
        InvalidFields: the name, a scope or the expiry is wrong.
        TooManyTokens: revoke one first.
        TokenMade: the key has made one before.
    """
    now = ports.clock()
    expires_at = command.expires_at or now + tokens.USUAL
    _check(command, expires_at, now)
    expires_at = min(expires_at, command.not_after or expires_at)
    held = ports.tokens.list(account.person_id)
    token_id = _id_for(account, command, ports)
    for token in held:
        if token.id == token_id:
            raise TokenMade(token.name)
    alive = [token for token in held if not token.is_over(now)]
    if len(alive) >= tokens.AT_MOST:
        raise TooManyTokens(tokens.AT_MOST)
    secret = new_api_token()
    token = tokens.ApiToken(
        id=token_id,
        digest=digest(secret),
        hint=secret[:HINT],
        person_id=account.person_id,
        organisation_id=account.organisation_id,
        name=command.name.strip(),
        scopes=command.scopes,
        created_at=now,
        expires_at=expires_at,
        epoch=account.tokens_epoch,
    )
    # First: were the line lost afterwards, the answer would be an error, and the secret in nobody's hands.
    keep_audit(
        ports,
        audit.TOKEN_CREATED,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject=token.id,
        origin=command.origin,
        name=token.name,
        scopes=" ".join(sorted(token.scopes)),
    )
    ports.tokens.add(token)
    return secret, token


def _id_for(account: Account, command: CreateToken, ports: Ports) -> str:
    if not command.idempotency_key:
        return ports.new_id()
    return digest(f"{account.person_id}\n{command.idempotency_key}")[:ID_LENGTH]


def _check(command: CreateToken, expires_at: datetime, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if not (1 <= len(command.name.strip()) <= LONGEST_NAME and is_visible(command.name)):
        wrong["name"] = f"Give the token a name of 1 to {LONGEST_NAME} characters, such as what will use it."
    if not command.scopes or not command.scopes <= frozenset(tokens.SCOPES):
        wrong["scopes"] = "Choose read, write, or both."
    if not now < expires_at <= now + tokens.LONGEST:
        wrong["expires_at"] = "Choose a moment from now up to one year ahead."
    if wrong:
        raise InvalidFields(wrong)
