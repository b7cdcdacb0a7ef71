"""What does the reader see of rows? Each with its names, what it would change and what can be decided about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from members.models import ImportBatch, ImportRow, Organisation
from members.roster.claims import cells_by_field
from members.roster.sentences import decision, ignored, label, reason, value, verdict

Verdict = ImportRow.Verdict
# tone and icon of templatetags/components.py; the normal case has no tint
TONES = {
    Verdict.NONE: ("quiet", "minus"),  # the columns were never named
    Verdict.ERROR: ("no", "cross"),
    Verdict.REPEATED: ("wait", "alert"),
    Verdict.POSSIBLE: ("wait", "alert"),
    Verdict.COUNTRY: ("wait", "alert"),
    Verdict.CHANGE: ("part", "half"),
    Verdict.FILL: ("info", "pen"),
    Verdict.UNCHANGED: ("quiet", "minus"),
    Verdict.NEW: ("yes", "plus"),
}


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Other:
    """Another row of the same file."""

    line: int
    name: str
    place: str


@dataclass(frozen=True)
class ShownRow:
    row: ImportRow
    name: str
    place: str
    match: Organisation | None
    candidates: list[Organisation]
    others: list[Other]

    @property
    def verdict(self) -> str:
        return verdict(self.row)

    @property
    def tone(self) -> str:
        return TONES[Verdict(self.row.verdict)][0]

    @property
    def icon(self) -> str:
        return TONES[Verdict(self.row.verdict)][1]

    @property
    def reason(self) -> str:
        return reason(self.row, self.place)

    @property
    def ignored(self) -> str:
        return ignored(self.row)

    @property
    def decision(self) -> str:
        return decision(self.row)

    @property
    def changes(self) -> list[Change]:
        fields = self.row.why.get("fields", {})
        return [Change(label(name), value(name, old), value(name, new)) for name, (old, new) in fields.items()]

    @property
    def is_unplaced(self) -> bool:
        return bool(self.row.why.get("unplaced"))

    @property
    def describes(self) -> bool:
        """The text where a country should stand is long enough to be a description."""
        return self.is_unplaced and len(self.place.split()) > 2

    @property
    def is_to_decide(self) -> bool:
        return self.row.verdict in ImportRow.TO_DECIDE and not self.row.why.get("waits")

    @property
    def says(self) -> str:
        """Everything above in one text, for the report."""
        joined = "; ".join(f"{change.label}: {change.old} → {change.new}" for change in self.changes)
        may_be = [f"{one.name} ({one.place})" for one in self.candidates]
        may_be += [f"{other.line}: {other.name}" for other in self.others]
        same = [self.match.name] if self.match and self.row.verdict not in ImportRow.TO_DECIDE else []
        return " ".join(part for part in [self.reason, *same, joined, "; ".join(may_be), self.ignored] if part)


def shown_rows(batch: ImportBatch, rows: Iterable[ImportRow], user: User) -> list[ShownRow]:
    """`rows` as `user` may see them, in three statements however many."""
    rows = list(rows)
    organisations = _organisations(rows, user)
    lines = {line for row in rows for line in row.why.get("rows", [])}
    named = {row.line: _other(batch, row) for row in batch.rows.filter(line__in=lines)} if lines else {}
    return [_shown(batch, row, organisations, named) for row in rows]


def _organisations(rows: list[ImportRow], user: User) -> dict[str, Organisation]:
    ids: set[Any] = {pk for row in rows for pk in (row.match_id, row.organisation_id) if pk}
    ids |= {pk for row in rows for pk in row.why.get("candidates", [])}
    found = Organisation.objects.visible_to(user).filter(pk__in=ids) if ids else []
    return {str(organisation.pk): organisation for organisation in found}


def _shown(
    batch: ImportBatch, row: ImportRow, organisations: dict[str, Organisation], named: dict[int, Other]
) -> ShownRow:
    texts = cells_by_field(row.cells, batch.mapping)
    candidates = [organisations[pk] for pk in row.why.get("candidates", []) if pk in organisations]
    return ShownRow(
        row=row,
        name=texts.get("name", ""),
        place=texts.get("country", ""),
        match=organisations.get(str(row.organisation_id or row.match_id)),
        candidates=candidates,
        others=[named[line] for line in row.why.get("rows", []) if line in named],
    )


def _other(batch: ImportBatch, row: ImportRow) -> Other:
    texts = cells_by_field(row.cells, batch.mapping)
    return Other(row.line, texts.get("name", ""), texts.get("country", ""))
