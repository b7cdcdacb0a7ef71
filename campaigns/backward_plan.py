"""Dates laid backwards from a day that others set, over working days. Pure arithmetic on days.

A step takes whole working days and ends on the last working day before the next one begins; the last step ends on the
last working day before the deadline. What the weekend is, is an argument; holidays are not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Weekend = frozenset[int]  # days of the week without work, Monday being 0
ONE = timedelta(days=1)


class TooFarBack(ValueError):
    """The calendar has no days that early."""


@dataclass(frozen=True)
class Laid:
    """One step with its dates, both included; `days` working days lie between them."""

    days: int
    first: date
    last: date

    def is_over(self, today: date) -> bool:
        """Whether it would have had to be done already."""
        return self.last < today

    def is_late(self, today: date) -> bool:
        """Whether it would have had to begin already."""
        return self.first < today


def works(day: date, weekend: Weekend) -> bool:
    return day.weekday() not in weekend


def workday_before(day: date, weekend: Weekend, days: int = 1) -> date:
    """The day that lies `days` working days (at least one) before `day`. Raises TooFarBack."""
    whole_weeks, days = divmod(days - 1, 7 - len(weekend))
    try:
        day -= timedelta(weeks=whole_weeks)
        for _one in range(days + 1):
            day -= ONE
            while not works(day, weekend):
                day -= ONE
    except OverflowError:
        raise TooFarBack from None
    return day


def workday_on_or_after(day: date, weekend: Weekend) -> date:
    """`day` itself if people work on it, else the next day on which they do."""
    while not works(day, weekend):
        day += ONE
    return day


def workdays_between(first: date, last: date, weekend: Weekend) -> int:
    """How many working days lie in [first, last), negative where `last` comes before `first`."""
    if last < first:
        return -workdays_between(last, first, weekend)
    whole_weeks, rest = divmod((last - first).days, 7)
    return whole_weeks * (7 - len(weekend)) + sum(works(first + n * ONE, weekend) for n in range(rest))


def laid_backwards(deadline: date, lengths: Sequence[int], weekend: Weekend) -> list[Laid]:
    """The steps of `lengths` working days each, in order of time, the last of them just before `deadline`.

    Raises TooFarBack.
    """
    laid: list[Laid] = []
    border = deadline
    for days in reversed(lengths):
        last = workday_before(border, weekend)
        first = workday_before(last, weekend, days - 1) if days > 1 else last
        laid.append(Laid(days, first, last))
        border = first
    return laid[::-1]


def moved_along(first: date, last: date | None, *, old: date, new: date, weekend: Weekend) -> tuple[date, date | None]:
    """The dates of a step when the day it hangs on moves from `old` to `new`.

    It keeps its distance to that day and its length, both in working days: moved there and back, it stands where it
    stood if it began and ended on working days. `last` is None for a step of one day, and stays it. Raises TooFarBack.
    """
    begins = _as_far_from(new, workdays_between(first, old, weekend), weekend)
    if last is None:
        return begins, None
    ends = _as_far_from(new, workdays_between(last, old, weekend), weekend)
    return begins, ends if ends > begins else None


def _as_far_from(day: date, days: int, weekend: Weekend) -> date:
    """The working day with `days` working days from it to `day`; after `day` for a negative number."""
    if days > 0:
        return workday_before(day, weekend, days)
    try:
        there = workday_on_or_after(day, weekend)
        whole_weeks, rest = divmod(-days, 7 - len(weekend))
        there += timedelta(weeks=whole_weeks)
        for _one in range(rest):
            there = workday_on_or_after(there + ONE, weekend)
    except OverflowError:
        raise TooFarBack from None
    return there
