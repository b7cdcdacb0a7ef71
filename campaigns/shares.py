"""How are the tasks spread? Counted over those that the reader may see, so that no total tells of others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from campaigns.models import Task
from members.models import Organisation, SeatTerm

MANY = 5  # more open tasks than this are much for one person beside another job
LARGE, LEAST = 0.25, 4  # an organisation has a large part with a quarter of all open tasks, once these are some
SHOWN = 50
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Share:
    """What one organisation has open, and has done within a year. `is_seated`: it sits on a steering committee.

    `percent` of all open tasks.
    """

    organisation: Organisation
    open: int
    done: int
    percent: int
    is_seated: bool
    is_large: bool


@dataclass(frozen=True)
class Shares:
    """`totals`: open, done, held (open, on behalf of an organisation the reader may know), held_done, seated (held by
    those on a steering committee) and unowned. `most`: what the longest bar stands for.
    """

    rows: list[Share]
    totals: dict[str, int]
    most: int
    has_more: bool

    @property
    def seated_percent(self) -> int:
        return round(100 * self.totals["seated"] / self.totals["held"]) if self.totals["held"] else 0

    @property
    def rest(self) -> tuple[int, int]:
        """(open, done) on behalf of no organisation that the reader may know."""
        return self.totals["open"] - self.totals["held"], self.totals["done"] - self.totals["held_done"]


@dataclass(frozen=True)
class Load:
    """Somebody with more than MANY open tasks."""

    person: Any
    name: str
    open: int


def shares(user: Any, now: datetime) -> Shares:
    """The organisations with most open tasks first, at most SHOWN; three statements."""
    is_open, is_done = Q(status=Task.Status.OPEN), Q(status=Task.Status.DONE, closed_at__gt=now - YEAR)
    counts: dict[str, Any] = {"open": Count("pk", filter=is_open), "done": Count("pk", filter=is_done)}
    known = Q(organisation__in=Organisation.objects.visible_to(user).values("pk"))
    tasks = Task.objects.visible_to(user).filter(is_open | is_done).order_by()
    totals = tasks.aggregate(
        **counts,
        held=Count("pk", filter=is_open & known),
        held_done=Count("pk", filter=is_done & known),
        seated=Count("pk", filter=is_open & known & Q(organisation__in=_steering().values("organisation"))),
        unowned=Count("pk", filter=is_open & Q(owner=None)),
    )
    grouped: Any = tasks.filter(known).values("organisation").annotate(**counts)
    found = list(grouped.order_by("-open", "-done", "organisation")[: SHOWN + 1])
    seated = Exists(_steering().filter(organisation=OuterRef("pk")))
    named = Organisation.objects.annotate(is_seated=seated).in_bulk([row["organisation"] for row in found])
    rows = [_share(named[row["organisation"]], row, totals["open"]) for row in found[:SHOWN]]
    most = max((row.open + row.done for row in rows), default=0)
    return Shares(rows, totals, most, has_more=len(found) > SHOWN)


def loads(user: Any) -> list[Load]:
    """Those with more than MANY open tasks, the most first."""
    tasks = Task.objects.visible_to(user).open().filter(owner__isnull=False).order_by()
    grouped = tasks.values("owner", "owner__display_name").annotate(open=Count("pk")).filter(open__gt=MANY)
    rows = grouped.order_by("-open", "owner__display_name")[:SHOWN]
    return [Load(row["owner"], row["owner__display_name"], row["open"]) for row in rows]


def _steering() -> Any:
    return SeatTerm.objects.current().filter(seat__committee__is_steering=True)


def _share(organisation: Any, counted: dict[str, Any], all_open: int) -> Share:
    count = counted["open"]
    return Share(
        organisation,
        open=count,
        done=counted["done"],
        percent=round(100 * count / all_open) if all_open else 0,
        is_seated=organisation.is_seated,
        is_large=count >= max(LEAST, LARGE * all_open),
    )
