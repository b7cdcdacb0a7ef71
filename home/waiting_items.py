"""One thing that waits for somebody, and where such things come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from home.columns import Found

LAST_SECOND = time(23, 59, 59)
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Item:
    """One thing to do: `due` is when it is over (UTC), or None; `zone` the place whose hour counts, for display."""

    what: str
    why: str
    url: str
    due: datetime | None
    zone: str = "UTC"
    day: date | None = None  # set when a day is due, not an hour
    since: datetime | None = None  # set when nothing is due: from when on it waits
    is_soon: bool = False  # over, or within three days


@dataclass(frozen=True)
class Source:
    """One kind of thing that waits. `rows`: an ordered query, of (user, now); `columns`: see home.columns."""

    rows: Callable[[User, datetime], QuerySet[Any]]
    columns: dict[str, str]
    item: Callable[[Found], Item]
