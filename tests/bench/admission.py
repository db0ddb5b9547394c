"""Who may come in: accounts, tokens and a signed-in browser, as the gateway keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from pymongo.database import Database

from libs.chassis.mongo import new_id, now
from services.gateway.domain.accounts import Account
from services.gateway.domain.secrets import digest, new_api_token, new_secret
from services.gateway.domain.sessions import Session
from services.gateway.domain.tokens import ApiToken
from services.gateway.storage.accounts import MongoAccounts
from services.gateway.storage.api_tokens import MongoApiTokens
from services.gateway.storage.sessions import MongoSessions

Document = dict[str, Any]
MONTH: Final = timedelta(days=30)


class Stores(Protocol):
    """Where the services keep what is theirs."""

    def database(self, service: str) -> Database[Document]:
        """That service's own database."""


def let_in(stores: Stores, organisation_id: str, people: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Each of these people has an account and a token; the first one's browser has the returned cookie."""
    at = now()
    database = stores.database("gateway")
    accounts, tokens = MongoAccounts(database), MongoApiTokens(database)
    secrets = []
    for number, each in enumerate(people):
        account = Account(
            person_id=each,
            organisation_id=organisation_id,
            email=f"client.{number}@{organisation_id}.example",
            name=f"Client {number}",
            role="member" if number else "admin",
            state="active",
            person_seq=1,
        )
        accounts.save(account)
        secret = new_api_token()
        tokens.add(
            ApiToken(
                id=new_id(),
                digest=digest(secret),
                hint=secret[:8],
                person_id=each,
                organisation_id=organisation_id,
                name="bench",
                scopes=frozenset({"read", "write"}),
                created_at=at,
                expires_at=at + MONTH,
            )
        )
        secrets.append(secret)
    cookie = new_secret()
    MongoSessions(database).add(
        Session(
            digest=digest(cookie),
            person_id=people[0],
            organisation_id=organisation_id,
            remembered=False,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(hours=20),
            address="127.0.0.1",
            agent="bench",
        )
    )
    return tuple(secrets), cookie
