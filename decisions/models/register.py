"""The register: adopted positions, numbered in the order in which their rounds closed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import Identified, Visibility
from accounts.rules import classes_seen_by
from decisions.models.positions import Position, Text
from decisions.models.rounds import Round
from members.hats import hats


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> Self:
        """Every member reads the register; a committee reads its own decisions."""
        if Visibility.MEMBERS in classes_seen_by(user):
            return self
        worn = hats(user)
        return self.filter(position__committee__in=worn.seated_in | worn.chairs)

    def for_export(self) -> Self:
        return self.select_related("round__committee", "text")


class Decision(Identified):
    """An adopted position's entry. The year is the closing instant's in UTC, so that numbers follow the closings."""

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="decision")
    position = models.OneToOneField(Position, on_delete=models.PROTECT, related_name="decision")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    counts = models.JSONField(help_text="base, approve, object, abstain, silent at the closing instant")
    decided_at = models.DateTimeField(help_text="The closing instant")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="decision_number_once_per_year"),
            models.CheckConstraint(condition=Q(number__gte=1), name="decisions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The number as people quote it: "2026-014"."""
        return f"{self.year}-{self.number:03}"
