"""What can happen to an import before it is applied: uploaded, columns named, rows decided, discarded."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from history.actions import can_be_taken_back, record
from members.models import ImportBatch, ImportRow, Organisation
from members.roster.claims import cells_by_field
from members.roster.columns import guess
from members.roster.decisions import Choice, What, decide
from members.roster.preview import judge_rows, mark_content, recall_decisions, take_findings
from members.roster.reading import read_sheet

JUDGED = ["content_hash", "verdict", "why", "match", "seen_version", "decision", "decided", "decided_by"]


@transaction.atomic
def upload_roster(*, by: User, now: datetime, file_name: str, content: bytes) -> ImportBatch:
    """Keep the rows of a file as found, with a guess of its columns. Raises Refused, reading.Unreadable."""
    require(by, "members.import_roster")
    sheet = read_sheet(content)
    batch = ImportBatch.objects.create(
        file_name=file_name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        header=sheet.header,
        mapping=_mapping_before(sheet.header) or guess(sheet.header),
        uploaded_by=by,
        uploaded_at=now,
    )
    rows = (ImportRow(batch=batch, line=line, cells=cells) for line, cells in enumerate(sheet.rows, 1) if cells)
    ImportRow.objects.bulk_create(rows, batch_size=1000)
    record(gettext_noop("Uploaded the file"), batch, by=by, now=now, sha256=batch.sha256)
    return batch


@transaction.atomic
def name_columns(
    batch: ImportBatch, *, by: User, now: datetime, mapping: dict[str, int], category: str, since: date | None
) -> None:
    """Say which column is which, and what new organisations become; then every row is judged.

    `mapping`: {field of roster.columns.FIELDS: column number from 0}. Raises Refused, TransitionError.
    """
    batch = _open(batch, by=by)
    batch.step_to(ImportBatch.Status.PREVIEWED)
    batch.mapping, batch.category, batch.since = mapping, category, since
    batch.save(update_fields=["status", "mapping", "category", "since"])
    rows = list(batch.rows.all())
    for row in mark_content(batch, rows):
        row.decision, row.decided, row.decided_by = ImportRow.Decision.NONE, {}, None
    recall_decisions(rows)
    take_findings(rows, judge_rows(batch, rows, by))
    keep_rows(rows, JUDGED)
    record(gettext_noop("Named the columns: %(columns)s"), batch, by=by, now=now, columns=", ".join(mapping))


@transaction.atomic
def decide_rows(batch: ImportBatch, *, by: User, now: datetime, choices: dict[int, Choice]) -> int:
    """Decide rows by their number; then every row is judged again. Returns how many were decided.

    Raises Refused, TransitionError (the import is closed; a choice that its row does not offer).
    """
    batch = _open(batch, by=by)
    batch.step_to(ImportBatch.Status.PREVIEWED)
    rows = list(batch.rows.all())
    by_line = {row.line: row for row in rows}
    _refuse_unseen(choices.values(), by)
    chosen = []
    for line, choice in choices.items():
        _refuse_unfit(line, choice, by_line)
        row, choice = _joining(by_line[line], choice, by_line)
        decide(row, choice)
        row.decided_by = by
        chosen.append(row)
    changed = {row.line: row for row in [*take_findings(rows, judge_rows(batch, rows, by)), *chosen]}
    keep_rows(list(changed.values()), JUDGED)
    if chosen:
        record(gettext_noop("Decided rows: %(count)s"), batch, by=by, now=now, count=len(chosen))
    return len(chosen)


@transaction.atomic
def place_rows(
    batch: ImportBatch,
    *,
    by: User,
    now: datetime,
    country: str | None,
    scope: str,
    keep: bool,
    text: str | None = None,
    lines: tuple[int, int] | None = None,
) -> int:
    """Give a country (ISO code) or a scope to all rows that have neither; returns how many.

    Only to those whose cell says `text`, or whose numbers are from the first to the second of `lines`, if given.
    `keep`: what stood there instead becomes the description. Raises Refused, TransitionError.
    """
    batch = _open(batch, by=by)
    unplaced = batch.rows.filter(why__unplaced=True)
    if lines:
        unplaced = unplaced.filter(line__range=lines)
    numbers = [row.line for row in unplaced if text is None or place_of(row, batch) == text]
    choice = Choice(What.PLACE, country=country, scope=scope, keep=keep)
    return decide_rows(batch, by=by, now=now, choices=dict.fromkeys(numbers, choice))


@transaction.atomic
def discard_import(batch: ImportBatch, *, by: User, now: datetime) -> None:
    """Nothing of it will be written. Raises Refused, TransitionError."""
    batch = _open(batch, by=by)
    before = batch.status
    batch.step_to(ImportBatch.Status.DISCARDED)
    batch.save(update_fields=["status"])
    record(gettext_noop("Discarded the import"), batch, by=by, now=now)
    can_be_taken_back("members.discard_import", batch, by=by, now=now, status=before)


def keep_rows(rows: Sequence[ImportRow], fields: list[str]) -> None:
    """Save `fields` of many rows in one statement per thousand: an upsert is far quicker than bulk_update."""
    ImportRow.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def _open(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Locked, for somebody who may import."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    require(by, "members.import_roster", locked)
    return locked


def place_of(row: ImportRow, batch: ImportBatch) -> str:
    """What stands in the cell that should name a country."""
    return cells_by_field(row.cells, batch.mapping).get("country", "")


def _mapping_before(header: list[str]) -> dict[str, int]:
    """How the columns of the last applied file with the same header were named: decisions go by the mapped cells."""
    applied = ImportBatch.objects.filter(status=ImportBatch.Status.APPLIED, header=header).order_by("-applied_at")
    return applied.values_list("mapping", flat=True).first() or {}


def _refuse_unseen(choices: Iterable[Choice], by: User) -> None:
    named = {choice.organisation for choice in choices if choice.organisation}
    if named and Organisation.objects.visible_to(by).filter(pk__in=named).count() < len(named):
        raise TransitionError(_("The organisation that you chose is not in the list any more."))


def _refuse_unfit(line: int, choice: Choice, rows: dict[int, ImportRow]) -> None:
    if line not in rows:
        raise TransitionError(_("The file has no row %(line)s.") % {"line": line})
    if rows[line].why.get("error") and choice.what not in {What.LEAVE, What.AGAIN}:
        raise TransitionError(_("Row %(line)s is an error; it can only be left out.") % {"line": line})
    if choice.what == What.SAME and not choice.organisation and (choice.row == line or choice.row not in rows):
        raise TransitionError(_("Row %(line)s cannot be the same as that.") % {"line": line})


def _joining(row: ImportRow, choice: Choice, rows: dict[int, ImportRow]) -> tuple[ImportRow, Choice]:
    """Of two rows that are said to be the same, the one that names a country itself stays; the other joins it."""
    other = rows.get(choice.row or 0)
    if choice.what == What.SAME and other and not _names_its_place(other) and _names_its_place(row):
        return other, replace(choice, row=row.line)
    return row, choice


def _names_its_place(row: ImportRow) -> bool:
    return not row.why.get("unplaced") and not {"country", "scope"} & row.decided.keys()
