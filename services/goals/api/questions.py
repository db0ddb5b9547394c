"""The shapes of what is asked: filters of lists, things to make, changes of things."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from libs.chassis.web import (
    Choice,
    CommaList,
    Day,
    Id,
    Number,
    PageQuery,
    QueryFlag,
    QueryInteger,
    Schema,
    Text,
)
from services.goals.api.answers import STATUSES, ParentSchema, RhythmSchema, ThresholdsSchema
from services.goals.api.fields import Email, LocaleTag, Slug, TimeZone, Weight
from services.goals.domain import cycle, key_result, objective, person


class CyclesQuery(PageQuery):
    """Which cycles."""

    state = Choice(cycle.STATES)


class PeopleQuery(PageQuery):
    """Which people."""

    q = Text(1, 200, metadata={"description": "Contained in name or address."})
    ids = CommaList(Id(), max=100)
    state = Choice(person.STATES)


class ObjectivesQuery(PageQuery):
    """Which objectives."""

    cycle_id = Id()
    level = Choice(objective.LEVELS)
    team_id = Id()
    owner_id = Id()
    parent_id = Id()
    q = Text(1, 200, metadata={"description": "Contained in the title."})


class KeyResultsQuery(PageQuery):
    """Which key results; ``owner_id`` also finds those delegated to that person."""

    cycle_id = Id()
    owner_id = Id()
    team_id = Id()
    objective_id = Id()
    status = CommaList(Choice(STATUSES), max=len(STATUSES))
    ids = CommaList(Id(), max=100)
    q = Text(1, 200, metadata={"description": "Contained in the title."})


class TreeQuery(PageQuery):
    """Which part of the trees; with a filter only matching rows and what is above them."""

    cycle_id = Id(required=True)
    root = Id(metadata={"description": "Only this objective and what hangs beneath."})
    owner_id = Id()
    team_id = Id()
    status = CommaList(Choice(STATUSES), max=len(STATUSES), metadata={"description": "Of key results."})
    limit = QueryInteger(1, 20, load_default=20, metadata={"description": "At most this many trees."})
    rows = QueryInteger(
        1,
        500,
        metadata={
            "description": "Collapse rows: show the top objectives, and what is directly below the first of "
            "them while the page holds at most this many rows. Without it, and with a filter, nothing is "
            "collapsed."
        },
    )
    expand = CommaList(Id(), max=100, metadata={"description": "With `rows`: objectives to expand as well."})
    collapse = CommaList(Id(), max=100, metadata={"description": "With `rows`: objectives to collapse."})
    names = QueryFlag(
        load_default=True, metadata={"description": "Whether `people` and `teams` name who is in the rows."}
    )


class NewOrganisationSchema(Schema):
    """The first set-up. The ids are chosen by the caller, so that repeating makes nothing twice."""

    organisation_id = Id(required=True)
    organisation_name = Text(1, 120, required=True)
    slug = Slug()
    time_zone = TimeZone(required=True)
    locale = LocaleTag(load_default="en")
    person_id = Id(required=True)
    name = Text(1, 120, required=True)
    email = Email(required=True)


class OrganisationChangesSchema(Schema):
    """What can be changed of the organisation."""

    name = Text(1, 120)
    slug = Slug()
    time_zone = TimeZone()
    locale = LocaleTag()
    thresholds = fields.Nested(ThresholdsSchema)


class NewPersonSchema(Schema):
    """Whom to invite."""

    name = Text(1, 120, required=True)
    email = Email(required=True)
    role = Choice(person.ROLES, load_default="member")
    time_zone = TimeZone(load_default=None, allow_none=True)
    locale = LocaleTag(load_default=None, allow_none=True)


class PersonChangesSchema(Schema):
    """What can be changed of a person; ``email``, ``role`` and ``state`` by admins only."""

    name = Text(1, 120)
    email = Email()
    time_zone = TimeZone()
    locale = LocaleTag()
    role = Choice(person.ROLES)
    state = Choice(person.STATES)


class TeamChangesSchema(Schema):
    """What can be changed of a team."""

    name = Text(1, 120)
    slug = Slug()
    parent_id = Id(allow_none=True)
    lead_id = Id(allow_none=True)
    member_ids = fields.List(Id(), validate=validate.Length(max=500))
    rhythm = fields.Nested(RhythmSchema)


class NewTeamSchema(TeamChangesSchema):
    """A team; without a slug one is made of its name."""

    name = Text(1, 120, required=True)


class CycleChangesSchema(Schema):
    """What can be changed of a cycle."""

    name = Text(1, 120)
    starts_on = Day()
    ends_on = Day()
    state = Choice(cycle.STATES)


class NewCycleSchema(Schema):
    """A cycle."""

    name = Text(1, 120, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    state = Choice((cycle.PLANNING, cycle.ACTIVE), load_default=cycle.ACTIVE)


class ObjectiveChangesSchema(Schema):
    """What can be changed of an objective: all but its level and cycle."""

    title = Text(1, 200)
    why = Text(0, 2000, multiline=True)
    owner_id = Id()
    team_id = Id(allow_none=True)
    parent = fields.Nested(ParentSchema, allow_none=True)
    contribution = Text(0, 500)
    weight = Weight()
    visibility = Choice(objective.VISIBILITIES)
    roll_up = Choice(objective.ROLL_UPS)
    state = Choice(objective.STATES)


class NewObjectiveSchema(Schema):
    """An objective; its owner is the caller unless named."""

    title = Text(1, 200, required=True)
    level = Choice(objective.LEVELS, required=True)
    cycle_id = Id(required=True)
    why = Text(0, 2000, multiline=True)
    owner_id = Id(allow_none=True)
    team_id = Id(allow_none=True)
    parent = fields.Nested(ParentSchema, allow_none=True)
    contribution = Text(0, 500)
    weight = Weight()
    visibility = Choice(objective.VISIBILITIES)
    roll_up = Choice(objective.ROLL_UPS)


class KeyResultChangesSchema(Schema):
    """What can be changed of a key result: all but its kind."""

    title = Text(1, 200)
    unit = Text(0, 40)
    start = Number()
    target = Number()
    owner_id = Id()
    delegate_id = Id(allow_none=True)
    weight = Weight()
    commitment = Choice(key_result.COMMITMENTS)
    due_on = Day(allow_none=True)
    description = Text(0, 2000, multiline=True)
    state = Choice(objective.STATES)


class NewKeyResultSchema(Schema):
    """A key result; its owner is the objective's unless named. Done-or-not needs no start and target."""

    title = Text(1, 200, required=True)
    kind = Choice(key_result.KINDS, load_default=key_result.METRIC)
    unit = Text(0, 40)
    start = Number()
    target = Number()
    owner_id = Id(allow_none=True)
    delegate_id = Id(allow_none=True)
    weight = Weight()
    commitment = Choice(key_result.COMMITMENTS)
    due_on = Day(allow_none=True)
    description = Text(0, 2000, multiline=True)

    @ma.validates_schema
    def measured(self, data: dict[str, Any], **_: Any) -> None:
        """A metric says from where to where."""
        if data.get("kind") == key_result.METRIC:
            missing = {name: ["This field is needed."] for name in ("start", "target") if name not in data}
            if missing:
                raise ma.ValidationError(missing)
