"""The burn-up chart's geometry: readings in, SVG coordinates out.

Drawn on the server, so that it works without a script, prints, and needs no style attribute.
A metric keeps its direction: one that should fall falls.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from libs.language.isolation import isolated
from libs.language.number_format import format_number

Point = tuple[float, float]

NICE_STEPS = (1, 2, 2.5, 5, 10)
GRID_LINES = 4
TOO_CLOSE = 1e-9  # of the larger value: closer ones are one value to the eye
SMALLEST = 1e-300  # below it floats have too few digits left to divide
LEAD_ROOM = 14
WEEKS_BLUR_ABOVE = 200  # days
NOTE_ROOM, VALUE_ROOM = 40, 30  # what a label above its dot needs
WORDS_ROOM = 15  # between the middle of the gap's words and that of a dot or note
DOT_ROOM = 10
VALUE_HEIGHT = 18  # from the last value's words to words beyond it
LETTER = 6.4  # about the width of one in a label
LABEL_GAP = 8  # between the plot and what stands beside it
PLOT_AT_LEAST = 0.4  # of the drawing; longer labels are cut off by its edge before the plot is squeezed away
MONTH_ROOM = {True: 72, False: 34}
LABEL_ROOM = {True: 56, False: 28}  # a month's name at the right edge needs this much


@dataclass(frozen=True)
class Reading:
    """One check-in on the chart. `note` numbers it in the list below; `revised` draws it hollow."""

    on: date
    value: float
    revised: bool = False
    note: int | None = None


@dataclass(frozen=True)
class Series:
    """What the chart shows. `expected` is the share expected by today; null before and after the span."""

    title: str
    start: float
    target: float
    starts_on: date
    ends_on: date
    readings: Sequence[Reading]
    today: date
    unit: str = ""
    gap_words: str = ""
    number: Callable[[float], str] = field(default=format_number)
    month: Callable[[date, bool], str] = field(default=lambda on, wide: on.strftime("%B" if wide else "%b"))


@dataclass(frozen=True)
class Frame:
    """The drawing's size and where its plot lies in it."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    wide: bool


WIDE = Frame("wid", 860, 372, 46, 732, 26, 338, wide=True)
NARROW = Frame("nar", 328, 270, 34, 314, 22, 240, wide=False)


@dataclass(frozen=True)
class Label:
    """Text at a place."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Mark:
    """A reading's dot, with the number of its note and the side on which that note's stem runs."""

    x: float
    y: float
    revised: bool
    note: int | None
    note_y: float
    stem: tuple[float, float]


@dataclass(frozen=True)
class BurnUp:
    """Everything that the template needs to draw one frame."""

    frame: Frame
    grid: tuple[Label, ...]
    months: tuple[Label, ...]
    weeks: tuple[float, ...]
    expected: tuple[Point, Point]
    target_y: float
    target_label: Label
    actual: str
    lead: tuple[Point, Point] | None
    marks: tuple[Mark, ...]
    now_x: float | None
    gap: tuple[float, float] | None
    gap_label: Label | None
    last_label: Label | None
    hint: Label | None


def nice_ticks(low: float, high: float, lines: int = GRID_LINES) -> tuple[float, ...]:
    """Round numbers that cover low to high in about `lines` steps."""
    size = max(abs(low), abs(high))
    size = size if size > SMALLEST else 1.0
    spread = high - low if high - low > size * TOO_CLOSE else size
    rough = spread / lines
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in NICE_STEPS if nice * power >= rough * 0.999)
    first = math.floor(low / step)
    last = math.ceil(high / step)
    return tuple(float(f"{index * step:.12g}") for index in range(first, last + 1))


@dataclass(frozen=True)
class Scales:
    """From days and values to the frame's coordinates."""

    series: Series
    frame: Frame
    ticks: tuple[float, ...]

    def x(self, on: date) -> float:
        """Where a day lies; days outside the cycle stop at its edge."""
        days = (self.series.ends_on - self.series.starts_on).days or 1
        share = (on - self.series.starts_on).days / days
        return round(self.frame.left + min(max(share, 0.0), 1.0) * (self.frame.right - self.frame.left), 1)

    def y(self, value: float) -> float:
        """Where a value lies; higher values lie higher."""
        low, high = self.ticks[0], self.ticks[-1]
        share = (value - low) / ((high - low) or 1.0)
        return round(self.frame.bottom - share * (self.frame.bottom - self.frame.top), 1)


def burn_up(series: Series, frame: Frame = WIDE) -> BurnUp:
    """The chart's geometry in one frame."""
    scales = scales_of(series, frame)
    frame = scales.frame
    readings = sorted(series.readings, key=lambda reading: reading.on)
    last = readings[-1] if readings else None
    now_x = scales.x(series.today) if series.starts_on <= series.today <= series.ends_on else None
    gap = None
    if last and now_x is not None and series.gap_words:
        gap = (scales.y(last.value), scales.y(expected_value(series)))
    return BurnUp(
        frame=frame,
        grid=tuple(
            Label(frame.left - 8, scales.y(tick) + 4, series.number(tick), "end") for tick in scales.ticks
        ),
        months=month_labels(scales),
        weeks=week_marks(scales),
        expected=(
            (scales.x(series.starts_on), scales.y(series.start)),
            (scales.x(series.ends_on), scales.y(series.target)),
        ),
        target_y=scales.y(series.target),
        target_label=target_label(scales),
        actual=" ".join(f"{scales.x(reading.on)},{scales.y(reading.value)}" for reading in readings),
        lead=lead(scales, last, now_x) if gap else None,
        marks=tuple(mark(scales, reading) for reading in readings),
        now_x=now_x,
        gap=gap,
        gap_label=gap_label(scales, now_x, gap, readings),
        last_label=last_label(scales, last),
        hint=hint_label(scales),
    )


def scales_of(series: Series, frame: Frame) -> Scales:
    """Scales that hold every value, the start and the target, and end on round numbers."""
    values = [series.start, series.target, *(reading.value for reading in series.readings)]
    ticks = nice_ticks(min(values), max(values))
    return Scales(series, with_room(frame, series, ticks), ticks)


def with_room(frame: Frame, series: Series, ticks: tuple[float, ...]) -> Frame:
    """Move the plot's edges inwards where a number beside it is long."""
    longest = max(len(series.number(tick)) for tick in ticks)
    left = max(frame.left, math.ceil(longest * LETTER) + LABEL_GAP)
    right = frame.right
    if frame.wide:
        right = min(right, frame.width - math.ceil(len(target_words(series)) * LETTER) - LABEL_GAP - 2)
    least = math.floor(frame.width * PLOT_AT_LEAST)
    left = min(left, frame.right - least)
    return replace(frame, left=left, right=max(right, left + least))


def target_words(series: Series) -> str:
    """Return the words on the target's line."""
    return f"Target {series.number(series.target)}"


def lead(scales: Scales, last: Reading | None, now_x: float | None) -> tuple[Point, Point] | None:
    """The dotted line from the last reading to today, where there is room for one."""
    if last is None or now_x is None:
        return None
    x, y = scales.x(last.on), scales.y(last.value)
    return ((x + 7, y), (now_x - 6, y)) if x + LEAD_ROOM < now_x else None


def expected_value(series: Series) -> float:
    """The value that a straight line from start to target expects today."""
    days = (series.ends_on - series.starts_on).days or 1
    share = min(max((series.today - series.starts_on).days / days, 0.0), 1.0)
    return series.start + (series.target - series.start) * share


def month_labels(scales: Scales) -> tuple[Label, ...]:
    """A label at the start of the cycle and of each month in it, unless two would touch."""
    series, frame = scales.series, scales.frame
    starts = [series.starts_on]
    while (following := (starts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= series.ends_on:
        starts.append(following)
    room = (frame.right - frame.left) / len(starts)
    every = max(1, math.ceil(MONTH_ROOM[frame.wide] / room))
    kept = starts[::every]
    if len(kept) > 1 and scales.x(kept[1]) - scales.x(kept[0]) < MONTH_ROOM[frame.wide]:
        kept = kept[1:]
    labels = [Label(scales.x(on), frame.bottom + 18, series.month(on, frame.wide)) for on in kept]
    return tuple(label for label in labels if frame.right - label.x > LABEL_ROOM[frame.wide])


def week_marks(scales: Scales) -> tuple[float, ...]:
    """Where each week begins, and the end; months alone where weeks would be a smear."""
    series = scales.series
    days = (series.ends_on - series.starts_on).days
    if days > WEEKS_BLUR_ABOVE:
        return ()
    return tuple(scales.x(series.starts_on + timedelta(days=day)) for day in (*range(0, days, 7), days))


def target_label(scales: Scales) -> Label:
    """Right of the plot when there is room, else above the line's beginning."""
    frame, series = scales.frame, scales.series
    text = target_words(series)
    y = scales.y(series.target)
    if frame.wide:
        return Label(frame.right + 10, y + 4, text)
    rising = series.target >= series.start
    return Label(frame.left + 4, y + 14 if rising else y - 6, text)


def mark(scales: Scales, reading: Reading) -> Mark:
    """A reading's dot; its note stands where the line does not come from, unless the edge is too near."""
    x, y = scales.x(reading.on), scales.y(reading.value)
    above = y - scales.frame.top > NOTE_ROOM if falls(scales) else scales.frame.bottom - y < NOTE_ROOM
    reach = -20 if above else 20
    stem = (y - 7, y - 12) if above else (y + 7, y + 12)
    return Mark(x, y, reading.revised, reading.note, y + reach, stem)


def falls(scales: Scales) -> bool:
    """Whether the metric should fall."""
    return scales.series.target < scales.series.start


def gap_label(
    scales: Scales, now_x: float | None, gap: tuple[float, float] | None, readings: list[Reading]
) -> Label | None:
    """The gap's words right of today, at the value's end; left of it and clear of dots near the end."""
    if gap is None or now_x is None:
        return None
    words = scales.series.gap_words
    if now_x + 10 + len(words) * LETTER < scales.frame.right:
        return Label(now_x + 10, gap[0] + 4, words)
    floor, under, over = scales.frame.bottom - 10, max(gap) + 18, min(gap) - 10
    heights = [*([under] if under < scales.frame.bottom - 6 else []), over, floor]
    begins = now_x - 10 - len(words) * LETTER
    taken = [y for reading in readings for y in heights_taken(scales, reading, begins)]
    value = last_label(scales, readings[-1] if readings else None)
    if value is not None and value.x > begins:
        taken.append(value.y - 4)
        heights.append(value.y + (VALUE_HEIGHT if value.y > gap[0] else -VALUE_HEIGHT))
    clear = (y for y in heights if all(abs(y - 4 - other) > WORDS_ROOM for other in taken))
    return Label(now_x - 10, next(clear, heights[0]), words, "end")


def heights_taken(scales: Scales, reading: Reading, begins: float) -> list[float]:
    """Where a reading's dot and note stand in the way of words that begin there."""
    drawn = mark(scales, reading)
    if drawn.x < begins - DOT_ROOM:
        return []
    return [drawn.y, drawn.note_y] if drawn.note else [drawn.y]


def last_label(scales: Scales, last: Reading | None) -> Label | None:
    """The last value beside its dot, on the side that neither the line nor a note takes."""
    if last is None:
        return None
    x, y = scales.x(last.on), scales.y(last.value)
    below = mark(scales, last).note_y < y
    figure, height = scales.series.number(last.value), y + 18 if below else y - 12
    if x - scales.frame.left < VALUE_ROOM:
        return Label(x + 8, height, figure)
    return Label(x - 8, height, figure, "end")


def hint_label(scales: Scales) -> Label | None:
    """The unit and direction, in the corner that the line never crosses."""
    frame, series = scales.frame, scales.series
    if not frame.wide or not hint_text(series):
        return None
    return Label(frame.left + 8, frame.bottom - 12 if falls(scales) else frame.top + 16, hint_text(series))


def hint_text(series: Series) -> str:
    """Return the unit, as it was typed, and the direction: `req/s; lower is better`."""
    lower = "lower is better" if series.target < series.start else ""
    return (
        "; ".join(part for part in (isolated(series.unit), lower) if part)
        if series.unit
        else lower.capitalize()
    )
