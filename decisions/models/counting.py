"""The count of a round in SQL: which rounds do their answers adopt, which lack a quorum, when do these close?

`decisions/outcome.py` says the same in Python.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import Case, Count, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, CombinedExpression, RawSQL
from django.db.models.fields import BooleanField, DateTimeField, DecimalField, DurationField, Field
from django.db.models.functions import Extract, Floor, Greatest
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from decisions.outcome import FEWEST, SHARES, Choice, Procedure

COUNTED = F("seats") - F("vacant") - F("suspended") - F("doubled")
# Seats enough to decide: nobody recused, or as many left as `is_too_few` asks for.
ENOUGH = Q(recused=0) | Q(GreaterThanOrEqual(F("base"), FEWEST)) & Q(GreaterThanOrEqual(F("base") * 2, COUNTED))
INSTANTS = ("opens_at", "closes_at")
SOME_INSTANT = datetime.min.replace(tzinfo=UTC)
SECONDS: "Field[Any, Any]" = DecimalField(max_digits=20, decimal_places=6)


def carried(rounds: QuerySet[Any]) -> Any:
    """Those of `rounds` whose answers adopt; of a silence only as far as answers go, not who was told of it."""
    of = Case(When(procedure=Procedure.EXPLICIT, then=F("base")), default=F("yes") + F("no"))
    passes = Q(procedure=Procedure.SILENCE, no=0) | ~Q(procedure=Procedure.SILENCE) & Q(yes__gte=1, has_threshold=True)
    counted = _counted(rounds).alias(has_threshold=_reaches("threshold", F("yes"), of))
    return counted.filter(ENOUGH, passes, has_quorum=True)


def inquorate(rounds: QuerySet[Any], is_untold: Any) -> Any:
    """Those of `rounds` that lack a quorum and nothing else; `is_untold`: a condition, that a seat which said nothing
    was not told, which keeps a silence from its quorum.
    """
    is_broken = Q(procedure=Procedure.SILENCE, no__gt=0)
    lacks = Q(has_quorum=False) | Q(procedure=Procedure.SILENCE) & Q(is_untold)
    return _counted(rounds).filter(ENOUGH, ~is_broken, lacks)


def extended_end(prefix: str = "") -> CombinedExpression:
    """When a round that goes on once closes: half of its window later, in whole minutes, as `Window.extension`.

    `prefix`: how the rows reach their round, like "round__".
    """
    ends: list[Combinable] = [Extract(f"{prefix}{name}", "epoch", output_field=SECONDS) for name in INSTANTS]
    minutes = Greatest(Value(1, SECONDS), Floor((ends[1] - ends[0]) / Value(120, SECONDS)))
    template = "make_interval(mins => (%(expressions)s)::int)"
    return F(f"{prefix}closes_at") + Func(minutes, template=template, output_field=DurationField())


def end_of_running(at: Any, prefix: str = "") -> Case:
    """When a round that is running at `at` closes; what has closed and runs is one that goes on."""
    return Case(
        When(**{f"{prefix}closes_at__lte": at}, then=extended_end(prefix)),
        default=F(f"{prefix}closes_at"),
        output_field=DateTimeField(),
    )


def ids_at(rounds: Callable[[Any], QuerySet[Any]], at: Any, of: str = "pk") -> RawSQL:
    """The ids `of` what `rounds(at)` finds as part of another question, composed once in a process and not for every
    page: Django takes several times as long to compose a count as PostgreSQL takes to answer it.

    `at`: an instant, or a database expression for one.
    """
    sql, values = _composed(rounds, SOME_INSTANT if isinstance(at, datetime) else at, of)
    return RawSQL(sql, [at if one == SOME_INSTANT else one for one in values])  # noqa: S611 - Django's own words


@cache
def _composed(rounds: Callable[[Any], QuerySet[Any]], at: Any, of: str) -> tuple[str, tuple[Any, ...]]:
    return rounds(at).values(of).query.sql_with_params()


def _counted(rounds: QuerySet[Any]) -> Any:
    seats = rounds.annotate(
        yes=_said(Choice.APPROVE, Choice.RESERVE),
        no=_said(Choice.OBJECT),
        recused=_said(Choice.RECUSE),
        abstained=_said(Choice.ABSTAIN),
        seen=Count("electors", filter=Q(electors__answer=None, electors__seen_at__isnull=False)),
    ).annotate(base=COUNTED - F("recused"))
    heard = F("yes") + F("no") + F("abstained") + F("seen")
    return seats.alias(has_quorum=_reaches("quorum", heard, F("base")))


def _said(*choices: str) -> Count:
    return Count("electors", filter=Q(electors__answer__choice__in=choices))


def _reaches(share: str, part: Combinable, whole: Any) -> Case:
    """Whether `part` of `whole` makes up what the column `share` names."""
    cases = []
    for name, (top, bottom, is_more) in SHARES.items():
        compare = GreaterThan if is_more else GreaterThanOrEqual
        cases.append(When(**{share: name}, then=compare(part * bottom, whole * top)))
    return Case(*cases, default=Value(False), output_field=BooleanField())  # noqa: FBT003 - a value of SQL
