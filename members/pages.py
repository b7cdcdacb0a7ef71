"""Long lists by cursor: a page costs the same at any depth, and a count stops at a thousand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

COUNTED = 1000  # counts are exact up to here


@dataclass(frozen=True)
class KeysetPage:
    """`after` and `before` are the cursors of the pages beside this one; empty when there is none."""

    rows: list[Any]
    after: str = ""
    before: str = ""


def keyset_page(rows: QuerySet[Any], *, after: str = "", before: str = "", size: int = 25) -> KeysetPage:
    """The `size` rows beyond a cursor ("key~id" of a row seen), in order of (key, id); no cursor: the first.

    `rows` needs the fields `key` and `id`. A cursor that is none is taken as no cursor.
    """
    backwards = bool(before) and not after
    order = ["-key", "-id"] if backwards else ["key", "id"]
    cursor = _place(after or before)
    if cursor:
        rows = _beyond(rows, *cursor, backwards=backwards)
    found = list(rows.order_by(*order)[: size + 1])
    more, page = len(found) > size, found[:size]
    if backwards:
        page.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    if not page:
        return KeysetPage([])
    return KeysetPage(
        page,
        after=cursor_of(page[-1]) if has_next else "",
        before=cursor_of(page[0]) if has_previous else "",
    )


def cursor_of(row: Any) -> str:
    """Where `row` stands in its list."""
    return f"{row.key}~{row.pk}"


def bounded_count(rows: QuerySet[Any]) -> int:
    """How many different ones, exactly up to COUNTED; COUNTED + 1 stands for "more than that".

    `rows` may hold one several times (a join is cheaper than asking whether there is one).
    """
    limit = COUNTED + COUNTED // 2
    some = rows.order_by().values("pk")[:limit].aggregate(rows=Count("pk"), different=Count("pk", distinct=True))
    if some["rows"] == limit and some["different"] <= COUNTED:
        return rows.order_by().values("pk").distinct()[: COUNTED + 1].count()
    return min(some["different"], COUNTED + 1)


def _place(cursor: str) -> tuple[str, UUID] | None:
    key, _tilde, identity = cursor.replace("\0", "").rpartition("~")
    try:
        return key, UUID(identity)
    except ValueError:
        return None


def _beyond(rows: QuerySet[Any], key: str, pk: UUID, *, backwards: bool) -> QuerySet[Any]:
    # Not (key, id) > (…): with the bound on key alone the planner walks the index of whichever filter is in use.
    if backwards:
        return rows.filter(Q(key__lt=key) | Q(id__lt=pk), key__lte=key)
    return rows.filter(Q(key__gt=key) | Q(id__gt=pk), key__gte=key)
