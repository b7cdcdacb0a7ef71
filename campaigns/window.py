"""Which part of a campaign's time is asked for: the query string as a window of days. Pure arithmetic on days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from campaigns.models import Milestone

ZOOMS = {"year": 12, "quarter": 3, "month": 1}  # months in one window
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """`first` to `last`, both included; None is open. `ignored`: what of the question made no sense, as sentences."""

    zoom: str = ""
    first: date | None = None
    last: date | None = None
    ignored: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.first is None and self.last is None

    def holds(self, milestone: Milestone) -> bool:
        """Whether a part of it may fall into the window."""
        begins_in_time = self.last is None or milestone.starts_on <= self.last
        return begins_in_time and (self.first is None or milestone.last_day >= self.first)

    @property
    def earlier(self) -> dict[str, str]:
        """The question for the window just before this one; empty where there is none."""
        return self._beside(-1)

    @property
    def later(self) -> dict[str, str]:
        return self._beside(1)

    def _beside(self, direction: int) -> dict[str, str]:
        if self.first is None or self.last is None:
            return {}
        try:
            if self.zoom:
                return {"zoom": self.zoom, "from": month_after(self.first, direction * ZOOMS[self.zoom]).isoformat()}
            length = (self.last - self.first + ONE) * direction
            return {"from": (self.first + length).isoformat(), "to": (self.last + length).isoformat()}
        except (OverflowError, ValueError):
            return {}


def window(asked: Mapping[str, str], today: date) -> Window:
    """From `zoom` (year, quarter or month, around `from` or today), or `from` and `to`; what is none is ignored."""
    ignored: list[str] = []
    zoom, first, last = asked.get("zoom", ""), _day(asked, "from", ignored), _day(asked, "to", ignored)
    if zoom in ZOOMS:
        return _around(first or today, zoom, ignored)
    if zoom:
        ignored.append(_("“%(text)s” is no zoom: choose year, quarter or month.") % {"text": zoom[:40]})
    if first and last and last < first:
        ignored.append(_("The last day asked for comes before the first: everything is shown."))
        first = last = None
    return Window("", first, last, ignored)


def month_after(day: date, months: int) -> date:
    """The first day of the month that comes so many months after the one of `day`. Raises ValueError outside 1–9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _around(day: date, zoom: str, ignored: list[str]) -> Window:
    months = ZOOMS[zoom]
    first = day.replace(day=1, month=(day.month - 1) // months * months + 1)
    try:
        last = month_after(first, months) - ONE
    except ValueError:  # the end of the calendar
        last = date.max
    return Window(zoom, first, last, ignored)


def _day(asked: Mapping[str, str], name: str, ignored: list[str]) -> date | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        ignored.append(
            _("“%(text)s” is no day: write it as 2026-05-31. It is left out.") % {"text": text.replace("\0", "")[:40]}
        )
        return None
