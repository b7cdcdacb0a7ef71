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

MOST = 400  # milestones of one campaign: as many as its timeline can draw and its page can number


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


class Milestone(Identified):
    """A dated step of a campaign, as exact as the date is known; only a date known to the day reminds its owner."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        FORUM = "forum", _("Civil society forum")
        SIGNING = "signing", _("Signing ceremony")
        RATIFICATION = "ratification", _("Ratification threshold")
        ENTRY = "entry", _("Entry into force")
        ANNIVERSARY = "anniversary", _("Anniversary")
        REPORT = "report", _("Report launch")
        ACTION_DAY = "action-day", _("Action day")
        INTERNAL = "internal", _("Internal deadline")
        OTHER = "other", _("Other step")

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
    place = models.CharField(_("place"), max_length=120, blank=True)
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
    claim = models.TextField(_("who took part, as claimed"), blank=True)
    source = models.TextField(_("source"), blank=True)
    unverified = models.TextField(_("what is not verified"), blank=True)
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the date moves")
    scheduled_at = models.DateTimeField(help_text="When the date was last set")

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "title", "id"]
        constraints = [
            # What a dependency's two keys on (id, campaign) refer to: see the migration.
            models.UniqueConstraint(fields=["id", "campaign"], name="milestone_with_its_campaign"),
            known(
                "milestone",
                "kind",
                "conference",
                "forum",
                "signing",
                "ratification",
                "entry",
                "anniversary",
                "report",
                "action-day",
                "internal",
                "other",
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
        end = end_of(end, precision)
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

    @property
    def last_day(self) -> date:
        """The last day it can fall on: of its span, or of the month or year that is all that is known."""
        return self.ends_on or end_of(self.starts_on, self.precision)

    @property
    def surely_over_from(self) -> date:
        """The first day on which it can be over: dates known to the month or year are given the benefit of doubt."""
        if self.ends_on is None or self.precision == self.Precision.DAY:
            return self.ends_on or self.starts_on
        return self.ends_on.replace(day=1, month=1 if self.precision == self.Precision.YEAR else self.ends_on.month)

    @property
    def surely_begun_by(self) -> date:
        """The last day on which it can begin."""
        return end_of(self.starts_on, self.precision)

    def is_in_the_way_of(self, later: "Milestone") -> bool:
        """Whether it surely ends after `later`, which comes after it, begins. What is done or dropped is in no way."""
        planned = self.Status.PLANNED
        return (self.status, later.status) == (planned, planned) and self.surely_over_from > later.surely_begun_by


def end_of(start: date, precision: str) -> date:
    """The last day of the day, month or year in which `start` lies."""
    if precision == Milestone.Precision.YEAR:
        return start.replace(month=12, day=31)
    if precision == Milestone.Precision.MONTH:
        return start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return start
