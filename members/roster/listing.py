"""Which rows does a page of an import show, and how many are there of each verdict?"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import ImportBatch, ImportRow
from members.roster.claims import cells_by_field

SIZE = 50
TEXTS = 20  # texts offered for deciding all rows that say the same
Verdict = ImportRow.Verdict
LEFT = Q(decision=ImportRow.Decision.LEAVE)
OUT = LEFT | Q(verdict__in=ImportRow.STAYS_OUT)
SHOWN = [
    Verdict.ERROR,
    Verdict.REPEATED,
    Verdict.POSSIBLE,
    Verdict.COUNTRY,
    Verdict.CHANGE,
    Verdict.FILL,
    Verdict.NEW,
    Verdict.UNCHANGED,
]


@dataclass(frozen=True)
class Tally:
    """How many rows there are by verdict, and how many stay out as things stand. `left`: those that somebody left
    out, among the unchanged, for they change nothing.
    """

    verdicts: Counter[str]
    left: int
    unplaced: int

    @property
    def total(self) -> int:
        return self.verdicts.total()

    @property
    def to_decide(self) -> int:
        return sum(self.verdicts[verdict] for verdict in ImportRow.TO_DECIDE)

    @property
    def out(self) -> int:
        return self.to_decide + self.verdicts[Verdict.ERROR] + self.left

    @property
    def applied(self) -> int:
        return self.total - self.out

    @property
    def written(self) -> int:
        return sum(self.verdicts[verdict] for verdict in ImportRow.WRITES)

    @property
    def effect(self) -> str:
        """What the button does: "Apply 381 rows, leave 19 out"."""
        applied = ngettext("Apply %(count)s row", "Apply %(count)s rows", self.applied) % {"count": self.applied}
        if not self.written:
            return _("%(apply)s: nothing changes") % {"apply": applied}
        return _("%(apply)s, leave %(count)s out") % {"apply": applied, "count": self.out} if self.out else applied

    def chips(self) -> list[tuple[str, str]]:
        """(value of `show`, label) of the filters that find something. Their numbers after the first sum to it."""
        counted = self.verdicts - Counter({Verdict.UNCHANGED: self.left})
        named = [(verdict.value, str(verdict.label), counted[verdict]) for verdict in SHOWN]
        parts = [*named, ("left", _("Left out"), self.left)]
        chips = [(show, f"{label} {count}") for show, label, count in parts if count]
        to_decide = [("decide", _("To decide"))] if self.to_decide else []
        return [("", f"{_('All')} {self.total}"), *to_decide, *chips]


@dataclass(frozen=True)
class RowPage:
    """`after` and `before` are the row numbers beyond which the pages beside this one lie; None: there is none."""

    rows: list[ImportRow]
    after: int | None = None
    before: int | None = None

    @property
    def first(self) -> int:
        return self.rows[0].line

    @property
    def last(self) -> int:
        return self.rows[-1].line


def tally(batch: ImportBatch) -> Tally:
    """In one statement."""
    counted = (
        batch.rows.order_by()
        .values("verdict")
        .annotate(rows=Count("pk"), left=Count("pk", filter=LEFT), unplaced=Count("pk", filter=Q(why__unplaced=True)))
    )
    found = list(counted)
    return Tally(
        Counter({one["verdict"]: one["rows"] for one in found}),
        left=sum(one["left"] for one in found if one["verdict"] == Verdict.UNCHANGED),
        unplaced=sum(one["unplaced"] for one in found),
    )


def undone_chips(batch: ImportBatch) -> list[tuple[str, str]]:
    """(value of `show`, label) of the filters by what became of a row if the import was taken back. In one statement."""
    if not batch.is_taken_back:
        return []
    written = batch.rows.exclude(undone="").order_by()
    undone = dict(written.values_list("undone").annotate(Count("pk")))
    return [(one.value, f"{one.label} {undone[one]}") for one in ImportRow.Undone if undone.get(one)]


def shown_by(batch: ImportBatch, show: str) -> QuerySet[ImportRow]:
    """The rows that the filter `show` finds; an unknown one finds all."""
    rows = batch.rows.order_by("line")
    if show == "decide":
        return rows.filter(verdict__in=ImportRow.TO_DECIDE)
    if show == "left":
        return rows.filter(LEFT, verdict=Verdict.UNCHANGED)
    if show in ImportRow.Undone.values and show:
        return rows.filter(undone=show)
    if show == Verdict.UNCHANGED:
        rows = rows.exclude(LEFT)
    return rows.filter(verdict=show) if show in Verdict.values and show else rows


def page_of(rows: QuerySet[ImportRow], *, after: int = 0, before: int = 0, size: int = SIZE) -> RowPage:
    """The `size` rows after one row number or before another; neither: the first. In one statement."""
    if before:
        found = list(rows.filter(line__lt=before).order_by("-line")[: size + 1])
        page = found[:size][::-1]
        return RowPage(page, after=page[-1].line if page else None, before=page[0].line if len(found) > size else None)
    found = list(rows.filter(line__gt=after)[: size + 1])
    page = found[:size]
    more, is_first = len(found) > size, not after
    return RowPage(page, after=page[-1].line if more else None, before=page[0].line if page and not is_first else None)


def repeated_texts(batch: ImportBatch) -> list[tuple[str, int]]:
    """[(text, rows)] that stands in several rows where a country should, the most frequent first."""
    found = batch.rows.filter(why__unplaced=True).values_list("cells", flat=True)
    texts = Counter(cells_by_field(cells, batch.mapping).get("country", "") for cells in found)
    return [(text, count) for text, count in texts.most_common(TEXTS) if count > 1 and text]
