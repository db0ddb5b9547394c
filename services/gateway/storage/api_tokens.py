"""Personal API tokens by the digest of their secret; forgotten a month after they expired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from cachetools import TTLCache
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis.mongo import Document, translate_errors
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import TokenMade
from services.gateway.domain.tokens import ApiToken
from services.gateway.storage import accounts
from services.gateway.storage.sessions import with_account

COLLECTION = "api_tokens"
REMEMBERED: Final = 10_000


class MongoApiTokens:
    """API tokens in MongoDB. Safe to share between threads."""

    def __init__(self, database: Database[Document], *, remember_seconds: float = 0.0) -> None:
        """``database`` is the gateway's own.

        A program asks many times a second: who it is is looked up every ``remember_seconds``. What this
        process does to a token counts for it at once, what another does that much later at most.
        """
        self._collection = database[COLLECTION]
        self._known: TTLCache[str, tuple[ApiToken, Account]] = TTLCache(REMEMBERED, remember_seconds)
        self._lock = Lock()

    def add(self, token: ApiToken) -> None:
        """The token works.

        Raises:
            TokenMade: there is a token with this id.
        """
        with translate_errors():
            try:
                self._insert(token)
            except DuplicateKeyError as error:
                raise TokenMade(token.name) from error

    def _insert(self, token: ApiToken) -> None:
        self._collection.insert_one(
            {
                "_id": token.digest,
                "token_id": token.id,
                "hint": token.hint,
                "person_id": token.person_id,
                "organisation_id": token.organisation_id,
                "name": token.name,
                "scopes": sorted(token.scopes),
                "created_at": token.created_at,
                "expires_at": token.expires_at,
                "last_used_at": token.last_used_at,
                "epoch": token.epoch,
            }
        )

    def identity(self, digest: str) -> tuple[ApiToken, Account] | None:
        """The token and its account, in one look-up."""
        with self._lock:
            known = self._known.get(digest)
        if known is not None:
            return known
        with translate_errors():
            found = next(self._collection.aggregate(with_account(digest)), None)
        if found is None or not found["account"]:
            return None
        identity = _token(found), accounts.to_account(found["account"][0])
        with self._lock:
            self._known[digest] = identity
        return identity

    def _forget_all(self) -> None:
        with self._lock:
            self._known.clear()

    def note_use(self, digest: str, at: datetime) -> None:
        """The token was last used then."""
        with translate_errors():
            self._collection.update_one({"_id": digest}, {"$max": {"last_used_at": at}})
        with self._lock:
            self._known.pop(digest, None)

    def list(self, person_id: str) -> Sequence[ApiToken]:
        """The person's tokens, newest first."""
        with translate_errors():
            found = self._collection.find({"person_id": person_id}).sort("created_at", -1)
            return [_token(document) for document in found]

    def remove(self, person_id: str, token_id: str) -> ApiToken | None:
        """The token, which no longer works; null when the person has no such token."""
        with translate_errors():
            removed = self._collection.find_one_and_delete({"person_id": person_id, "token_id": token_id})
        self._forget_all()
        return _token(removed) if removed is not None else None

    def remove_all(self, person_id: str) -> int:
        """None of the person's tokens works any longer; says how many did."""
        with translate_errors():
            removed = self._collection.delete_many({"person_id": person_id})
        self._forget_all()
        return removed.deleted_count


def _token(document: Document) -> ApiToken:
    return ApiToken(
        id=document["token_id"],
        digest=document["_id"],
        hint=document["hint"],
        person_id=document["person_id"],
        organisation_id=document["organisation_id"],
        name=document["name"],
        scopes=frozenset(document["scopes"]),
        created_at=document["created_at"],
        expires_at=document["expires_at"],
        last_used_at=document["last_used_at"],
        epoch=document.get("epoch", 0),
    )
