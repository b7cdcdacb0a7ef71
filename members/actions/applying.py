"""Applying an import: what the preview showed is written, once, and nothing else. Nobody is e-mailed."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.rules import require
from history.actions import can_be_taken_back, newest_entries, record
from members.actions.applied_rows import Additions, Changes
from members.actions.imports import keep_rows
from members.models import ImportBatch, ImportRow, Organisation
from members.roster.preview import claims_of, judge_rows
from members.roster.verdicts import Finding

Outcome = ImportRow.Outcome
APPLIED = ["outcome", "organisation", "before", "after", "left_at"]
ONE_AT_A_TIME = 7_261_201  # any number; the advisory lock under which imports are applied


@transaction.atomic
def apply_import(batch: ImportBatch, *, by: User, now: datetime) -> Counter[str]:
    """Write the rows whose effect is what the preview showed; returns {outcome: rows}.

    Rows that are undecided, left out or in error stay out, and so do those whose effect became another one because
    the roster changed after the preview. Raises Refused, TransitionError (applied already, discarded).
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    require(by, "members.import_roster", batch)
    batch.step_to(ImportBatch.Status.APPLIED)
    wait_for_other_imports()
    rows = list(batch.rows.all())
    _lock_matches(rows)
    claims = claims_of(batch, rows)
    findings = judge_rows(batch, rows, by, claims)
    for row in rows:
        row.outcome = _outcome(row, findings[row.line])
    _write(rows, findings, Additions(batch, claims, by=by, now=now), Changes(batch, findings, by=by, now=now))
    _note_newest_entries([row for row in rows if row.outcome in {Outcome.ADDED, Outcome.CHANGED}])
    keep_rows(rows, APPLIED)
    batch.applied_at = now
    batch.save(update_fields=["status", "applied_at"])
    outcomes = Counter(row.outcome for row in rows)
    record(gettext_noop("Applied the import"), batch, by=by, now=now, outcomes=dict(outcomes))
    can_be_taken_back("members.apply_import", batch, by=by, now=now)
    return outcomes


def _write(rows: list[ImportRow], findings: dict[int, Finding], additions: Additions, changes: Changes) -> None:
    """First what is new, then what changes: a row may be the same as a new one of its own file."""
    additions.write([row for row in rows if row.outcome == Outcome.ADDED])
    by_line = {row.line: row for row in rows}
    for row in rows:
        if row.outcome in {Outcome.CHANGED, Outcome.UNCHANGED}:
            row.organisation_id = row.match_id or _joined(row, findings[row.line], by_line)
            row.outcome = row.outcome if row.organisation_id else Outcome.OUT
    additions.keep_reviewed(rows)
    changes.write([row for row in rows if row.outcome == Outcome.CHANGED])


def _note_newest_entries(rows: list[ImportRow]) -> None:
    """What is written in an organisation's history after this was not done by this import."""
    numbers = newest_entries(Organisation, {row.organisation_id for row in rows if row.organisation_id})
    for row in rows:
        row.left_at = numbers[row.organisation_id] if row.organisation_id else None


def _joined(row: ImportRow, finding: Finding, by_line: dict[int, ImportRow]) -> UUID | None:
    """The organisation of the row of this file that it is the same as; none if that one did not come in."""
    return by_line[finding.why["row"]].organisation_id if "row" in finding.why else None


def wait_for_other_imports() -> None:
    """Until this transaction ends: two imports of one list would both find its organisations missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _lock_matches(rows: list[ImportRow]) -> None:
    """All organisations that rows match, in one order: what is judged next stays true until it is written."""
    ids = {row.match_id for row in rows if row.match_id}
    list(Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _outcome(row: ImportRow, found: Finding) -> str:
    """What is to be done with a row, `found` being what it would do now.

    Another version of its organisation is no hindrance by itself: what counts is whether the row would still do what
    was shown.
    """
    if row.decision == ImportRow.Decision.LEAVE or row.verdict in ImportRow.STAYS_OUT:
        return Outcome.OUT
    shown = _effect(row.verdict, row.why, str(row.match_id) if row.match_id else None)
    if shown != _effect(found.verdict, found.why, found.match):
        return Outcome.MOVED
    if row.verdict == ImportRow.Verdict.NEW:
        return Outcome.ADDED
    return Outcome.CHANGED if row.verdict in ImportRow.WRITES else Outcome.UNCHANGED


def _effect(verdict: str, why: dict[str, Any], match: str | None) -> tuple[Any, ...]:
    return verdict, why.get("fields"), why.get("row"), match
