"""Taking an import back: what it wrote is as it was before, but for what has been edited since. Nobody is e-mailed."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User, Visibility
from accounts.rules import require
from history.actions import newest_entries, record, record_all
from members.actions.applied_rows import WRITTEN, record_changes
from members.actions.applying import wait_for_other_imports
from members.actions.imports import keep_rows
from members.actions.words import index_words
from members.models import ImportBatch, ImportRow, Membership, Organisation, OrganisationName, SeatTerm
from members.models.terms import utc_day

Undone = ImportRow.Undone
STANDING = ["category", "status", "reason", "until"]
ENDED = ["ended_on", "end_reason", "visibility"]


def prospects(rows: QuerySet[ImportRow]) -> dict[str, list[ImportRow]]:
    """{what would become of them now (Undone): those of `rows` that wrote something, the last one first}.

    An organisation that has a newer entry in its history than the import left is kept, with all rows about it.
    """
    written = list(rows.filter(outcome__in=["added", "changed"]).order_by("-line"))
    ids = {row.organisation_id for row in written if row.organisation_id}
    newest = newest_entries(Organisation, ids)
    edited = {row.organisation_id for row in written if row.left_at != newest.get(row.organisation_id)}
    added = {row.organisation_id for row in written if row.outcome == ImportRow.Outcome.ADDED}
    seated = set(SeatTerm.objects.current().filter(organisation__in=added).values_list("organisation", flat=True))
    found: dict[str, list[ImportRow]] = defaultdict(list)
    for row in written:
        fate = Undone.REVERSED
        if row.organisation_id in edited:
            fate = Undone.KEPT
        elif row.organisation_id in seated:
            fate = Undone.FAILED
        found[fate].append(row)
    return found


@transaction.atomic
def take_back_import(batch: ImportBatch, *, kept: dict[str, Any], by: User, now: datetime) -> Counter[str]:
    """Undo what it wrote; returns {Undone: rows}, and every row keeps what became of it.

    What it added ends, for staff's eyes only, and no later import meets it; what it changed has its former values.
    Raises Refused, TransitionError.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    require(by, "members.import_roster", batch)
    batch.step_to(ImportBatch.Status.TAKEN_BACK)
    batch.save(update_fields=["status"])
    wait_for_other_imports()
    written = batch.rows.filter(outcome__in=["added", "changed"]).values("organisation")
    locked = Organisation.objects.select_for_update().filter(pk__in=written).order_by("pk")
    organisations = {one.pk: one for one in locked.prefetch_related("memberships")}
    fates = prospects(batch.rows.all())
    _Reversal(batch, organisations, by=by, now=now).write(fates[Undone.REVERSED])
    for fate, rows in fates.items():
        for row in rows:
            row.undone = fate
        keep_rows(rows, ["undone"])
    counts = Counter({fate: len(rows) for fate, rows in fates.items()})
    record(gettext_noop("Took the import back"), batch, by=by, now=now, undone=dict(counts))
    return counts


@transaction.atomic
def restore_import(batch: ImportBatch, *, kept: dict[str, Any], by: User, now: datetime) -> ImportBatch:
    """It was not discarded after all: its rows can be decided and applied. Raises Refused, TransitionError."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    require(by, "members.import_roster", batch)
    batch.step_to(ImportBatch.Status(kept["status"]), back=True)
    batch.save(update_fields=["status"])
    record(gettext_noop("Took back that it was discarded"), batch, by=by, now=now)
    return batch


class _Reversal:
    """What rows of an import wrote is undone, many at once."""

    def __init__(self, batch: ImportBatch, organisations: dict[UUID, Organisation], *, by: User, now: datetime) -> None:
        self.batch, self.organisations, self.by, self.now = batch, organisations, by, now
        self.memberships: dict[UUID, Membership] = {}
        self.changed: dict[UUID, dict[str, list[Any]]] = defaultdict(dict)

    def write(self, rows: list[ImportRow]) -> None:
        """Rows in the order opposite to the file's: the last that wrote is the first that is undone."""
        added = [self._of(row) for row in rows if row.outcome == ImportRow.Outcome.ADDED]
        gone = {organisation.pk for organisation in added}
        for organisation in added:
            self._end(organisation)
        for row in rows:
            if row.organisation_id not in gone:
                self._put_back(self._of(row), row.before or {})
                self._withdraw_spelling(row)
        changed = [self.organisations[pk] for pk in self.changed]
        for organisation in changed:
            organisation.version += 1
        Organisation.objects.bulk_create(
            [*added, *changed],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*WRITTEN, *ENDED],
        )
        Membership.objects.bulk_update(self.memberships.values(), STANDING, batch_size=500)
        for organisation in changed:
            if {"acronym", "spelling"} & self.changed[organisation.pk].keys():
                index_words(organisation)
        self._record(added, changed)

    def _of(self, row: ImportRow) -> Organisation:
        assert row.organisation_id is not None  # noqa: S101 - what was written has one
        return self.organisations[row.organisation_id]

    def _end(self, organisation: Organisation) -> None:
        reason = _("The import of %(file)s was taken back.") % {"file": self.batch.file_name}
        organisation.ended_on, organisation.end_reason = utc_day(self.now), reason
        organisation.visibility = Visibility.STAFF  # members are not to wonder who left
        organisation.version += 1
        self._end_membership(organisation, reason)

    def _end_membership(self, organisation: Organisation, reason: str) -> None:
        membership = organisation.membership
        if membership is not None and membership.until is None:
            membership.step_to(Membership.Status.ENDED)
            membership.reason, membership.until = reason, membership.since  # it never held
            self.memberships[organisation.pk] = membership

    def _put_back(self, organisation: Organisation, before: dict[str, Any]) -> None:
        for name, old in before.items():
            new = self._set(organisation, name, old)
            last = self.changed[organisation.pk].get(name, [new])[0]
            self.changed[organisation.pk][name] = [last, old]

    def _set(self, organisation: Organisation, name: str, old: str) -> str:
        """Set one value; returns the one that stood there."""
        if name == "spelling":
            return ""
        if name == "category":
            return self._set_category(organisation, old)
        new = getattr(organisation, name)
        setattr(organisation, name, old)
        return new

    def _set_category(self, organisation: Organisation, old: str) -> str:
        membership = self.memberships.get(organisation.pk) or organisation.membership
        if membership is None:
            return ""
        new = membership.category
        if old:
            membership.category = old
            self.memberships[organisation.pk] = membership
        else:  # it had none before the import
            self._end_membership(organisation, _("The import of %(file)s was taken back.") % {"file": self.batch})
        return new

    def _withdraw_spelling(self, row: ImportRow) -> None:
        if text := (row.after or {}).get("spelling"):
            self.changed[self._of(row).pk]["spelling"] = [text, ""]
            names = OrganisationName.objects.filter(organisation=row.organisation_id, kind="alias", text=text)
            names.update(withdrawn_at=self.now)

    def _record(self, added: list[Organisation], changed: list[Organisation]) -> None:
        verb = gettext_noop("Took back the import of %(file)s")
        details = {"file": self.batch.file_name, "import": self.batch.pk}
        ended = [(one, details | {"version": one.version}) for one in added]
        record_all(verb, ended, by=self.by, now=self.now)
        record_changes(verb, self.batch, changed, self.changed, by=self.by, now=self.now)
