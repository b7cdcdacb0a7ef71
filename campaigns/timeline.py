"""The timeline of a campaign as numbers for an SVG: x in per cent, so that text keeps its size at every width.

Pure arithmetic on dates. The text alternative is the table of milestones below it, which has the same numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as date_format
from django.utils.translation import pgettext

from campaigns.models import Milestone

LEVELS = (66, 28)  # heights of the marks in px: near the axis, and above it when they would touch
APART = 6.5  # per cent: two marks closer than this touch on a phone
NAME_WIDTH = 0.62  # per cent of a wide screen that one letter of a name takes
STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 480)  # months between two labels
MOST_LABELS = 6


@dataclass(frozen=True)
class Tick:
    x: str
    label: str
    anchor: str
    foot: int


@dataclass(frozen=True)
class Mark:
    """One milestone: `x` and `width` of its span in per cent as text, so that no language writes a decimal comma."""

    number: int
    x: str
    y: int
    span_x: str
    span: str
    tone: str
    is_external: bool
    name: str

    @property
    def text_y(self) -> int:
        return self.y + 4

    @property
    def name_y(self) -> int:
        return self.y - 16

    @property
    def foot(self) -> int:
        return self.y + 10

    @property
    def top(self) -> int:
        return self.y - 10


@dataclass(frozen=True)
class Timeline:
    first: date
    last: date
    ticks: list[Tick]
    marks: list[Mark]
    today: str
    today_anchor: str


def timeline(milestones: Iterable[Milestone], today: date, *, mirrored: bool = False) -> Timeline | None:
    """The drawing of `milestones` (numbered from 1 in the order given), or None without any that is not dropped.

    `mirrored`: for languages written from the right, time runs to the left.
    """
    numbered = list(enumerate(milestones, 1))
    drawn = [(number, one) for number, one in numbered if one.status != Milestone.Status.DROPPED]
    if not drawn:
        return None
    days = [today, *(one.starts_on for _n, one in drawn), *(one.ends_on or one.starts_on for _n, one in drawn)]
    scale = Scale(min(days), max(days), mirrored=mirrored)
    return Timeline(scale.first, scale.last, _ticks(scale), _marks(drawn, scale), scale.x(today), scale.anchor(today))


class Scale:
    """From days to per cent; begins and ends with a month, and is never shorter than half a year."""

    def __init__(self, first: date, last: date, *, mirrored: bool) -> None:
        self.first = first.replace(day=1)
        self.last = max(_month_after(last, 1), _month_after(self.first, 6))
        self.mirrored = mirrored

    def share(self, day: date) -> float:
        share = 100 * (day - self.first).days / (self.last - self.first).days
        return 100 - share if self.mirrored else share

    def x(self, day: date) -> str:
        return f"{self.share(day):.2f}"

    def anchor(self, day: date) -> str:
        """Text near an edge grows inwards; "start" and "end" follow the direction of writing."""
        share = self.share(day)
        if 4 < share < 96:
            return "middle"
        return "start" if (share <= 4) != self.mirrored else "end"


def _ticks(scale: Scale) -> list[Tick]:
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((step for step in STEPS if months / step <= MOST_LABELS), STEPS[-1])
    ticks = []
    for ahead in range(months + 1):
        day = _month_after(scale.first, ahead)
        labelled = ((day.year * 12 + day.month - 1) % step == 0 or ahead == 0) and ahead < months
        if not labelled and months > 36:
            continue
        label = _label(day, ahead) if labelled else ""
        ticks.append(Tick(scale.x(day), label, scale.anchor(day), 102 if labelled else 96))
    return _without_crowding(ticks)


def _without_crowding(ticks: list[Tick]) -> list[Tick]:
    """The first label gives way when the next one stands too near."""
    places = [place for place, tick in enumerate(ticks) if tick.label]
    room = 12 if ticks and ticks[0].label.isdigit() else 24  # "2026" or "Aug 2026", on a phone
    if len(places) > 1 and abs(float(ticks[places[0]].x) - float(ticks[places[1]].x)) < room:
        first = ticks[places[0]]
        ticks[places[0]] = Tick(first.x, "", first.anchor, first.foot)
    return ticks


def _label(day: date, ahead: int) -> str:
    if day.month == 1:
        return date_format(day, pgettext("date format", "Y"))
    return date_format(day, pgettext("date format", "M Y") if ahead == 0 else pgettext("date format", "M"))


def _marks(drawn: Sequence[tuple[int, Milestone]], scale: Scale) -> list[Mark]:
    placed: dict[int, list[float]] = {y: [] for y in LEVELS}
    levels = []
    for _number, one in drawn:
        share = scale.share(one.starts_on)
        free = [y for y in LEVELS if not placed[y] or abs(placed[y][-1] - share) >= APART]
        # Where both levels are full the marks overlap; the table below still tells them apart.
        level = free[0] if free else max(LEVELS, key=lambda y: abs(placed[y][-1] - share))
        placed[level].append(share)
        levels.append(level)
    return [_mark(number, one, y, scale, placed) for (number, one), y in zip(drawn, levels, strict=True)]


def _mark(number: int, one: Milestone, y: int, scale: Scale, placed: dict[int, list[float]]) -> Mark:
    begin, end = scale.share(one.starts_on), scale.share((one.ends_on or one.starts_on) + timedelta(days=1))
    return Mark(
        number=number,
        x=f"{begin:.2f}",
        y=y,
        span_x=f"{min(begin, end):.2f}",
        span=f"{abs(end - begin):.2f}" if one.ends_on else "",
        tone=("done " if one.status == Milestone.Status.REACHED else "") + ("ext" if one.is_external else ""),
        is_external=one.is_external,
        name=_name(one.title, begin, y, placed),
    )


def _name(title: str, share: float, y: int, placed: dict[int, list[float]]) -> str:
    """The title, where there is room for all of it; the number beside it stands for it elsewhere."""
    half = len(title) * NAME_WIDTH / 2
    beside = [abs(other - share) for other in placed[y]]
    beside.remove(0)  # itself
    # Names on one level share the room between their marks; the stems of higher marks pass through lower names.
    room = [gap / 2 for gap in beside] + [abs(other - share) for other in placed[LEVELS[-1]] if y != LEVELS[-1]]
    return title if half <= min([*room, share, 100 - share]) else ""


def _month_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
