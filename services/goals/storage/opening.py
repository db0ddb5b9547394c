"""The whole storage of this service, opened at once."""

from __future__ import annotations

from pymongo.collection import Collection
from pymongo.database import Database

from libs.chassis.mongo import new_id, now
from services.goals.storage.documents import Document
from services.goals.storage.forest import MongoForest
from services.goals.storage.goals import MongoKeyResults, MongoObjectives
from services.goals.storage.indexes import INDEXES
from services.goals.storage.organisations import MongoCycles, MongoOrganisations, MongoPeople, MongoTeams
from services.goals.storage.roller import MongoRoller
from services.goals.usecases.ports import Ports


def ports_on(database: Database[Document]) -> Ports:
    """Every port of the use cases, on this database."""
    return Ports(
        organisations=MongoOrganisations(database["organisations"]),
        people=MongoPeople(database["people"]),
        teams=MongoTeams(database["teams"]),
        cycles=MongoCycles(database["cycles"]),
        objectives=MongoObjectives(database["objectives"]),
        key_results=MongoKeyResults(database["key_results"]),
        forest=MongoForest(database["objectives"], database["key_results"]),
        now=now,
        new_id=new_id,
    )


def roller_on(database: Database[Document]) -> MongoRoller:
    """The roll-up's port on this database."""
    return MongoRoller(database["objectives"], database["key_results"])


def outboxes(database: Database[Document]) -> list[Collection[Document]]:
    """The collections whose documents owe events."""
    return [database[name] for name in INDEXES]
