"""Ledger rows and copies to and from their documents."""

from __future__ import annotations

from typing import Any

from libs.contracts import codec
from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.domain.facts import FACTS_OF
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import OWED, Addressee, Rendered, Row, State, Why
from services.notifier.domain.ties import Tie
from services.notifier.usecases.ports import Copied

Document = dict[str, Any]


def row_to_document(row: Row) -> Document:
    """The document of a new row."""
    document: Document = {
        "_id": row.id,
        "organisation_id": row.organisation_id,
        "kind": str(row.kind),
        "person_id": row.person_id,
        "tie": str(row.tie),
        "facts": codec.encode(row.facts),  # type: ignore[arg-type]  # facts are dataclasses as payloads are
        "created_at": row.created_at,
        "due_at": row.due_at,
        "correlation_id": row.correlation_id,
        "batch": row.batch,
        "addressee": None if row.addressee is None else vars(row.addressee),
        "state": str(row.state),
        "why": None if row.why is None else str(row.why),
        "detail": row.detail,
        "attempts": row.attempts,
        "doubts": row.doubts,
        "email": row.email,
        "finished_at": row.finished_at,
        "rendered": None if row.rendered is None else vars(row.rendered),
    }
    if row.state in OWED:
        document["next_at"] = row.due_at
    return document


def row_from_document(document: Document) -> Row:
    """The row that a document says; bodies that were not read are empty."""
    kind = MailKind(document["kind"])
    rendered = document.get("rendered")
    return Row(
        id=document["_id"],
        organisation_id=document["organisation_id"],
        kind=kind,
        person_id=document["person_id"],
        tie=Tie(document["tie"]),
        facts=codec.decode(FACTS_OF[kind], document["facts"]),
        created_at=document["created_at"],
        due_at=document["due_at"],
        correlation_id=document["correlation_id"],
        batch=document["batch"],
        addressee=None if document["addressee"] is None else Addressee(**document["addressee"]),
        state=State(document["state"]),
        why=None if document["why"] is None else Why(document["why"]),
        detail=document["detail"],
        attempts=document["attempts"],
        doubts=document["doubts"],
        email=document["email"],
        finished_at=document["finished_at"],
        rendered=None if rendered is None else Rendered(**{"text": "", "html": "", **rendered}),
    )


def fields_of(thing: Copied | Standing) -> Document:
    """What a copy's document holds besides its key and number."""
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(thing).items()}
    del fields["id"], fields["organisation_id"]
    return fields


def person_from_document(document: Document) -> Person:
    """The copy of a person."""
    return Person(**_plain(document, Person))


def team_from_document(document: Document) -> Team:
    """The copy of a team."""
    fields = _plain(document, Team)
    return Team(**{**fields, "member_ids": tuple(fields["member_ids"])})


def objective_from_document(document: Document) -> Objective:
    """The copy of an objective."""
    fields = _plain(document, Objective)
    return Objective(**{**fields, "follower_ids": tuple(fields["follower_ids"])})


def key_result_from_document(document: Document) -> KeyResult:
    """The copy of a key result."""
    return KeyResult(**_plain(document, KeyResult))


def organisation_from_document(document: Document) -> Organisation:
    """The copy of an organisation."""
    return Organisation(**_plain(document, Organisation))


def standing_from_document(document: Document) -> Standing:
    """The newest known standing."""
    return Standing(**_plain(document, Standing))


def _plain(document: Document, cls: type) -> Document:
    names = cls.__dataclass_fields__  # type: ignore[attr-defined]  # every copy is a dataclass
    return {name: document[key] for name in names if (key := "_id" if name == "id" else name) in document}
