"""Signed-in browsers; MongoDB forgets them by itself once they are over."""

from __future__ import annotations

from datetime import datetime

from pymongo.database import Database

from libs.chassis.mongo import Document, translate_errors
from services.gateway.domain.accounts import Account
from services.gateway.domain.sessions import Session
from services.gateway.storage import accounts

COLLECTION = "sessions"


def with_account(digest: str) -> list[Document]:
    """The pipeline that finds a session or token together with its account, in one look-up."""
    return [
        {"$match": {"_id": digest}},
        {
            "$lookup": {
                "from": accounts.COLLECTION,
                "localField": "person_id",
                "foreignField": "_id",
                "as": "account",
                "pipeline": [{"$project": {"outbox": 0}}],
            }
        },
    ]


class MongoSessions:
    """Sessions in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def add(self, session: Session) -> None:
        """The browser with this session's cookie is signed in."""
        with translate_errors():
            self._collection.insert_one(
                {
                    "_id": session.digest,
                    "person_id": session.person_id,
                    "organisation_id": session.organisation_id,
                    "remembered": session.remembered,
                    "created_at": session.created_at,
                    "seen_at": session.seen_at,
                    "expires_at": session.expires_at,
                    "address": session.address,
                    "agent": session.agent,
                    "epoch": session.epoch,
                }
            )

    def identity(self, digest: str) -> tuple[Session, Account] | None:
        """The session of this cookie and its account, in one look-up."""
        with translate_errors():
            found = next(self._collection.aggregate(with_account(digest)), None)
        if found is None or not found["account"]:
            return None
        return _session(found), accounts.to_account(found["account"][0])

    def see(self, digest: str, *, seen_at: datetime, expires_at: datetime) -> None:
        """The session was used at this instant."""
        with translate_errors():
            self._collection.update_one(
                {"_id": digest}, {"$set": {"seen_at": seen_at, "expires_at": expires_at}}
            )

    def remove(self, digest: str) -> None:
        """The browser is signed out."""
        with translate_errors():
            self._collection.delete_one({"_id": digest})

    def remove_all(self, person_id: str, *, but: str | None = None) -> int:
        """The person is signed out everywhere (``but`` one session); says of how many."""
        with translate_errors():
            return self._collection.delete_many({"person_id": person_id, "_id": {"$ne": but}}).deleted_count


def _session(document: Document) -> Session:
    return Session(
        digest=document["_id"],
        person_id=document["person_id"],
        organisation_id=document["organisation_id"],
        remembered=document["remembered"],
        created_at=document["created_at"],
        seen_at=document["seen_at"],
        expires_at=document["expires_at"],
        address=document["address"],
        agent=document["agent"],
        epoch=document.get("epoch", 0),
    )
