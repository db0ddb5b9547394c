"""The shapes of what is answered."""

from __future__ import annotations

from marshmallow import fields

from libs.chassis.web import Choice, Day, Flag, Id, Instant, Integer, Number, Schema, Share, Text, page_of
from libs.measures.status import Status
from services.goals.api.fields import TIME, Patterned
from services.goals.domain import cycle, key_result, objective, person, team

STATUSES = tuple(status.value for status in Status)


class ResourceSchema(Schema):
    """What every resource has."""

    id = Id(required=True)
    rev = Integer(
        1, required=True, metadata={"description": "Counts changes of the definition; it is the ETag."}
    )


class RhythmSchema(Schema):
    """When a team checks in; Monday is weekday 0."""

    every = Choice(team.EVERY, load_default="weekly")
    weekday = Integer(0, 6, load_default=0)
    time = Patterned(TIME, "Write it like 09:00.", load_default="09:00")


class ThresholdsSchema(Schema):
    """Where the organisation draws its lines between statuses."""

    on_track_gap = Share()
    behind_gap = Share()
    too_early_share = Share()
    low_confidence = Integer(0, 10)
    stale_after_days = Integer(0, 60)


class OrganisationSchema(ResourceSchema):
    """The organisation."""

    name = Text(required=True)
    slug = Text(required=True)
    time_zone = Text(required=True)
    locale = Text(required=True)
    thresholds = fields.Nested(ThresholdsSchema, required=True)


class PersonSchema(ResourceSchema):
    """Someone of the organisation."""

    name = Text(required=True)
    email = Text(max=254, required=True)
    time_zone = Text(required=True)
    locale = Text(required=True)
    role = Choice(person.ROLES, required=True)
    state = Choice(person.STATES, required=True)


class TeamSchema(ResourceSchema):
    """A team."""

    name = Text(required=True)
    slug = Text(required=True)
    parent_id = Id(required=True, allow_none=True)
    lead_id = Id(required=True, allow_none=True)
    member_ids = fields.List(Id(), required=True)
    rhythm = fields.Nested(RhythmSchema, required=True)


class CycleSchema(ResourceSchema):
    """A cycle."""

    name = Text(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    state = Choice(cycle.STATES, required=True)


class ParentSchema(Schema):
    """What an objective hangs under. Under a key result it is shown, but does not move it."""

    kind = Choice(("objective", "key_result"), required=True)
    id = Id(required=True)


class WeakestSchema(Schema):
    """The live key result with the least progress below."""

    key_result_id = Id(required=True)
    progress = Share(required=True)


class ObjectiveSchema(ResourceSchema):
    """An objective with what rolled up into it."""

    title = Text(required=True)
    why = Text(max=2000, multiline=True, required=True)
    level = Choice(objective.LEVELS, required=True)
    cycle_id = Id(required=True)
    team_id = Id(required=True, allow_none=True)
    owner_id = Id(required=True)
    parent = fields.Nested(ParentSchema, required=True, allow_none=True)
    contribution = Text(max=500, required=True)
    weight = Number(required=True)
    visibility = Choice(objective.VISIBILITIES, required=True)
    roll_up = Choice(objective.ROLL_UPS, required=True)
    state = Choice(objective.STATES, required=True)
    follower_ids = fields.List(Id(), required=True)
    progress = Share(required=True, allow_none=True)
    expected = Share(required=True)
    status = Choice(STATUSES, required=True)
    confidence = Number(0, 10, required=True, allow_none=True)
    weakest = fields.Nested(WeakestSchema, required=True, allow_none=True)


class ReasonSchema(Schema):
    """One number that the status rests on, and the line it is held to."""

    rule = Text(required=True)
    value = Number(required=True, allow_none=True)
    limit = Number(required=True, allow_none=True)
    decisive = Flag(required=True)


class KeyResultSchema(ResourceSchema):
    """A key result with its standing."""

    objective_id = Id(required=True)
    objective_title = Text(required=True)
    objective_owner_id = Id(required=True)
    title = Text(required=True)
    kind = Choice(key_result.KINDS, required=True)
    unit = Text(max=40, required=True)
    start = Number(required=True)
    target = Number(required=True)
    current = Number(required=True, allow_none=True)
    weight = Number(required=True)
    commitment = Choice(key_result.COMMITMENTS, required=True)
    owner_id = Id(required=True)
    delegate_id = Id(required=True, allow_none=True)
    due_on = Day(required=True, allow_none=True)
    description = Text(max=2000, multiline=True, required=True)
    cycle_id = Id(required=True)
    team_id = Id(required=True, allow_none=True)
    visibility = Choice(objective.VISIBILITIES, required=True)
    state = Choice(objective.STATES, required=True)
    created_on = Day(required=True)
    progress = Share(required=True, allow_none=True)
    raw_progress = Number(required=True, allow_none=True)
    expected = Share(required=True)
    status = Choice(STATUSES, required=True)
    confidence = Integer(0, 10, required=True, allow_none=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    as_of = Instant(required=True, allow_none=True)
    next_check_in_on = Day(required=True, allow_none=True)


class CrumbSchema(Schema):
    """One step of the way from the top."""

    kind = Choice(("objective", "key_result"), required=True)
    id = Id(required=True)
    title = Text(required=True)
    below_hidden = Flag(
        required=True, metadata={"description": "What stands directly above it may not be seen."}
    )


class NameSchema(Schema):
    """A person's name."""

    name = Text(required=True)


class TeamNameSchema(NameSchema):
    """A team's name and slug."""

    slug = Text(required=True)


class SurroundedSchema(Schema):
    """What the page of a thing needs beside it."""

    ancestors = fields.List(fields.Nested(CrumbSchema), required=True)
    cycle = fields.Nested(CycleSchema, required=True)
    people = fields.Dict(keys=fields.String(), values=fields.Nested(NameSchema), required=True)
    teams = fields.Dict(keys=fields.String(), values=fields.Nested(TeamNameSchema), required=True)
    can = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        required=True,
        metadata={"description": "Which actions the caller may do."},
    )


class ObjectiveDetailSchema(ObjectiveSchema, SurroundedSchema):
    """An objective with the way to it, what hangs beneath, and what the caller may do."""

    parent_hidden = Flag(required=True, metadata={"description": "Its parent may not be seen by the caller."})
    key_results = fields.List(fields.Nested(KeyResultSchema), required=True)
    children = fields.List(fields.Nested(ObjectiveSchema), required=True)


class KeyResultDetailSchema(KeyResultSchema, SurroundedSchema):
    """A key result with the way to it, and what the caller may do."""


class MeSchema(PersonSchema):
    """The caller."""

    organisation = fields.Nested(OrganisationSchema, required=True)
    teams = fields.List(fields.Nested(TeamSchema), required=True)


class RowsWeakestSchema(WeakestSchema):
    """The live key result with the least progress below, and its status."""

    status = Choice(STATUSES)


class TreeRowSchema(Schema):
    """A row of the OKRs table. Of a key result, ``measure`` is its kind."""

    kind = Choice(("objective", "key_result"), required=True)
    id = Id(required=True)
    rev = Integer(1, required=True)
    depth = Integer(0, required=True)
    parent_id = Id(
        required=True, allow_none=True, metadata={"description": "The row beneath which it stands."}
    )
    has_children = Flag(required=True)
    more_below = Flag(
        required=True,
        metadata={"description": "More hangs under it than the page has room for; ask with it as `root`."},
    )
    parent_hidden = Flag(metadata={"description": "Its parent may not be seen; said only where it is so."})
    collapsed = Flag(required=True, metadata={"description": "The rows beneath are not in this page."})
    rows_below = Integer(
        0, required=True, metadata={"description": "How many rows are beneath an objective, shown or not."}
    )
    title = Text(required=True)
    owner_id = Id(required=True)
    team_id = Id(required=True, allow_none=True)
    cycle_id = Id(required=True)
    weight = Number(required=True)
    state = Choice(objective.STATES, required=True)
    progress = Share(required=True, allow_none=True)
    expected = Share(required=True)
    status = Choice(STATUSES, required=True)
    confidence = Number(0, 10, required=True, allow_none=True)
    level = Choice(objective.LEVELS)
    weakest = fields.Nested(RowsWeakestSchema, allow_none=True)
    measure = Choice(key_result.KINDS)
    objective_id = Id()
    delegate_id = Id(allow_none=True)
    unit = Text()
    start = Number()
    target = Number()
    current = Number(allow_none=True)
    raw_progress = Number(allow_none=True)
    commitment = Choice(key_result.COMMITMENTS)
    due_on = Day(allow_none=True)
    next_check_in_on = Day(
        allow_none=True, metadata={"description": "Of an objective, the earliest of what is beneath it."}
    )


class TreeSchema(Schema):
    """A page of the trees of a cycle."""

    items = fields.List(fields.Nested(TreeRowSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    cycle = fields.Nested(CycleSchema, required=True)
    people = fields.Dict(keys=fields.String(), values=fields.Nested(NameSchema), required=True)
    teams = fields.Dict(keys=fields.String(), values=fields.Nested(TeamNameSchema), required=True)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={
            "description": "Key results of the whole cycle: by status, `total`, and `mine`; some seconds old."
        },
    )


PersonPageSchema = page_of(PersonSchema)
TeamPageSchema = page_of(TeamSchema)
CyclePageSchema = page_of(CycleSchema)
ObjectivePageSchema = page_of(ObjectiveSchema)
KeyResultPageSchema = page_of(KeyResultSchema)
