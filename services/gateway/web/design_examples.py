"""What `/design` shows: one fictional example of everything, with dates round today."""

from datetime import date, timedelta
from typing import Any

from services.gateway.web import charts, formatting

Example = dict[str, Any]

TEAM = "Platform Operations"
RESTORE = "Median time to restore service"
LONG_NAME = "Teofilus Rowan-Featherstonehaugh the Younger"


def example(**fields: Any) -> Example:
    """The fields, as templates read them."""
    return fields


PEOPLE = (
    example(id="p1", name="Jun Alder"),
    example(id="p2", name="Ines Larkspur"),
    example(id="p3", name="Odo Hartfeld"),
    example(id="p4", name="Priya Thornbury"),
    example(id="p6", name=LONG_NAME),
)
MORE_OF_VIEWER = example(
    email="jun.alder@fernhollow.example", roles=("admin",), locale="en_GB", time_zone="UTC"
)


def shell(today: date) -> Example:
    """The layout's context for a person in a running quarter."""
    starts_on, ends_on = today - timedelta(days=47), today + timedelta(days=43)
    now = example(id="c1", name="Q4 2031", starts_on=starts_on, ends_on=ends_on, state="active")
    before = example(id="c0", name="Q3 2031", starts_on=starts_on - timedelta(days=92), state="closed")
    after = example(id="c2", name="Q1 2032", starts_on=ends_on + timedelta(days=1), state="planning")
    before["ends_on"] = starts_on - timedelta(days=1)
    after["ends_on"] = ends_on + timedelta(days=90)
    crumbs = [("Q4 2031", "/okrs"), ("A company objective", "/okrs"), ("Here", None)]
    return example(
        page=example(title="Design", nav="okrs", crumbs=crumbs),
        viewer=PEOPLE[0] | MORE_OF_VIEWER,
        cycle=now | example(weeks=13, week=7, elapsed=0.52),
        cycles=[now, after, before],
        owed=3,
    )


def everything(today: date) -> Example:
    """One example of every component."""
    return example(
        people=PEOPLE,
        statuses=tuple(formatting.STATUS_WORDS),
        owed_items=owed_items(today),
        form=form_state(),
        rows=tree_rows(today),
        falling=series(today, 95, 30, (95, 91, 84, 85, 80, 78), "27 points behind plan"),
        rising=series(today, 0, 20, (1, 4, 9, 14, 17, 23)),
        first=series(today, 21, 9, (20,)),
        history=history(today),
    )


def owed_items(today: date) -> list[Example]:
    """Three check-ins: at risk on a falling metric, a boolean, one with nothing yet."""
    day = timedelta(days=1)
    restore = example(
        id="k1", title=RESTORE, status="at_risk", kind="metric", unit="min", start=95.0, target=30.0
    )
    restore |= example(current=78.0, last_as_of=today - 7 * day, progress=0.26, expected=0.53, confidence=3)
    restore |= example(due_on=today)
    rehearsed = example(
        id="k2", title="Roll-back rehearsed in every service", status="on_track", kind="boolean"
    )
    rehearsed |= example(unit=None, start=0, target=1, current=0.0, last_as_of=today - 6 * day, progress=0.0)
    rehearsed |= example(expected=0.1, confidence=7, due_on=today + day)
    reviews = example(id="k3", title="Incident reviews led", status="awaiting_first_check_in", kind="metric")
    reviews |= example(unit=None, start=0.0, target=6.0, current=None, last_as_of=None, progress=0.0)
    reviews |= example(expected=0.53, confidence=None, due_on=today - 2 * day)
    return [item | example(url="#", team=TEAM, raw_progress=None) for item in (restore, rehearsed, reviews)]


def form_state() -> Example:
    """A form as it is first shown."""
    preview = example(reads="70\u00a0min", typed="70", progress=0.38, raw_progress=0.38, expected=0.53)
    previews = [preview | example(status="behind")]
    return example(action="#", key="example", values=None, errors=None, skip="#", previews=previews)


def tree_rows(today: date) -> list[Example]:
    """A small tree with every kind of row."""
    usual = example(
        url="#", raw_progress=None, expected=0.52, weakest=None, confidence=6, team=None, owed=False
    )
    usual |= example(next_check_in_on=today + timedelta(days=2), has_children=False)

    def objective(
        key: str, title: str, depth: int, status: str, progress: float | None, **more: Any
    ) -> Example:
        named = example(kind="objective", id=key, title=title, depth=depth, status=status, progress=progress)
        return usual | named | example(owner=PEOPLE[depth]) | more

    def key_result(key: str, title: str, depth: int, status: str, progress: float, **more: Any) -> Example:
        named = example(kind="key_result", id=key, title=title, depth=depth, status=status, progress=progress)
        return usual | named | example(owner=PEOPLE[depth], measure="boolean") | more

    weak = example(progress=0.26, status="at_risk")
    trust = "Customers trust us with the systems they cannot afford to lose"
    metric = example(measure="metric")
    missed = example(next_check_in_on=today - timedelta(days=4), owed=True)
    return [
        objective("o1", trust, 0, "on_track", 0.58, weakest=weak, has_children=True),
        key_result(
            "k11",
            "Hosted systems available",
            1,
            "on_track",
            0.92,
            start=99.5,
            target=99.9,
            unit="%",
            **metric,
        ),
        key_result(
            "k12", RESTORE, 1, "at_risk", 0.26, start=95, target=30, unit="min", confidence=3, **metric
        ),
        objective("o2", "Recover before customers notice", 2, "behind", 0.32, has_children=True, team=TEAM),
        key_result("k21", "Roll-back rehearsed in every service", 3, "stale", 0.48, **missed),
        objective(
            "o3", "New customers feel at home in their first month", 0, "achieved", 1.0, has_children=True
        ),
        key_result(
            "k31", "Customers certified", 1, "achieved", 1.0, raw_progress=1.18, start=0, target=12, **metric
        ),
        key_result("k32", "Baseline recorded", 1, "awaiting_first_check_in", 0.0, confidence=None),
        objective("o4", "We sell only what we can run well", 0, "too_early", None, confidence=None)
        | {"owner": None},
    ]


def series(
    today: date, start: float, target: float, values: tuple[float, ...], gap: str = ""
) -> charts.Series:
    """A chart's series with a check-in a week, the last but one revised."""
    starts_on, ends_on = today - timedelta(days=47), today + timedelta(days=43)
    readings = [
        charts.Reading(
            starts_on + timedelta(days=5 + 7 * week),
            value,
            revised=week == len(values) - 2,
            note={2: 1, 4: 2}.get(week),
        )
        for week, value in enumerate(values)
    ]
    return charts.Series(RESTORE, start, target, starts_on, ends_on, readings, today, "min", gap)


def history(today: date) -> list[Example]:
    """Check-ins with a revision, one by a delegate, one withdrawn."""
    week = timedelta(days=7)
    revision = example(at="2031-11-11T10:42:00+00:00", author=PEOPLE[0], was=68.0, value=78.0)
    revision["reason"] = "mean instead of median"
    latest = example(id="h3", as_of=today - week, value=78.0, previous=80.0, confidence=3, author=PEOPLE[0])
    latest |= example(note="First rehearsed failover took 31 minutes.", latest=True, edit_url="#")
    latest |= example(challenge="Daytime incidents still wait for one person.", revisions=[revision])
    delegated = example(
        id="h2", as_of=today - 2 * week, value=80.0, previous=85.0, confidence=5, author=PEOPLE[3]
    )
    delegated |= example(on_behalf_of="Jun", note="Rota split is paying off at night. Days are unchanged.")
    withdrawn = example(
        id="h1", as_of=today - 3 * week, value=40.0, previous=None, confidence=5, author=PEOPLE[0]
    )
    return [latest, delegated, withdrawn | example(withdrawn=True)]
