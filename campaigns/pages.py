"""Long lists in short pages: each begins after the last row of the one before it, never by counting from the start."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

SIZE = 25


@dataclass(frozen=True)
class Page:
    """`rows` of one page; `next` is what the link to the following page says as "after", or empty."""

    rows: list[Any]
    next: str
    is_first: bool


def page_of(rows: QuerySet[Any], order: tuple[str, str], after: str | None, *, size: int = SIZE) -> Page:
    """The `size` rows after the one whose id is `after`, in `order`: (field, "id"), both "-" for newest first.

    An `after` that is no row of `rows` means the first page.
    """
    ordered = rows.order_by(*order)
    key = _key(rows, order[0].lstrip("-"), after)
    if key is not None:
        field, value, row_id = key
        step = "lt" if order[0].startswith("-") else "gt"
        same = Q(**{field: value, f"pk__{step}": row_id})
        ordered = ordered.filter(Q(**{f"{field}__{step}": value}) | same)
    found = list(ordered[: size + 1])
    more = str(found[size - 1].pk) if len(found) > size else ""
    return Page(found[:size], more, is_first=key is None)


def _key(rows: QuerySet[Any], field: str, after: str | None) -> tuple[str, Any, UUID] | None:
    try:
        row_id = UUID(after or "")
    except ValueError:
        return None
    value = rows.filter(pk=row_id).values_list(F(field), flat=True).first()
    return None if value is None else (field, value, row_id)
