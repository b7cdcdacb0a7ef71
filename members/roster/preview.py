"""What do we think of a whole import? Reads the roster and earlier decisions in a bounded number of statements."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from members.models import ImportBatch, ImportRow, Membership, Organisation, OrganisationName
from members.roster.claims import Claim, cells_by_field, content_hash, read_claim
from members.roster.decisions import recall
from members.roster.verdicts import COMPARED, Finding, Known, Line, judge

FOUND_BY = [OrganisationName.Kind.FORMER, OrganisationName.Kind.TRANSLATION, OrganisationName.Kind.ALIAS]


def claims_of(batch: ImportBatch, rows: Iterable[ImportRow]) -> dict[int, Claim]:
    """{row number: what it says}, decisions about its place included."""
    width = len(batch.header)
    return {row.line: read_claim(row.cells, batch.mapping, width).settled(row.decided) for row in rows}


def mark_content(batch: ImportBatch, rows: list[ImportRow]) -> list[ImportRow]:
    """Set `content_hash` from the mapped cells; returns the rows of which it changed. Does not save."""
    seen: Counter[str] = Counter()
    changed = []
    for row in rows:
        texts = cells_by_field(row.cells, batch.mapping)
        first = content_hash(texts, 0)
        said = content_hash(texts, seen[first]) if seen[first] else first
        seen[first] += 1
        if said != row.content_hash:
            row.content_hash = said
            changed.append(row)
    return changed


def recall_decisions(rows: list[ImportRow]) -> None:
    """Decide the undecided `rows` as the newest applied row of the same content was. Does not save."""
    undecided = {row.content_hash: row for row in rows if row.decision == ImportRow.Decision.NONE}
    earlier = ImportRow.objects.filter(content_hash__in=undecided, batch__status=ImportBatch.Status.APPLIED).exclude(
        decision=ImportRow.Decision.NONE
    )
    for row in earlier.order_by("batch__applied_at", "line"):
        recall(undecided[row.content_hash], row)


def judge_rows(
    batch: ImportBatch, rows: list[ImportRow], user: User, claims: dict[int, Claim] | None = None
) -> dict[int, Finding]:
    """{row number: Finding} for all rows of `batch`, against what `user` may see of the roster."""
    claims = claims_of(batch, rows) if claims is None else claims
    lines = [Line(row.line, claims[row.line], row.decision, row.decided) for row in rows]
    return judge(lines, known_organisations(lines, user))


def take_findings(rows: Iterable[ImportRow], findings: dict[int, Finding]) -> list[ImportRow]:
    """Set verdict, why, match and version; returns the rows of which they changed. Does not save."""
    changed = []
    for row in rows:
        found = findings[row.line]
        match = UUID(found.match) if found.match else None
        if (row.verdict, row.why, row.match_id, row.seen_version) != (found.verdict, found.why, match, found.version):
            row.verdict, row.why, row.match_id, row.seen_version = found.verdict, found.why, match, found.version
            changed.append(row)
    return changed


def known_organisations(lines: Iterable[Line], user: User) -> list[Known]:
    """The organisations that bear one of the rows' names (their acronym does not count), or that a decision names."""
    keys = {line.claim.key for line in lines if line.claim.key}
    ids = {line.decided[name] for line in lines for name in ("organisation", "made") if line.decided.get(name)}
    named = OrganisationName.objects.filter(key__in=keys, kind__in=FOUND_BY).values_list("organisation", flat=True)
    organisations = (
        Organisation.objects.visible_to(user)
        .filter(Q(key__in=keys) | Q(pk__in=[*ids, *named]))
        .exclude(pk__in=ImportRow.objects.that_never_were().values("organisation"))
        .prefetch_related("memberships", "names")
        .order_by("distinct_no", "key", "id")
    )
    return [known(organisation) for organisation in organisations]


def known(organisation: Organisation) -> Known:
    """As the judge sees it. Reads `memberships` and `names`: prefetch them for many."""
    # One that ended on its first day never held: an import brought it and was taken back.
    held = (one for one in organisation.memberships.all() if one.until != one.since)
    membership: Membership | None = next(held, None)
    values: dict[str, Any] = {name: getattr(organisation, name) for name in COMPARED}
    if membership:
        values |= {
            "category": membership.category,
            "status": membership.status,
            "since": membership.since.isoformat(),
        }
    return Known(
        id=str(organisation.pk),
        name=organisation.name,
        keys=frozenset({organisation.key, *(n.key for n in organisation.names.all() if n.kind in FOUND_BY)}),
        country=organisation.country,
        scope=organisation.scope,
        version=organisation.version,
        has_ended=organisation.ended_on is not None,
        values=values,
    )
