"""Long lists by cursor: a page costs the same at any depth, and a count stops at a thousand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, QuerySet

SIZE = 25
COUNTED = 1000  # counts are exact up to here


@dataclass(frozen=True)
class KeysetPage:
    """`after` and `before` are the cursors of the pages beside this one; empty when there is none.

    `total`: of all pages, where it was asked for (`counted_page`); above `counted` it stands for "more than that".
    """

    rows: list[Any]
    after: str = ""
    before: str = ""
    total: int = 0
    counted: ClassVar[int] = COUNTED


def keyset_page(rows: QuerySet[Any], asked: Mapping[str, Any], *, order: str = "key", size: int = SIZE) -> KeysetPage:
    """The `size` rows beyond a cursor ("value~id" of a row seen), in order of (`order`, id); no cursor: the first.

    `asked`: the query string, whose "after" or "before" is the cursor; what is none is taken as no cursor. `order`: a
    field or annotation that is never NULL in `rows`, with "-" before it for the greatest first.
    """
    after, before, field = asked.get("after", ""), asked.get("before", ""), order.lstrip("-")
    backwards = bool(before) and not after
    falling = order.startswith("-") != backwards
    cursor = _place(rows, field, after or before)
    if cursor:
        rows = _beyond(rows, field, *cursor, falling=falling)
    sign = "-" if falling else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}id")[: size + 1])
    more, page = len(found) > size, found[:size]
    if backwards:
        page.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    if not page:
        return KeysetPage([])
    return KeysetPage(
        page,
        after=cursor_of(page[-1], field) if has_next else "",
        before=cursor_of(page[0], field) if has_previous else "",
    )


def counted_page(rows: QuerySet[Any], asked: Mapping[str, Any], *, order: str, all_rows: QuerySet[Any]) -> KeysetPage:
    """As `keyset_page`, with the total. `all_rows`: the same as `rows` but cheaper to count; asked for only if there is
    another page."""
    page = keyset_page(rows, asked, order=order)
    is_whole = not page.after and not page.before
    return replace(page, total=len(page.rows) if is_whole else bounded_count(all_rows))


def cursor_of(row: Any, field: str = "key") -> str:
    """Where `row` stands in a list in order of `field`."""
    value = getattr(row, field)
    return f"{value.isoformat() if isinstance(value, date) else value}~{row.pk}"


def bounded_count(rows: QuerySet[Any]) -> int:
    """How many different ones, exactly up to COUNTED; COUNTED + 1 stands for "more than that".

    `rows` may hold one several times (a join is cheaper than asking whether there is one).
    """
    limit = COUNTED + COUNTED // 10
    some = rows.order_by().values("pk")[:limit].aggregate(rows=Count("pk"), different=Count("pk", distinct=True))
    if some["rows"] == limit and some["different"] <= COUNTED:
        return rows.order_by().values("pk").distinct()[: COUNTED + 1].count()
    return min(some["different"], COUNTED + 1)


def _place(rows: QuerySet[Any], field: str, cursor: str) -> tuple[Any, UUID] | None:
    text, _tilde, identity = cursor.replace("\0", "").rpartition("~")
    annotation = rows.query.annotations.get(field)
    kind: Any = annotation.output_field if annotation is not None else rows.model._meta.get_field(field)
    try:
        if isinstance(kind, models.DateTimeField):
            return datetime.fromisoformat(text).astimezone(UTC), UUID(identity)
        return kind.clean(text, None), UUID(identity)
    except (ValidationError, ValueError, OverflowError):
        return None


def _beyond(rows: QuerySet[Any], field: str, value: Any, pk: UUID, *, falling: bool) -> QuerySet[Any]:
    # Not (key, id) > (…): with the bound on key alone the planner walks the index of whichever filter is in use.
    step = "lt" if falling else "gt"
    return rows.filter(Q(**{f"{field}__{step}": value}) | Q(**{f"id__{step}": pk}), **{f"{field}__{step}e": value})
