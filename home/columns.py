"""Rows of different tables in one statement: the columns that home's lists share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast


@dataclass(frozen=True)
class Found:
    """One row; what its query has no column for is None. `place` is a time zone."""

    key: UUID
    named: str
    about: Any
    number: Any
    instant: Any
    day: Any
    place: Any


KINDS: dict[str, "models.Field[Any, Any]"] = {
    "key": models.UUIDField(),
    "named": models.TextField(),
    "about": models.TextField(),
    "number": models.IntegerField(),
    "instant": models.DateTimeField(),
    "day": models.DateField(),
    "place": models.TextField(),
}


def together(parts: Sequence[tuple[models.QuerySet[Any], dict[str, str]]]) -> list[list[Found]]:
    """For each (ordered and bounded rows, {column: name of a field}) its rows, all in one statement.

    Each part is cut by its own order; the rows that are left come in any order.
    """
    queries = [_selected(rows, number, columns) for number, (rows, columns) in enumerate(parts)]
    found: list[list[Found]] = [[] for _part in parts]
    for number, *values in queries[0].union(*queries[1:], all=True):
        found[number].append(Found(*values))
    return found


def _selected(rows: models.QuerySet[Any], number: int, columns: dict[str, str]) -> Any:
    values: dict[str, Any] = {"row_part": Value(number)}
    for name, kind in KINDS.items():
        # A NULL without a type would be a text to the union.
        values[f"row_{name}"] = Cast(F(columns[name]) if name in columns else Value(None), kind)
    return rows.annotate(**values).values_list(*values)
