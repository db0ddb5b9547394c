"""MongoDB as a replica set of one or of three, whose members can be lost one by one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from deploy.native.roles import Role
from deploy.native.servers import ALREADY_INITIALIZED, LOOPBACK, REPLICA_SET, Mongo, free_port

READY: Final = {"PRIMARY", "SECONDARY"}


@dataclass(frozen=True)
class ReplicaSet:
    """Its members, each a process of its own."""

    members: tuple[Mongo, ...]

    @classmethod
    def anywhere(cls, data: Path, size: int) -> ReplicaSet:
        """A set of so many members on free ports."""
        return cls(tuple(Mongo(free_port(), data / str(number)) for number in range(size)))

    @property
    def url(self) -> str:
        """What clients connect to."""
        hosts = ",".join(f"{LOOPBACK}:{member.port}" for member in self.members)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    def roles(self) -> tuple[Role, ...]:
        """A role for each member: `mongo-0` and so on."""
        return tuple(
            Role(name=f"mongo-{number}", command=tuple(member.command()), ready=self.ready, is_server=True)
            for number, member in enumerate(self.members)
        )

    def ready(self) -> bool:
        """Whether all members are up and one leads; a fresh set is initiated on the way."""
        try:
            if len(self.members) == 1:
                return self.members[0].ready()
            with self._direct(self.members[0]) as client:
                self._initiate(client)
                states = [one["stateStr"] for one in client.admin.command("replSetGetStatus")["members"]]
        except PyMongoError:
            return False
        return states.count("PRIMARY") == 1 and set(states) <= READY

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        members = [
            {"_id": number, "host": f"{LOOPBACK}:{member.port}"} for number, member in enumerate(self.members)
        ]
        try:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        except OperationFailure as error:
            if error.code != ALREADY_INITIALIZED:
                raise

    def primary(self) -> str:
        """The role that leads now; empty while there is none."""
        for number, member in enumerate(self.members):
            try:
                with self._direct(member) as client:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return f"mongo-{number}"
            except PyMongoError:
                continue
        return ""

    def step_down(self) -> None:
        """The primary has handed over, as at a rolling update."""
        member = self.members[int(self.primary().rpartition("-")[2])]
        with self._direct(member) as client:
            try:
                client.admin.command("replSetStepDown", 20, secondaryCatchUpPeriodSecs=5)
            except AutoReconnect:
                return

    @staticmethod
    def _direct(member: Mongo) -> MongoClient[dict[str, Any]]:
        return MongoClient(LOOPBACK, member.port, directConnection=True, serverSelectionTimeoutMS=500)
