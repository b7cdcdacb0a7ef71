"""The register: adopted positions, numbered in the order in which their rounds closed."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

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

    def kept_by(self, user: Any) -> Self:
        """Those whose review and succession `user` keeps, as staff or as a chair."""
        worn = hats(user)
        return self if worn.is_staff else self.filter(position__committee__in=worn.chairs)

    def in_force(self) -> Self:
        return self.filter(superseded_by=None)

    def review_due_by(self, day: date) -> Self:
        """What is superseded needs no review."""
        return self.in_force().filter(review_on__lte=day)

    def for_list(self, user: Any) -> Self:
        """With what the list reads; `shows_newer`: whether `user` may see what superseded it."""
        newer = Decision.objects.visible_to(user).filter(pk=OuterRef("superseded_by"))
        rows = self.select_related("round__committee", "position__level", "superseded_by")
        return rows.annotate(shows_newer=Exists(newer))

    def for_export(self) -> Self:
        return self.select_related("round__committee", "position", "text", "superseded_by")


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

    review_on = models.DateField(_("reviewed on"), null=True, blank=True)
    review_set_at = models.DateTimeField(null=True, help_text="When the day of its review was last set")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the day of its review moves")
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
        help_text="One with a later closing instant, so that there is no circle",
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="decision_number_once_per_year"),
            models.CheckConstraint(condition=Q(number__gte=1), name="decisions_count_from_one"),
            models.CheckConstraint(condition=~Q(superseded_by=F("pk")), name="decision_does_not_supersede_itself"),
            models.CheckConstraint(
                condition=Q(review_on=None) | Q(review_set_at__isnull=False),
                name="decision_says_since_when_it_is_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The number as people quote it: "2026-014"."""
        return f"{self.year}-{self.number:03}"

    @property
    def approvals(self) -> int:
        """Seats that approved, with a reservation or without: what its threshold was held against."""
        return self.counts["approve"] + self.counts.get("reserve", 0)

    @property
    def committee_id(self) -> UUID:
        """Whose chairs keep it: what the rules ask of it."""
        return self.position.committee_id
