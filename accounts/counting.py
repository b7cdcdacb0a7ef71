"""How many rows refer to each row of a query?"""

from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any], *, by: str) -> Coalesce:
    """An expression for the query that `rows` look out to (OuterRef): how many of them there are; `by`: their field that
    refers to it. Beside other counts it multiplies nothing, as joins would.
    """
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
