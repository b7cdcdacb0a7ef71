"""What the pages of what can be taken back show: each act with the name of what it was about."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User, Visibility
from accounts.rules import REFUSALS, allows, classes_seen_by
from history.models import Deed
from history.way_back import titles

LISTED = 25
PARTS = 100  # of many acts at once, shown on one page


@dataclass(frozen=True)
class Line:
    """One act: `title` names what it was about; for many at once it says how many."""

    deed: Deed
    title: str
    label: str
    effect: str


@dataclass(frozen=True)
class Shown:
    """One act on its own page. `why_not` is empty while its reader may take it back; `path` leads to its subject."""

    line: Line
    effects: list[str]
    why_not: str
    path: str
    parts: list[Line]
    more: bool


def open_deeds(user: User, now: datetime) -> QuerySet[Deed]:
    """What `user` may see of what can still be taken back, parts of a whole left out; in no order yet."""
    rows = with_part_count(Deed.objects.visible_to(user).open(now).filter(whole=None))
    # Of a whole whose parts were taken back one by one, nothing is left.
    return rows.filter(Q(object_id__isnull=False) | Q(part_count__gt=0)).select_related("by__person")


def with_part_count(rows: QuerySet[Deed]) -> QuerySet[Deed]:
    """`part_count`: how many parts of a whole can still be taken back."""
    return rows.annotate(part_count=Count("parts", filter=Q(parts__taken_back_at=None)))


def standing(subject: Any, user: User, now: datetime) -> Deed | None:
    """What was done to `subject` last, if `user` may know of it and it can still be taken back: its page offers it."""
    deeds = Deed.objects.open(now).filter(object_id=subject.pk)
    if Visibility.STAFF not in classes_seen_by(user):
        deeds = deeds.filter(by=user)
    return deeds.order_by("-at").first()


def lines(rows: list[Any], user: User) -> list[Line]:
    """As `user` reads them, in one statement."""
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        if row.object_id is not None:
            wanted.setdefault(row.kind, set()).add(row.object_id)
    names = titles(user, wanted)
    return [Line(row, _title(row, names), str(row.way.label), str(row.way.effect)) for row in rows]


def _title(row: Any, names: dict[tuple[str, UUID], str]) -> str:
    if row.object_id is not None:
        return names.get((row.kind, row.object_id), "")
    return ngettext("%(count)s at once", "%(count)s at once", row.part_count) % {"count": row.part_count}


def shown(deed: Any, user: User, now: datetime) -> Shown:
    """The page of one act that `user` may see; `deed` has its `part_count`."""
    if deed.object_id is None:
        rows = list(Deed.objects.visible_to(user).filter(whole=deed).select_related("by__person")[: PARTS + 1])
        parts, more = lines(rows[:PARTS], user), len(rows) > PARTS
        (line,) = lines([deed], user)
        each = _("Each of them: %(effect)s") % {"effect": line.effect}
        return Shown(line, [each], _closed(deed, now), "", parts, more)
    subject, way = deed.subject, deed.way
    title = reduce(getattr, way.named.split("__"), subject)
    line = Line(deed, str(title), str(way.label), str(way.effect))
    effects = way.effects(subject, deed.kept, user) if deed.taken_back_at is None else []
    return Shown(line, effects, _why_not(deed, subject, user, now), way.path(subject), [], more=False)


def _why_not(deed: Deed, subject: Any, user: User, now: datetime) -> str:
    if closed := _closed(deed, now):
        return closed
    permission = deed.way.permission
    return "" if allows(user, permission, deed.way.asked_about(subject)) else str(REFUSALS[permission])


def _closed(deed: Deed, now: datetime) -> str:
    if deed.taken_back_at is not None:
        return _("It was taken back.")
    return _("The time in which this could be taken back is over.") if deed.until <= now else ""
