"""Accounts, one document each, with the events that a change causes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis import telemetry
from libs.chassis.bus import Event
from libs.chassis.mongo import Document, new_id, now, translate_errors
from libs.chassis.outbox import pending
from libs.chassis.telemetry import correlation_id
from libs.contracts.codec import encode
from libs.language.addresses import address_key
from services.gateway.domain.accounts import ACTIVE, Account, Link
from services.gateway.domain.errors import EmailTaken
from services.gateway.usecases.ports import Announcement

COLLECTION = "accounts"
EMAIL_INDEX = "email_key_unique"
ADDRESS_INDEX = "address_key_unique"
_log = telemetry.logger("accounts")


class MongoAccounts:
    """Accounts in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def get(self, person_id: str) -> Account | None:
        """The account of this person."""
        return self._find({"_id": person_id})

    def by_email(self, email: str) -> Account | None:
        """Return the account that signs in with this address, however it is spelled.

        Two accounts may share it since before spellings were compared: each is found by its own.
        """
        key, spelled = address_key(email), _key_of_before(email)
        with translate_errors():
            found = list(
                self._collection.find({"$or": [{"address_key": key}, {"email_key": spelled}]}, {"outbox": 0})
            )
        # A version of before may have changed the address and left its key behind.
        same = [document for document in found if address_key(document["email"]) == key]
        same.sort(key=lambda document: (document["email_key"] == spelled, "address_key" in document))
        return to_account(same[-1]) if same else None

    def by_invitation(self, digest: str) -> Account | None:
        """The account whose invitation this is, expired or not."""
        return self._find({"invitation.digest": digest})

    def by_reset(self, digest: str) -> Account | None:
        """The account whose reset link this is, expired or not."""
        return self._find({"reset.digest": digest})

    def save(self, account: Account, announcement: Announcement | None = None) -> bool:
        """Store the account and what is to be announced; False when it was changed since ``account.rev``.

        Raises:
            EmailTaken: another person signs in with the address.
        """
        at = now()
        fields = {**_fields(account), "updated_at": at, "rev": account.rev + 1}
        outbox = pending(_event(account, announcement, at)) if announcement is not None else []
        try:
            with translate_errors():
                if account.rev == 0:
                    self._collection.insert_one(
                        {"_id": account.person_id, **fields, "created_at": at, "outbox": outbox}
                    )
                    return True
                update: Document = {"$set": fields}
                if outbox:
                    update["$push"] = {"outbox": {"$each": outbox}}
                return self._change({"_id": account.person_id, "rev": account.rev}, update)
        except DuplicateKeyError as error:
            if EMAIL_INDEX in str(error) or ADDRESS_INDEX in str(error):
                raise EmailTaken from error
            return False

    def _change(self, as_read: Document, update: Document) -> bool:
        try:
            return self._collection.update_one(as_read, update).matched_count == 1
        except DuplicateKeyError:
            # Who shares an address since before spellings were compared can still change all else.
            fields = {name: value for name, value in update["$set"].items() if name != "address_key"}
            unchanged = {**as_read, "email": fields["email"], "address_key": {"$exists": False}}
            if not self._collection.update_one(unchanged, {**update, "$set": fields}).matched_count:
                raise
            return True

    def _find(self, query: Document) -> Account | None:
        with translate_errors():
            document = self._collection.find_one(query, {"outbox": 0})
        return to_account(document) if document else None


def to_account(document: Document) -> Account:
    """The account that this document says."""
    return Account(
        person_id=document["_id"],
        organisation_id=document["organisation_id"],
        email=document["email"],
        name=document["name"],
        role=document["role"],
        state=document["state"],
        locale=document["locale"],
        time_zone=document["time_zone"],
        theme=document["theme"],
        password_hash=document["password_hash"],
        invitation=_link(document["invitation"]),
        invitation_number=document["invitation_number"],
        reset=_link(document["reset"]),
        person_seq=document["person_seq"],
        sessions_epoch=document.get("sessions_epoch", 0),
        tokens_epoch=document.get("tokens_epoch", 0),
        kept_session=document.get("kept_session"),
        rev=document["rev"],
    )


def _fields(account: Account) -> Document:
    return {
        "organisation_id": account.organisation_id,
        "email": account.email,
        "address_key": address_key(account.email),
        "email_key": _key_of_before(account.email),
        "name": account.name,
        "role": account.role,
        "state": account.state,
        "locale": account.locale,
        "time_zone": account.time_zone,
        "theme": account.theme,
        "password_hash": account.password_hash,
        "invitation": _link_fields(account.invitation),
        "invitation_number": account.invitation_number,
        "reset": _link_fields(account.reset),
        "person_seq": account.person_seq,
        "sessions_epoch": account.sessions_epoch,
        "tokens_epoch": account.tokens_epoch,
        "kept_session": account.kept_session,
    }


def fill_address_keys(database: Database[Document]) -> None:
    """Every account has the key of its address, unless another one has the same (ADR 24)."""
    accounts = database[COLLECTION]
    for states in ({"state": ACTIVE}, {"state": {"$ne": ACTIVE}}):  # the key belongs to who uses it
        shape = {"email": 1, "address_key": 1}
        for account in accounts.find(states, shape).sort([("created_at", 1), ("_id", 1)]):
            key = address_key(account["email"])
            if account.get("address_key") == key:
                continue
            as_read = {"_id": account["_id"], "email": account["email"]}
            try:
                accounts.update_one(as_read, {"$set": {"address_key": key}})
            except DuplicateKeyError:
                accounts.update_one(as_read, {"$unset": {"address_key": ""}})
                _log.warning("account.address_shared", person=account["_id"])


def _key_of_before(email: str) -> str:
    """Return the key by which versions find accounts that still run beside this one (ADR 24)."""
    return email.strip().casefold()


def _link(fields: dict[str, Any] | None) -> Link | None:
    return Link(digest=fields["digest"], expires_at=fields["expires_at"]) if fields else None


def _link_fields(link: Link | None) -> dict[str, Any] | None:
    return {"digest": link.digest, "expires_at": link.expires_at} if link else None


def _event(account: Account, announcement: Announcement, at: datetime) -> Event:
    return Event(
        id=new_id(),
        type=announcement.TYPE,
        source="gateway",
        subject=account.person_id,
        time=at,
        organisation_id=account.organisation_id,
        seq=account.rev + 1,
        data=encode(announcement),
        correlation_id=correlation_id(),
    )
