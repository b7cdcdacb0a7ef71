"""The roster as a file that an import reads back, and that no spreadsheet runs."""

import logging
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from accounts.files import csv_lines
from accounts.models import User, Visibility
from accounts.rules import classes_seen_by, require
from members.keys import name_key
from members.models import Membership, Organisation

logger = logging.getLogger(__name__)

COLUMNS = ["Name", "Acronym", "Country", "Kind", "Category", "Status", "Since", "Website"]
NOTE = "Note"  # the column only staff get


def roster(organisations: QuerySet[Organisation], *, by: User) -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with BOM, comma, English headings) with `organisations` in their order.

    The caller has narrowed `organisations` to those visible to `by`. Raises Refused at once, not at the first line.
    """
    require(by, "members.export_roster")
    return _lines(organisations, by)


def choice_named(choices: Any, text: str) -> str | None:
    """The value of TextChoices `choices` that `text` means: the value itself or its English label; None if neither."""
    with translation.override("en"):
        meant = {name_key(word): value for value, label in choices.choices for word in (value, str(label))}
    return meant.get(name_key(text))


def _lines(organisations: QuerySet[Organisation], by: User) -> Iterator[str]:
    with_note = Visibility.STAFF in classes_seen_by(by)
    yield from csv_lines([*COLUMNS, NOTE] if with_note else COLUMNS, _rows(organisations, by, with_note=with_note))


def _rows(organisations: QuerySet[Organisation], by: User, *, with_note: bool) -> Iterator[list[str]]:
    count = 0
    for organisation in organisations.prefetch_related("memberships").iterator(chunk_size=500):
        count += 1
        yield [*_cells(organisation), organisation.note] if with_note else _cells(organisation)
    logger.info("user %s exported %s organisations", by.pk, count)


def _cells(organisation: Organisation) -> list[str]:
    membership, home = organisation.membership, organisation.home
    with translation.override("en"):
        place = home.names["en"] if home else organisation.get_scope_display()
        return [
            organisation.name,
            organisation.acronym,
            str(place),
            str(organisation.get_kind_display()),
            str(membership.get_category_display()) if membership else "",
            str(Membership.Status(membership.status).label) if membership else "",
            membership.since.isoformat() if membership else "",
            organisation.website,
        ]
