"""A whole organisation, written into the services' own stores: the shape is theirs, only the way in is short.

One document of each kind is made by the service's own functions; its sisters differ in what makes them
themselves. So a million objectives take minutes, and look as if they had come through the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice, product
from typing import Any, Final, TypeVar

from libs.chassis.mongo import new_id, now
from libs.measures.progress import expected_progress
from services.checkins.domain import copies as at_checkins
from services.checkins.storage.documents import cycle_document, definition_document
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult, Standing
from services.goals.domain.objective import LEVELS, Measured, Objective, Parent, Weakest
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.team import Team
from services.goals.storage.documents import document_of, plain_of
from services.notifier.domain import copies as at_notifier
from services.notifier.storage.documents import fields_of
from tests.bench.admission import Stores, let_in

Document = dict[str, Any]
T = TypeVar("T")
AT_ONCE: Final = 5_000
LEAD: Final = timedelta(days=45)
MIX: Final = ("on_track", "on_track", "on_track", "behind", "at_risk", "achieved")
PROGRESS: Final = {"on_track": 0.5, "behind": 0.3, "at_risk": 0.1, "achieved": 1.0}


@dataclass(frozen=True)
class Shape:
    """How large an organisation is.

    ``roots`` company objectives each have ``teams`` team objectives with ``personal`` ones beneath each of
    them; ``loose`` company objectives stand in front, with nothing beneath. All but the roots have
    ``key_results``. The first ``clients`` of the ``people`` can sign in and have a token; the first
    ``owners`` own everything between them. ``measured``: everything has a progress and a status already.
    """

    teams: int
    personal: int
    key_results: int = 5
    roots: int = 1
    loose: int = 0
    clients: int = 32
    owners: int = 32
    people: int = 64
    measured: bool = False

    @property
    def objectives(self) -> int:
        """How many there are, the roots included."""
        return self.loose + self.roots * (1 + self.teams * (1 + self.personal))


@dataclass(frozen=True)
class Made:
    """The organisation's ids, its clients' secrets, and whose key result is whose."""

    id: str
    root_id: str
    cycle_id: str
    tokens: tuple[str, ...]
    cookie: str
    people: tuple[str, ...]
    key_results: tuple[str, ...]
    objective_of: dict[str, str]
    team_of: dict[str, str | None]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each key result with the token of the one who owns it."""
        for number, key_result in enumerate(self.key_results):
            yield key_result, self.tokens[number % len(self.tokens)]


class _Frame:
    """What all things of one organisation share."""

    def __init__(self, shape: Shape, name: str) -> None:
        self.shape, self.name, self.at = shape, name, now()
        self.id = new_id()
        self.today = self.at.date()
        self.starts_on, self.ends_on = self.today - LEAD, self.today + LEAD
        self.cycle_id = new_id()
        self.people = [new_id() for _ in range(shape.people)]
        self.teams = [new_id() for _ in range(shape.teams)]
        tops = sorted(new_id() for _ in range(shape.loose + shape.roots))
        self.loose, self.roots = tops[: shape.loose], tops[shape.loose :]
        self.own: dict[str, Any] = {"organisation_id": self.id, "created_at": self.at, "updated_at": self.at}

    def owner(self, number: int) -> str:
        """Whose the thing with this number is."""
        return self.people[number % self.shape.owners]

    def members(self, number: int) -> tuple[str, ...]:
        """Who is in the team with this number; the first leads it."""
        size = max(2, len(self.people) // max(1, len(self.teams)))
        first = number * size % len(self.people)
        return tuple((self.people * 2)[first : first + size])


def make(stores: Stores, shape: Shape, name: str) -> Made:
    """The organisation is in the stores of all four services, quiet: nothing of it is owed to anybody."""
    frame = _Frame(shape, name)
    _put_organisation(stores, frame)
    _put_people(stores, frame)
    _put_teams(stores, frame)
    objective_of: dict[str, str] = {}
    team_of: dict[str, str | None] = {}
    roots = frozenset(frame.roots)
    for objectives in _slices(_objectives(frame), AT_ONCE):
        _put(stores, "goals", "objectives", objectives)
        _put(stores, "notifier", "objectives", map(_objective_copy, objectives))
        measured = [each for each in objectives if each["_id"] not in roots]
        for key_results in _slices(_key_results(frame, measured, len(objective_of)), AT_ONCE):
            objective_of |= {each["_id"]: each["objective_id"] for each in key_results}
            team_of |= {each["_id"]: each["team_id"] for each in key_results}
            _put(stores, "goals", "key_results", key_results)
            _put(stores, "checkins", "key_results", (_definition(frame, each) for each in key_results))
            _put(stores, "notifier", "key_results", map(_key_result_copy, key_results))
    tokens, cookie = let_in(stores, frame.id, frame.people[: shape.clients])
    return Made(
        frame.id,
        frame.roots[0],
        frame.cycle_id,
        tokens,
        cookie,
        tuple(frame.people),
        tuple(objective_of),
        objective_of,
        team_of,
    )


def _put(stores: Stores, service: str, collection: str, documents: Iterable[Document]) -> None:
    target = stores.database(service)[collection]
    for some in _slices(documents, AT_ONCE):
        target.insert_many(some, ordered=False)


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _put_organisation(stores: Stores, frame: _Frame) -> None:
    organisation = Organisation(
        id=frame.id,
        **frame.own,
        name=frame.name,
        slug=f"bench-{frame.id}",
        time_zone="UTC",
        locale="en",
        judged_on=frame.today,
    )
    cycle = Cycle(
        id=frame.cycle_id, **frame.own, name="This quarter", starts_on=frame.starts_on, ends_on=frame.ends_on
    )
    _put(stores, "goals", "organisations", [document_of(organisation) | {"outbox": []}])
    _put(stores, "goals", "cycles", [document_of(cycle) | {"outbox": []}])
    copy = at_checkins.Cycle(
        id=cycle.id,
        organisation_id=frame.id,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        state=cycle.state,
    )
    _put(stores, "checkins", "cycles", [_keyed(cycle_document(copy))])
    _put(stores, "checkins", "organisations", [_keyed(asdict(at_checkins.Organisation(id=frame.id)))])
    named = at_notifier.Organisation(id=frame.id, organisation_id=frame.id, name=frame.name)
    _put(stores, "notifier", "organisations", [_copied(named)])


def _put_people(stores: Stores, frame: _Frame) -> None:
    people = [
        Person(
            id=each,
            **frame.own,
            name=f"Client {number}",
            email=f"client.{number}@{frame.id}.example",
            time_zone="UTC",
            locale="en",
            role="member" if number else "admin",
            state="active",
        )
        for number, each in enumerate(frame.people)
    ]
    plain: list[dict[str, Any]] = [
        {"id": each.id, "organisation_id": frame.id, "name": each.name, "time_zone": "UTC", "state": "active"}
        for each in people
    ]
    _put(stores, "goals", "people", (document_of(each) | {"outbox": []} for each in people))
    _put(stores, "checkins", "people", (_keyed(asdict(at_checkins.Person(**each))) for each in plain))
    whole = (
        at_notifier.Person(**plain_one, email=each.email, locale="en", role=each.role)
        for plain_one, each in zip(plain, people, strict=True)
    )
    _put(stores, "notifier", "people", map(_copied, whole))


def _put_teams(stores: Stores, frame: _Frame) -> None:
    for number, each in enumerate(frame.teams):
        members = frame.members(number)
        known: dict[str, Any] = {
            "id": each,
            "organisation_id": frame.id,
            "name": f"Team {number}",
            "lead_id": members[0],
            "member_ids": members,
        }
        own = {**frame.own, "organisation_id": frame.id}
        team = Team(**{**own, **known}, slug=f"team-{number}")
        _put(stores, "goals", "teams", [document_of(team) | {"outbox": []}])
        _put(stores, "checkins", "teams", [_keyed(asdict(at_checkins.Team(**known)))])
        copy = at_notifier.Team(**known, every="weekly", weekday=0, state="live")
        _put(stores, "notifier", "teams", [_copied(copy)])


def _objectives(frame: _Frame) -> Iterator[Document]:
    like = document_of(
        Objective(
            id="",
            **frame.own,
            title="",
            why="Because it is worth an effort that everybody can name.",
            level="company",
            cycle_id=frame.cycle_id,
            owner_id=frame.owner(0),
            measured=_measured() if frame.shape.measured else Measured(),
        )
    )
    like["outbox"] = []
    for number, each in enumerate([*frame.loose, *frame.roots]):
        yield like | {"_id": each, "title": f"Company aim {number}", "owner_id": frame.owner(number)}
    for root, (number, team) in product(frame.roots, enumerate(frame.teams)):
        of_team = new_id()
        yield like | _beneath(root, of_team, "team", team, f"Team aim {number}", frame.owner(number))
        for place in range(frame.shape.personal):
            owner = frame.owner(number * frame.shape.personal + place)
            yield like | _beneath(of_team, new_id(), "person", team, f"Aim {number}.{place}", owner)


def _beneath(parent: str, own: str, level: str, team: str, title: str, owner: str) -> Document:
    return {
        "_id": own,
        "title": title,
        "level": level,
        "rank": LEVELS.index(level),
        "team_id": team,
        "owner_id": owner,
        "parent": plain_of(Parent("objective", parent)),
        "under_id": parent,
    }


def _measured() -> Measured:
    return Measured(progress=0.42, weakest=Weakest("", 0.1), confidence=6.5, status="on_track", read_at=now())


def _key_results(frame: _Frame, objectives: Iterable[Document], first: int) -> Iterator[Document]:
    like = document_of(
        KeyResult(
            id="",
            **frame.own,
            objective_id="",
            title="",
            kind="metric",
            unit="points",
            start=0.0,
            target=1000.0,
            owner_id="",
            cycle_id=frame.cycle_id,
            team_id=None,
            visibility="organisation",
            objective_title="",
            objective_owner_id="",
        )
    )
    like["outbox"] = []
    standings = _standings(frame) if frame.shape.measured else [None]
    number = first
    for objective in objectives:
        for place in range(frame.shape.key_results):
            yield like | {
                "_id": new_id(),
                "objective_id": objective["_id"],
                "title": f"Result {place} of {objective['title']}",
                "owner_id": frame.owner(number),
                "team_id": objective["team_id"],
                "objective_title": objective["title"],
                "objective_owner_id": objective["owner_id"],
                "standing": standings[number % len(standings)],
            }
            number += 1


def _standings(frame: _Frame) -> list[Document]:
    expected = expected_progress(frame.starts_on, frame.ends_on, frame.today)
    return [
        plain_of(
            Standing(
                seq=1,
                at=frame.at,
                current=PROGRESS[status] * 1000,
                raw_progress=PROGRESS[status],
                progress=PROGRESS[status],
                expected=expected,
                status=status,
                confidence=7,
                as_of=frame.at,
                next_check_in_on=frame.today + timedelta(days=7),
            )
        )
        for status in MIX
    ]


def _definition(frame: _Frame, document: Document) -> Document:
    names = at_checkins.KeyResult.__dataclass_fields__
    known = {name: document[name] for name in names if name in document}
    copy = at_checkins.KeyResult(**{**known, "id": document["_id"], "created_on": frame.starts_on})
    return {
        "_id": copy.id,
        **definition_document(copy),
        "definition_seq": 1,
        "rev": 1,
        "evaluate_at": frame.at + timedelta(days=1),
    }


def _objective_copy(document: Document) -> Document:
    return _copied(_narrowed(at_notifier.Objective, document))


def _key_result_copy(document: Document) -> Document:
    return _copied(_narrowed(at_notifier.KeyResult, document))


def _narrowed(cls: type[Any], document: Document) -> Any:
    known = {name: document[name] for name in cls.__dataclass_fields__ if name in document}
    return cls(**{**known, "id": document["_id"]})


def _keyed(fields: Document) -> Document:
    return {**{name: value for name, value in fields.items() if name != "id"}, "_id": fields["id"], "seq": 1}


def _copied(thing: Any) -> Document:
    return {"_id": thing.id, "organisation_id": thing.organisation_id, **fields_of(thing), "seq": 1}
