"""From days to per cent of the drawing, and the marks on its axis. Pure arithmetic on days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as date_format
from django.utils.translation import pgettext

from campaigns.window import month_after

STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 480, 1200, 2400, 6000, 12000, 24000)  # months between two labels
MOST_LABELS = 6
DAYS_ONLY = 62  # up to so many days, the axis is divided into days


@dataclass(frozen=True)
class Tick:
    """`foot`: how far it reaches below the axis, in px; without a label it is short."""

    x: str
    label: str
    anchor: str
    foot: int


class Scale:
    """`first` is the first day drawn, `end` the day after the last. Mirrored, time runs to the left."""

    def __init__(self, first: date, end: date, *, mirrored: bool) -> None:
        self.first, self.end, self.mirrored = min(first, end - timedelta(days=1)), end, mirrored

    def share(self, day: date) -> float:
        """Per cent of the way from the first day; what lies outside stands at the edge."""
        inside = min(max(day, self.first), self.end)
        return 100 * (inside - self.first).days / (self.end - self.first).days

    def place(self, share: float) -> str:
        """The x of a share as text, so that no language writes a decimal comma."""
        return f"{100 - share if self.mirrored else share:.2f}"

    def anchor(self, day: date) -> str:
        """Text near an edge grows inwards; "start" and "end" follow the direction of writing."""
        share = self.share(day)
        if 4 < share < 96:
            return "middle"
        return "start" if share <= 4 else "end"

    def ticks(self) -> list[Tick]:
        """Days, months or years, never more labels than a phone has room for."""
        found = self._days() if (self.end - self.first).days <= DAYS_ONLY else self._months()
        return _without_crowding(found)

    def _tick(self, day: date, label: str) -> Tick:
        return Tick(self.place(self.share(day)), label, self.anchor(day), 12 if label else 6)

    def _days(self) -> list[Tick]:
        days = [self.first + timedelta(days=ahead) for ahead in range((self.end - self.first).days)]
        form = pgettext("date format", "j M")
        every = 1 if len(days) <= 7 else 7 if len(days) <= 35 else 14
        return [self._tick(day, date_format(day, form) if n % every == 0 else "") for n, day in enumerate(days)]

    def _months(self) -> list[Tick]:
        months = (self.end.year - self.first.year) * 12 + self.end.month - self.first.month
        step = next((step for step in STEPS if months / step <= MOST_LABELS), STEPS[-1])
        start = self.first if self.first.day == 1 else _month_or_end(self.first, 1)
        ticks: list[Tick] = []
        between = 1 if months <= 36 else step
        ahead = 0 if between == 1 else -(start.year * 12 + start.month - 1) % step
        while (day := _month_or_end(start, ahead)) < self.end:
            labelled = (day.year * 12 + day.month - 1) % step == 0 or not ticks
            ticks.append(self._tick(day, _label(day, is_first=not ticks) if labelled else ""))
            ahead += between
        return ticks


def _month_or_end(start: date, ahead: int) -> date:
    try:
        return month_after(start, ahead)
    except ValueError:
        return date.max


def _without_crowding(ticks: list[Tick]) -> list[Tick]:
    """The first label gives way when the next one stands too near."""
    places = [place for place, tick in enumerate(ticks) if tick.label]
    room = 12 if places and ticks[places[0]].label.isdigit() else 24  # "2026" or "Aug 2026", on a phone
    if len(places) > 1 and abs(float(ticks[places[0]].x) - float(ticks[places[1]].x)) < room:
        first = ticks[places[0]]
        ticks[places[0]] = Tick(first.x, "", first.anchor, 6)
    return ticks


def _label(day: date, *, is_first: bool) -> str:
    if day.month == 1:
        return date_format(day, pgettext("date format", "Y"))
    return date_format(day, pgettext("date format", "M Y") if is_first else pgettext("date format", "M"))
