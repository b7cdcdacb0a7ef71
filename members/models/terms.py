"""Anything that holds from a day until a day: representations, appointments, terms, offices."""

from datetime import UTC, date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified

TODAY = Cast(Now(), models.DateField())  # the database's day, UTC


def utc_day(now: datetime) -> date:
    """The day on which something that happens at `now` begins or ends: the same calendar as TODAY."""
    return now.astimezone(UTC).date()


class TermQuerySet(models.QuerySet[Any]):
    def current(self, day: Any = TODAY) -> Self:
        """Those that hold on `day` (a date; the database's own by default)."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)

    def holding_from(self, day: date) -> Self:
        """Those that hold on `day` or later; one that ended on its first day never does."""
        return self.filter(Q(until=None) | Q(until__gt=day) & Q(until__gt=F("since")))


class Term(Identified):
    """Holds from `since` until the day before `until`; open while `until` is empty."""

    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def ordered(model: str) -> models.CheckConstraint:
        return models.CheckConstraint(
            condition=Q(until=None) | Q(until__gte=F("since")), name=f"{model}_ends_after_it_starts"
        )

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until > day)
