"""The timeline of a campaign as numbers for an SVG: x in per cent, so that text keeps its size at every width.

Pure arithmetic on rows, linear in their number. The text alternative is the table, which has the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Milestone
from campaigns.rows import Row
from campaigns.scale import Scale, Tick
from campaigns.window import Window, month_after

APART = 7.2  # per cent: two marks closer than this touch on a phone
NAME_WIDTH = 0.62  # per cent of a wide screen that one letter of a name takes
FEW, MOST_LEVELS = 2, 12  # levels of marks: names have room above few; more than most and marks become stacks
WIDE_STEP, STEP, LOWEST = 38, 24, 24  # px between two levels, and from the axis to the lowest
ONE = timedelta(days=1)
WHOLE = Window()


@dataclass(frozen=True)
class Mark:
    """One milestone: x in per cent as text, y in px. `span`: how long it lasts, or within what it is known to lie."""

    number: int
    x: str
    y: int
    span_x: str
    span_to: str
    is_vague: bool
    tone: str
    is_external: bool
    title: str
    name: str
    name_side: str  # "above" or "beside" the mark


@dataclass(frozen=True)
class Stack:
    """Several milestones for which there is no room of their own."""

    x: str
    y: int
    numbers: list[int]

    @property
    def count(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class Arrow:
    """From what comes first to what comes after it."""

    x1: str
    y1: int
    x2: str
    y2: int
    is_late: bool


@dataclass(frozen=True)
class Timeline:
    first: date
    last: date
    axis: int
    ticks: list[Tick]
    marks: list[Mark]
    stacks: list[Stack]
    arrows: list[Arrow]
    today: str
    today_anchor: str
    mirrored: bool

    @property
    def height(self) -> int:
        return self.axis + 58


@dataclass
class Placed:
    """A row with its shares (per cent from the first day) and its level, None within a stack."""

    row: Row
    begin: float
    end: float
    centre: float
    level: int | None = None


def timeline(
    rows: Sequence[Row], today: date, window: Window = WHOLE, *, with_today: bool = True, mirrored: bool = False
) -> Timeline | None:
    """The drawing of `rows` within `window`, or None without any that is not dropped.

    `with_today`: make room for today where no window is asked for; a campaign that is over needs none.
    `mirrored`: for languages written from the right, time runs to the left.
    """
    drawn = [row for row in rows if row.milestone.status != Milestone.Status.DROPPED]
    if not drawn:
        return None
    scale = _scale(drawn, window, today if with_today else None, mirrored=mirrored)
    placed = [_placed(row, scale) for row in drawn]
    heaps = _give_levels(placed)
    levels = 1 + max([one.level for one in placed if one.level is not None], default=0) + bool(heaps)
    step = WIDE_STEP if levels <= FEW else STEP
    axis = 90 + max(0, levels - FEW) * step
    heights = [axis - LOWEST - level * step for level in range(levels)]
    names = _names(placed, levels)
    marks = [
        _mark(one, scale, heights[one.level], names.get(one.row.number, ""), levels)
        for one in placed
        if one.level is not None
    ]
    stacks = [
        Stack(scale.place(sum(one.centre for one in heap) / len(heap)), heights[-1], [one.row.number for one in heap])
        for heap in heaps
    ]
    return Timeline(
        first=scale.first,
        last=scale.end - ONE,
        axis=axis,
        ticks=scale.ticks(),
        marks=marks,
        stacks=stacks,
        arrows=_arrows(drawn, marks, stacks),
        today=scale.place(scale.share(today)) if scale.first <= today < scale.end else "",
        today_anchor=scale.anchor(today),
        mirrored=mirrored,
    )


def _scale(drawn: Sequence[Row], window: Window, today: date | None, *, mirrored: bool) -> Scale:
    """As far as the window, or whole months around everything, half a year at least."""
    days = [today] if today and window.is_whole else []
    days += [row.milestone.starts_on for row in drawn] + [row.milestone.last_day for row in drawn]
    first = window.first or min([*days, window.last or date.max]).replace(day=1)
    last = window.last or max([*days, first])
    if window.last is not None:
        return Scale(first, _or_end(last.toordinal() + 1), mirrored=mirrored)
    return Scale(first, max(_months_on(last, 1), _months_on(first, 6)), mirrored=mirrored)


def _or_end(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def _months_on(day: date, months: int) -> date:
    try:
        return month_after(day, months)
    except ValueError:  # the end of the calendar
        return date.max


def _placed(row: Row, scale: Scale) -> Placed:
    """A day stands at its beginning; what is only known to lie within a month or year, in the middle of it."""
    milestone = row.milestone
    begin, end = scale.share(milestone.starts_on), scale.share(_or_end(milestone.last_day.toordinal() + 1))
    centre = begin if milestone.precision == Milestone.Precision.DAY else (begin + end) / 2
    return Placed(row, begin, end, centre)


def _give_levels(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Each mark on the lowest level where it touches none; beyond the highest they are heaped up: returns the heaps."""
    taken = [float("-inf")] * MOST_LEVELS
    heaps: list[list[Placed]] = []
    heaped_to = float("-inf")
    for one in placed:
        left, right = _room(one)
        one.level = next((level for level, end in enumerate(taken) if end <= left), None)
        if one.level is not None:
            taken[one.level] = right
        elif heaps and left < heaped_to:
            heaps[-1].append(one)
        else:
            heaps.append([one])
            heaped_to = right + APART  # two digits more than a mark
    return heaps


def _room(one: Placed) -> tuple[float, float]:
    """From where to where its mark, or its vague span, takes the level for itself."""
    left, right = one.centre - APART / 2, one.centre + APART / 2
    if one.row.milestone.precision == Milestone.Precision.DAY:
        return left, right
    return min(left, one.begin), max(right, one.end)


def _names(placed: Sequence[Placed], levels: int) -> dict[int, str]:
    """{number: title} for those whose title has room: above its mark on few levels, beside it on more."""
    names = {}
    for level in range(levels):
        line = [one for one in placed if one.level == level]
        for place, one in enumerate(line):
            title, width = one.row.milestone.title, len(one.row.milestone.title) * NAME_WIDTH
            before = line[place - 1].centre if place else None
            after = line[place + 1].centre if place + 1 < len(line) else None
            if levels > FEW:
                room = (after - APART / 2 if after is not None else 100) - max(one.centre, one.end)
                fits = width + APART / 3 <= room
            else:
                beside = [abs(other - one.centre) / 2 for other in (before, after) if other is not None]
                # The stems of higher marks pass through lower names.
                stems = [abs(other.centre - one.centre) for other in placed if (other.level or 0) > level]
                fits = width / 2 <= min([*beside, *stems, one.centre, 100 - one.centre])
            if fits:
                names[one.row.number] = title
    return names


def _mark(one: Placed, scale: Scale, y: int, name: str, levels: int) -> Mark:
    milestone = one.row.milestone
    is_vague = milestone.precision != Milestone.Precision.DAY
    lasts = is_vague or milestone.ends_on is not None
    tone = "done" if milestone.status == Milestone.Status.REACHED else "ext" if milestone.is_external else ""
    return Mark(
        number=one.row.number,
        x=scale.place(one.centre),
        y=y,
        span_x=scale.place(one.begin) if lasts else "",
        span_to=scale.place(one.end) if lasts else "",
        is_vague=is_vague,
        tone=tone,
        is_external=milestone.is_external,
        title=milestone.title,
        name=name,
        name_side="beside" if levels > FEW else "above",
    )


def _arrows(drawn: Sequence[Row], marks: Sequence[Mark], stacks: Sequence[Stack]) -> list[Arrow]:
    """Between what is drawn; the table names the rest."""
    where = {mark.number: (mark.x, mark.y) for mark in marks}
    where |= {number: (stack.x, stack.y) for stack in stacks for number in stack.numbers}
    return [
        Arrow(*where[number], *where[row.number], is_late=number in row.blocked_by)
        for row in drawn
        for number in row.after
        if number in where
    ]
