"""What goes over the wire. Shares are 0 to 1, confidence 0 to 10, instants UTC."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from libs.chassis.web import Choice, Day, Flag, Id, Instant, Integer, Number, PageQuery, Schema, Text
from libs.measures.progress import KINDS
from libs.measures.status import Status

LONGEST_TEXT = 2000


def _words(**options: Any) -> Text:
    return Text(0, LONGEST_TEXT, multiline=True, **options)


class CheckInWriteSchema(Schema):
    """A new check-in."""

    value = Number(required=True, metadata={"description": "In the key result's unit; done or not: 1 or 0."})
    confidence = Integer(
        0, 10, required=True, metadata={"description": "Will it reach its target? 0 no, 10 yes."}
    )
    note = _words(load_default="", metadata={"description": "One line on what happened."})
    challenge = _words(load_default="", metadata={"description": "What stands in the way."})
    adjustment = _words(load_default="", metadata={"description": "What will change."})
    as_of = Instant(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The moment that it counts for, since the cycle's start; now where it is left out."
        },
    )


class CheckInChangeSchema(Schema):
    """What a revision changes; the rest stays."""

    value = Number()
    confidence = Integer(0, 10)
    note = _words()
    challenge = _words()
    adjustment = _words()


class CheckInSchema(Schema):
    """One version of a check-in.

    ``progress``, ``expected`` and ``status`` are as its writer saw the series.
    """

    id = Id(required=True)
    key_result_id = Id(required=True)
    objective_id = Id(required=True)
    seq = Integer(
        1, required=True, metadata={"description": "Counts all versions of the key result's check-ins."}
    )
    value = Number(required=True)
    confidence = Integer(0, 10, required=True)
    note = _words(required=True)
    challenge = _words(required=True)
    adjustment = _words(required=True)
    author_id = Id(required=True)
    as_of = Instant(required=True)
    recorded_at = Instant(required=True)
    raw_progress = Number(required=True, allow_none=True)
    progress = Number(0, 1, required=True, allow_none=True)
    expected = Number(0, 1, required=True)
    status = Choice([status.value for status in Status], required=True)
    revision_of = Id(required=True, allow_none=True, metadata={"description": "The first version's id."})
    withdrawn = Flag(required=True, metadata={"description": "It was undone and does not count."})


class EntrySchema(CheckInSchema):
    """A check-in as it counts now, under the id of its first version, with every version it had."""

    value_progress = Number(
        0,
        1,
        required=True,
        metadata={"description": "The progress that this value alone means: a chart's point."},
    )
    revisions = ma.fields.List(
        ma.fields.Nested(CheckInSchema),
        required=True,
        metadata={"description": "All versions, oldest first; empty where it was never changed."},
    )


class HistoryQuery(PageQuery):
    """A page of history."""


class ReasonSchema(Schema):
    """One number that a status rests on."""

    rule = Text(1, 40, required=True)
    value = Number(required=True, allow_none=True)
    limit = Number(required=True, allow_none=True, metadata={"description": "The line that it is held to."})
    decisive = Flag(required=True, metadata={"description": "It made the status what it is."})


class StandingSchema(Schema):
    """What follows from the check-ins and the clock at this moment."""

    key_result_id = Id(required=True)
    seq = Integer(0, required=True, metadata={"description": "The series' length that was judged."})
    at = Instant(required=True)
    current = Number(required=True, allow_none=True)
    raw_progress = Number(required=True, allow_none=True)
    progress = Number(0, 1, required=True, allow_none=True)
    expected = Number(0, 1, required=True)
    expected_value = Number(
        required=True, metadata={"description": "Where the expected line is today, in the unit."}
    )
    status = Choice([status.value for status in Status], required=True)
    confidence = Integer(0, 10, required=True, allow_none=True)
    as_of = Instant(required=True, allow_none=True)
    reasons = ma.fields.List(ma.fields.Nested(ReasonSchema), required=True)
    next_check_in_on = Day(required=True, allow_none=True)


class DefinitionSchema(Schema):
    """What is measured, and from when to when."""

    key_result_id = Id(required=True)
    objective_id = Id(required=True)
    objective_title = Text(0, 1000, required=True)
    title = Text(0, 1000, required=True)
    kind = Choice(KINDS, required=True)
    unit = Text(0, 100, required=True)
    start = Number(required=True)
    target = Number(required=True)
    starts_on = Day(required=True)
    due_on = Day(required=True)
    owner_id = Id(required=True)
    delegate_id = Id(required=True, allow_none=True)
    team_id = Id(required=True, allow_none=True)
    cycle_id = Id(required=True)


class ScheduleSchema(Schema):
    """When check-ins fall due."""

    every = Choice(("weekly", "biweekly", "monthly"), required=True)
    weekday = Integer(0, 6, required=True, metadata={"description": "Monday is 0."})
    time = Text(5, 5, required=True)
    next_check_in_on = Day(required=True, allow_none=True)
    due = Flag(
        required=True, metadata={"description": "It is due today or was missed, where that person is."}
    )
    person_id = Id(
        required=True,
        metadata={"description": "Who owes the next check-in: the delegate while they can, else the owner."},
    )


class ExpectedPointSchema(Schema):
    """One point of the expected line."""

    on = Day(required=True)
    share = Number(0, 1, required=True)
    value = Number(required=True)


class ToldSchema(Schema):
    """Everything that a key result's page says about where it stands."""

    standing = ma.fields.Nested(StandingSchema, required=True)
    definition = ma.fields.Nested(DefinitionSchema, required=True)
    schedule = ma.fields.Nested(ScheduleSchema, required=True)
    expected_line = ma.fields.List(ma.fields.Nested(ExpectedPointSchema), required=True)
    may_check_in = Flag(required=True, metadata={"description": "Whether you may."})


class LastCheckInSchema(Schema):
    """The reading that counts now."""

    value = Number(required=True)
    confidence = Integer(0, 10, required=True)
    note = _words(required=True, allow_none=True)
    as_of = Instant(required=True)
    author_id = Id(required=True)


class OwedSchema(Schema):
    """A check-in that you owe."""

    definition = ma.fields.Nested(DefinitionSchema, required=True)
    standing = ma.fields.Nested(StandingSchema, required=True)
    last = ma.fields.Nested(LastCheckInSchema, required=True, allow_none=True)
    due_on = Day(required=True)
    days_missed = Integer(
        required=True, metadata={"description": "Negative where it is due in that many days."}
    )


class DoneSchema(Schema):
    """A key result that you checked in today."""

    definition = ma.fields.Nested(DefinitionSchema, required=True)
    standing = ma.fields.Nested(StandingSchema, required=True)
    check_in_id = Id(required=True)
    recorded_at = Instant(required=True)
    value_before = Number(
        required=True,
        allow_none=True,
        metadata={"description": "The reading that counted when the day began."},
    )


class OwedPageSchema(Schema):
    """All that you owe: ``items`` are due today or were missed, the most urgent first."""

    items = ma.fields.List(ma.fields.Nested(OwedSchema), required=True)
    later = ma.fields.List(
        ma.fields.Nested(OwedSchema),
        required=True,
        metadata={"description": "Due later this week, up to Sunday."},
    )
    done = ma.fields.List(
        ma.fields.Nested(DoneSchema),
        required=True,
        metadata={"description": "Checked in today and not due any more, in that order."},
    )
    next_on = Day(
        required=True,
        allow_none=True,
        metadata={"description": "The first day after today on which you owe a check-in."},
    )
    next = ma.fields.String(required=True, allow_none=True)


class WeekQuery(Schema):
    """Whose cairn."""

    team_id = Id(required=True)


class StoneSchema(Schema):
    """One key result of the period."""

    key_result_id = Id(required=True)
    title = Text(0, 1000, required=True)
    due_on = Day(required=True)
    laid = Flag(required=True)


class PersonWeekSchema(Schema):
    """What one person laid and owes."""

    person_id = Id(required=True)
    laid = Integer(0, required=True)
    owed = Integer(0, required=True)
    key_results = ma.fields.List(ma.fields.Nested(StoneSchema), required=True)


class WeekSchema(Schema):
    """A team's current week, fortnight or month."""

    team_id = Id(required=True)
    team_name = Text(0, 1000, required=True)
    due_on = Day(required=True, metadata={"description": "The rhythm's day in the current period."})
    laid = Integer(0, required=True)
    owed = Integer(0, required=True)
    total = Integer(0, required=True)
    people = ma.fields.List(ma.fields.Nested(PersonWeekSchema), required=True)
