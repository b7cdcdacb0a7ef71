"""What is: the dated steps on a campaign's way."""

import calendar
from collections.abc import Iterable
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, known
from accounts.rules import classes_seen_by
from campaigns.models.campaigns import Campaign, owned
from campaigns.models.facilitators import Scope
from members.models import WordsField, words_index


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, user: Any) -> Self:
        """As its campaign."""
        return self.filter(Q(campaign__visibility__in=classes_seen_by(user)) | owned("campaign__owner", user))

    def open(self) -> Self:
        """Still ahead or overdue, in a campaign that goes on."""
        return self.filter(status=Milestone.Status.PLANNED, campaign__status=Campaign.Status.RUNNING)

    def owned_by(self, person: Person) -> Self:
        return self.filter(owner=person)

    def reminding(self) -> Self:
        """Those whose owner is reminded: open, known to the day, and with somebody to remind."""
        return self.open().filter(precision=Milestone.Precision.DAY, owner__isnull=False)

    def external(self) -> Self:
        """Those whose date others set, known to the day: the deadlines that do not move for us."""
        return self.filter(is_external=True, precision=Milestone.Precision.DAY)

    def next_external(self, day: date) -> "Milestone | None":
        """The first external deadline that is not over on `day`."""
        return self.external_from(day).select_related("campaign").order_by("starts_on", "id").first()

    def next_external_of(self, campaigns: Iterable[Campaign], day: date) -> "dict[UUID, Milestone]":
        """{campaign id: its first external deadline that is not over on `day`}, in one statement."""
        ahead = self.external_from(day).filter(campaign__in=campaigns)
        firsts = ahead.order_by("campaign_id", "starts_on", "id").distinct("campaign_id")
        return {one.campaign_id: one for one in firsts}

    def external_from(self, day: date) -> Self:
        """The external deadlines that are not over on `day`."""
        return self.open().external().filter(Q(starts_on__gte=day) | Q(ends_on__gte=day))

    def last_reached(self) -> "Milestone | None":
        return (
            self.filter(reached_on__isnull=False).select_related("owner").order_by("-reached_on", "-starts_on").first()
        )


class Milestone(Identified):
    """A dated step of a campaign, as exact as the date is known; only a date known to the day reminds its owner."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        SIGNING = "signing", _("Signing ceremony")
        RATIFICATION = "ratification", _("Ratification threshold")
        ANNIVERSARY = "anniversary", _("Anniversary")
        REPORT = "report", _("Report launch")
        ACTION_DAY = "action-day", _("Action day")
        INTERNAL = "internal", _("Internal deadline")

    class Precision(models.TextChoices):
        DAY = "day", _("To the day")
        MONTH = "month", _("To the month")
        YEAR = "year", _("To the year")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        REACHED = "reached", _("Reached")
        DROPPED = "dropped", _("Dropped")

    STEPS = {Status.PLANNED: {Status.REACHED, Status.DROPPED}, Status.REACHED: set(), Status.DROPPED: set()}

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("campaign")
    )
    title = models.CharField(_("what happens"), max_length=200)
    words = WordsField(of="title")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INTERNAL)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    precision = models.CharField(_("how sure is the date?"), max_length=5, choices=Precision, default=Precision.DAY)
    zone = models.CharField(_("time zone of the place"), max_length=64, default="UTC")
    is_external = models.BooleanField(_("others set this date"), default=False)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("owner")
    )
    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("belongs to")
    )
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.PLANNED)
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    drop_reason = models.TextField(_("why it was dropped"), blank=True)
    note = models.TextField(_("note"), blank=True)
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the date moves")
    scheduled_at = models.DateTimeField(help_text="When the date was last set")

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "title", "id"]
        constraints = [
            known(
                "milestone",
                "kind",
                "conference",
                "signing",
                "ratification",
                "anniversary",
                "report",
                "action-day",
                "internal",
            ),
            known("milestone", "precision", "day", "month", "year"),
            known("milestone", "status", "planned", "reached", "dropped"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="milestone_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(status="reached", reached_on__isnull=False) | (~Q(status="reached") & Q(reached_on=None)),
                name="milestone_reached_on_exactly_when_reached",
            ),
            models.CheckConstraint(
                condition=(Q(status="dropped") & ~Q(drop_reason="")) | (~Q(status="dropped") & Q(drop_reason="")),
                name="milestone_dropped_exactly_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(precision="day")
                | Q(precision="month", starts_on__day=1)
                | Q(precision="year", starts_on__day=1, starts_on__month=1),
                name="milestone_starts_on_the_first_day_of_what_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "starts_on"], name="milestone_by_campaign"),
            models.Index(fields=["starts_on"], condition=Q(status="planned"), name="milestone_planned"),
            models.Index(fields=["owner"], condition=Q(status="planned"), name="milestone_by_owner"),
            words_index("milestone"),
        ]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def as_known(start: date, end: date | None, precision: str) -> tuple[date, date | None]:
        """The dates no more exact than they are known: from the first day of the month or year to the last; None for
        an end in the same one.
        """
        if precision == Milestone.Precision.DAY:
            return start, None if end == start else end
        by_year = precision == Milestone.Precision.YEAR
        start = start.replace(month=1, day=1) if by_year else start.replace(day=1)
        if end is None:
            return start, None
        month = 12 if by_year else end.month
        end = date(end.year, month, calendar.monthrange(end.year, month)[1])
        return start, None if (end.year, by_year or end.month) == (start.year, by_year or start.month) else end

    def step_to(self, status: "Milestone.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("A milestone that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.PLANNED and self.campaign.is_running

    @property
    def is_settled(self) -> bool:
        """Reached or dropped, in a campaign that goes on: this may have been a mistake."""
        return self.status != self.Status.PLANNED and self.campaign.is_running

    @property
    def is_editable(self) -> bool:
        return self.status != self.Status.DROPPED and self.campaign.is_running

    @property
    def reminds(self) -> bool:
        """Whether its owner is reminded: a date known to the day, ahead, and somebody to remind."""
        return self.is_open and self.precision == self.Precision.DAY and self.owner_id is not None
