"""The count of a round in SQL: which rounds do their answers adopt? `decisions/outcome.py` says the same in Python."""

from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields import BooleanField
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from decisions.outcome import FEWEST, SHARES, Choice, Procedure

COUNTED = F("seats") - F("vacant") - F("suspended") - F("doubled")


def carried(rounds: QuerySet[Any]) -> Any:
    """Those of `rounds` whose answers adopt; of a silence only as far as answers go, not who was told of it."""
    seats = rounds.annotate(
        yes=_said(Choice.APPROVE, Choice.RESERVE),
        no=_said(Choice.OBJECT),
        recused=_said(Choice.RECUSE),
        abstained=_said(Choice.ABSTAIN),
        seen=Count("electors", filter=Q(electors__answer=None, electors__seen_at__isnull=False)),
    ).annotate(base=COUNTED - F("recused"))
    heard = F("yes") + F("no") + F("abstained") + F("seen")
    of = Case(When(procedure=Procedure.EXPLICIT, then=F("base")), default=F("yes") + F("no"))
    enough = Q(recused=0) | Q(GreaterThanOrEqual(F("base"), FEWEST)) & Q(GreaterThanOrEqual(F("base") * 2, COUNTED))
    passes = Q(procedure=Procedure.SILENCE, no=0) | ~Q(procedure=Procedure.SILENCE) & Q(yes__gte=1, has_threshold=True)
    return seats.alias(
        has_quorum=_reaches("quorum", heard, F("base")), has_threshold=_reaches("threshold", F("yes"), of)
    ).filter(enough, passes, has_quorum=True)


def _said(*choices: str) -> Count:
    return Count("electors", filter=Q(electors__answer__choice__in=choices))


def _reaches(share: str, part: Combinable, whole: Any) -> Case:
    """Whether `part` of `whole` makes up what the column `share` names."""
    cases = []
    for name, (top, bottom, is_more) in SHARES.items():
        compare = GreaterThan if is_more else GreaterThanOrEqual
        cases.append(When(**{share: name}, then=compare(part * bottom, whole * top)))
    return Case(*cases, default=Value(False), output_field=BooleanField())  # noqa: FBT003 - a value of SQL
