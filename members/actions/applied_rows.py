"""How rows of an import are written, many at once; only `apply_import` calls this, in its transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from accounts.models import User, Visibility
from history.actions import record_all
from members.actions.words import index_words
from members.keys import indexed_words, name_key
from members.models import ImportBatch, ImportRow, Membership, Organisation, OrganisationName, ReviewedPair, Word
from members.roster.claims import Claim
from members.roster.verdicts import COMPARED, Finding

CHUNK = 250  # rows that share a savepoint
WRITTEN = [*COMPARED, "scope", "version"]
Outcome = ImportRow.Outcome


@dataclass(frozen=True)
class Recorded:
    """Which changed fields share a line of history, of what they are, and who reads it."""

    names: frozenset[str]
    of: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    visibility: str | None = None


RECORDED = [
    Recorded(frozenset({*COMPARED, "scope"} - {"note"})),
    Recorded(frozenset({"note"}), visibility=Visibility.STAFF),
    Recorded(frozenset({"category"}), of={"of": "members.membership"}),
    Recorded(frozenset({"spelling"}), of={"of": "members.organisationname"}, renamed={"spelling": "text"}),
]


class Additions:
    """The new organisations, each with its membership, its words and its first line of history."""

    def __init__(self, batch: ImportBatch, claims: dict[int, Claim], *, by: User, now: datetime) -> None:
        self.batch, self.claims, self.by, self.now = batch, claims, by, now

    def write(self, rows: list[ImportRow]) -> None:
        """Add the organisations of `rows` and set their outcome; one that is there already stops no other."""
        numbers = self._distinct_numbers(rows)
        ordered = sorted(rows, key=lambda row: self.claims[row.line].key)
        for start in range(0, len(ordered), CHUNK):
            chunk = ordered[start : start + CHUNK]
            if not self._add(chunk, numbers):
                for row in chunk:
                    if not self._add([row], numbers):
                        row.outcome, row.organisation = Outcome.CLASHED, None
        details = {"file": self.batch.file_name, "import": self.batch.pk, "version": 1}
        added = [(row.organisation, details) for row in rows if row.organisation]
        record_all(gettext_noop("Added by the import of %(file)s"), added, by=self.by, now=self.now)

    def keep_reviewed(self, rows: Sequence[ImportRow]) -> None:
        """That somebody looked at two and said: not the same."""
        by_line = {row.line: row.organisation_id for row in rows}
        pairs = {
            (row.organisation_id, other)
            for row in rows
            if row.decision == ImportRow.Decision.DISTINCT and row.outcome == Outcome.ADDED and row.organisation_id
            for other in [
                *map(UUID, row.decided.get("not", [])),
                *(by_line.get(line) for line in row.decided.get("not_rows", [])),
            ]
            if other and other != row.organisation_id
        }
        ReviewedPair.objects.bulk_create(
            [
                ReviewedPair(organisation_id=one, other_id=other, reviewed_by=self.by, reviewed_at=self.now)
                for one, other in sorted(pairs)
            ],
            ignore_conflicts=True,
        )

    def _add(self, rows: list[ImportRow], numbers: dict[int, int]) -> bool:
        """Whether all of them could be added."""
        made = [self._organisation(self.claims[row.line], numbers.get(row.line, 0)) for row in rows]
        try:
            with transaction.atomic():
                Organisation.objects.bulk_create(made)
        except IntegrityError as error:
            if "organisation_once_per_name_and_country" not in str(error):
                raise
            return False
        for row, organisation in zip(rows, made, strict=True):
            row.organisation, row.after = organisation, self._after(organisation)
        memberships = [self._membership(row) for row in rows]
        Membership.objects.bulk_create(membership for membership in memberships if membership)
        Word.objects.bulk_create(
            Word(organisation=organisation, word=word)
            for organisation in made
            for word in sorted(indexed_words(organisation.name, organisation.acronym))
        )
        return True

    def _organisation(self, claim: Claim, distinct_no: int) -> Organisation:
        said = {name: claim.values[name] for name in COMPARED if claim.values.get(name)}
        return Organisation(
            name=claim.name,
            key=claim.key,
            country=claim.country,
            scope=claim.scope or Organisation.Scope.NATIONAL,
            distinct_no=distinct_no,
            **said,
        )

    def _membership(self, row: ImportRow) -> Membership | None:
        values = self.claims[row.line].values
        category = values.get("category") or self.batch.category
        if not category:
            return None
        since = values.get("since") or self.batch.since or self.now.astimezone(UTC).date()
        status = values.get("status") or Membership.Status.ACTIVE
        return Membership(organisation=row.organisation, category=category, status=status, since=since)

    def _after(self, organisation: Organisation) -> dict[str, Any]:
        names = ["name", *COMPARED, "scope", "country"]
        return {name: getattr(organisation, name) for name in names if getattr(organisation, name)}

    def _distinct_numbers(self, rows: list[ImportRow]) -> dict[int, int]:
        """{row number: the number that tells it from all of its key}, for those decided to be another one."""
        apart = [row for row in rows if row.decision == ImportRow.Decision.DISTINCT]
        keys = {self.claims[row.line].key for row in apart}
        highest: dict[str, int] = defaultdict(int)
        found = Organisation.objects.filter(key__in=keys).order_by("key").values("key").annotate(Max("distinct_no"))
        highest.update({one["key"]: one["distinct_no__max"] for one in found})
        numbers = {}
        for row in apart:
            key = self.claims[row.line].key
            highest[key] += 1
            numbers[row.line] = highest[key]
        return numbers


class Changes:
    """What rows change and fill in organisations that are there, and the lines of history that say so."""

    def __init__(self, batch: ImportBatch, findings: dict[int, Finding], *, by: User, now: datetime) -> None:
        self.batch, self.findings, self.by, self.now = batch, findings, by, now
        self.memberships: dict[UUID, Membership] = {}  # organisation id: the one to save
        self.names: list[OrganisationName] = []
        self.changed: dict[UUID, dict[str, list[Any]]] = defaultdict(dict)

    def write(self, rows: list[ImportRow]) -> None:
        """Several rows may speak of one organisation: each sees what the one before it left."""
        organisations = self._organisations(rows)
        for row in rows:
            assert row.organisation_id is not None  # noqa: S101 - apply_import gives only rows that have one
            organisation = organisations[row.organisation_id]
            row.before, row.after = self._apply(organisation, self.findings[row.line].why.get("fields", {}))
        touched = [organisations[pk] for pk, changes in self.changed.items() if changes]
        Organisation.objects.bulk_create(
            touched, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
        )
        for membership in self.memberships.values():
            membership.save()
        OrganisationName.objects.bulk_create(self.names, ignore_conflicts=True)
        self._index(touched)
        verb = gettext_noop("Changed by the import of %(file)s")
        record_changes(verb, self.batch, touched, self.changed, by=self.by, now=self.now)

    def _organisations(self, rows: list[ImportRow]) -> dict[UUID, Organisation]:
        """Locked again: those that other rows of this import made are here for the first time."""
        ids = {row.organisation_id for row in rows if row.organisation_id}
        found = Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        return {organisation.pk: organisation for organisation in found.prefetch_related("memberships")}

    def _apply(self, organisation: Organisation, fields: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, Any]]:
        """(values before, values after) of what one row writes; raises the version once per organisation."""
        if fields and not self.changed[organisation.pk]:
            organisation.version += 1
        before, after = {}, {}
        for name, (_old, new) in fields.items():
            before[name], after[name] = self._set(organisation, name, new), new
            first = self.changed[organisation.pk].get(name, [before[name]])[0]
            self.changed[organisation.pk][name] = [first, new]
        return before, after

    def _set(self, organisation: Organisation, name: str, new: str) -> str:
        """Set one value; returns the old one."""
        if name == "spelling":
            alias = OrganisationName(organisation=organisation, kind="alias", text=new, key=name_key(new)[:600])
            self.names.append(alias)
            return ""
        if name == "category":
            return self._set_category(organisation, new)
        old = getattr(organisation, name)
        setattr(organisation, name, new)
        return old

    def _set_category(self, organisation: Organisation, new: str) -> str:
        membership = self.memberships.get(organisation.pk) or organisation.membership
        if membership is None or membership.until is not None:
            since = self.batch.since or self.now.astimezone(UTC).date()
            membership = Membership(organisation=organisation, category="", since=since)
        self.memberships[organisation.pk] = membership
        old, membership.category = membership.category, new
        return old

    def _index(self, touched: list[Organisation]) -> None:
        """What was filled in is found too; a word that a change took away is found no more."""
        new = {
            (organisation.pk, word)
            for organisation in touched
            for name in ("acronym", "spelling")
            for word in indexed_words(self.changed[organisation.pk].get(name, ["", ""])[1])
        }
        Word.objects.bulk_create(
            [Word(organisation_id=pk, word=word) for pk, word in sorted(new)], batch_size=1000, ignore_conflicts=True
        )
        for organisation in touched:
            if self.changed[organisation.pk].get("acronym", [""])[0]:
                index_words(organisation)


def record_changes(
    verb: str,
    batch: ImportBatch,
    touched: list[Organisation],
    changed: Mapping[UUID, dict[str, list[Any]]],
    *,
    by: User,
    now: datetime,
) -> None:
    """Say in the history of the `touched` what an import changed in them ({id: {field: [old, new]}})."""
    for kept in RECORDED:
        happened = []
        for organisation in touched:
            fields = changed[organisation.pk]
            changes = {kept.renamed.get(name, name): fields[name] for name in kept.names & fields.keys()}
            if changes:
                details = {"file": batch.file_name, "import": batch.pk, "version": organisation.version}
                happened.append((organisation, details | kept.of | {"changes": changes}))
        record_all(verb, happened, by=by, now=now, visibility=kept.visibility)
