"""The milestones of a campaign as its table and its drawing show them: numbered by date, each after which others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.pages import KeysetPage
from campaigns.models import Campaign, Dependency, Milestone
from campaigns.models.milestones import MOST

SIZE = 60  # rows of the table on one page


@dataclass(frozen=True)
class Row:
    """`after`: the numbers of what comes first; `blocked_by`: those of them that surely end too late for it."""

    number: int
    milestone: Milestone
    after: list[int] = field(default_factory=list)
    blocked_by: list[int] = field(default_factory=list)


def numbered(campaign: Campaign) -> list[Row]:
    """All milestones of `campaign` by date, numbered from 1, in one statement."""
    first = ArraySubquery(Dependency.objects.filter(milestone=OuterRef("pk")).values("after"))
    found: Any = campaign.milestones.order_by("starts_on", "id").select_related("owner").annotate(after_ids=first)
    milestones = list(found[:MOST])
    for milestone in milestones:
        milestone.campaign = campaign
    numbers = {milestone.pk: number for number, milestone in enumerate(milestones, 1)}
    rows = []
    for milestone in milestones:
        after = sorted(numbers[pk] for pk in milestone.after_ids if pk in numbers)
        late = [number for number in after if milestones[number - 1].is_in_the_way_of(milestone)]
        rows.append(Row(numbers[milestone.pk], milestone, after, late))
    return rows


def page_of(rows: Sequence[Row], asked: str, before: str) -> KeysetPage:
    """The rows after the number `asked`, or those before the number `before`; what is none begins at the first."""
    numbers = [row.number for row in rows]
    start = 0
    if asked.isdecimal() and len(asked) < 6:
        start = sum(number <= int(asked) for number in numbers)
    elif before.isdecimal() and len(before) < 6:
        start = max(0, sum(number < int(before) for number in numbers) - SIZE)
    shown = list(rows[start : start + SIZE])
    if not shown:
        return KeysetPage([])
    return KeysetPage(
        shown,
        after=str(shown[-1].number) if start + SIZE < len(rows) else "",
        before=str(shown[0].number) if start else "",
    )
