"""The roster as a file that an import reads back, and that no spreadsheet runs."""

import csv
import logging
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import translation

from accounts.models import User, Visibility
from accounts.rules import classes_seen_by, require
from members.keys import name_key
from members.models import Membership, Organisation

logger = logging.getLogger(__name__)

COLUMNS = ["Name", "Acronym", "Country", "Kind", "Category", "Status", "Since", "Website"]
NOTE = "Note"  # the column only staff get
BOM = "\ufeff"
QUOTE = "'"


def roster(organisations: QuerySet[Organisation], *, by: User) -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with BOM, comma, English headings) with `organisations` in their order.

    The caller has narrowed `organisations` to those visible to `by`. Raises Refused at once, not at the first line.
    """
    require(by, "members.export_roster")
    return _lines(organisations, by)


def safe_cell(text: str) -> str:
    """`text`, behind an apostrophe if a spreadsheet would run it. `unsafe_cell` gives back exactly `text`."""
    return QUOTE + text if _runs(text) else text


def unsafe_cell(cell: str) -> str:
    """`cell` without the apostrophe that `safe_cell` put there; any other apostrophe stays."""
    return cell[1:] if cell.startswith(QUOTE) and _runs(cell[1:]) else cell


def choice_named(choices: Any, text: str) -> str | None:
    """The value of TextChoices `choices` that `text` means: the value itself or its English label; None if neither."""
    with translation.override("en"):
        meant = {name_key(word): value for value, label in choices.choices for word in (value, str(label))}
    return meant.get(name_key(text))


def _runs(text: str) -> bool:
    """Begins as a formula: = + - @ or a control that splits cells, also full-width, also after what is not seen.

    Apostrophes at the front are passed over, so that a name that has one of its own keeps it through a round trip.
    """
    for character in text.lstrip(QUOTE):
        if character in "\t\r\n" or unicodedata.normalize("NFKC", character) in {"=", "+", "-", "@"}:
            return True
        if unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
            return False
    return False


class _Line:
    """What csv.writer writes to: each line is handed on as it is made."""

    def write(self, line: str) -> str:
        return line


def _lines(organisations: QuerySet[Organisation], by: User) -> Iterator[str]:
    writer, count = csv.writer(_Line()), 0
    with_note = Visibility.STAFF in classes_seen_by(by)
    yield BOM + writer.writerow([*COLUMNS, NOTE] if with_note else COLUMNS)
    for organisation in organisations.prefetch_related("memberships").iterator(chunk_size=500):
        count += 1
        cells = [*_cells(organisation), organisation.note] if with_note else _cells(organisation)
        yield writer.writerow([safe_cell(cell) for cell in cells])
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
