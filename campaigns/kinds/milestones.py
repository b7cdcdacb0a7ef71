"""What do we send about milestones? Reminders to their owner, and to others what is overdue."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import city, day
from campaigns.kinds.ladder import Rung, coordinators
from campaigns.models import Milestone
from members.hats import account_of
from notices.kind import Kind, days_after, days_before


class MilestoneDue(Kind):
    """14, 7, 3, 1 and 0 days before the first day, to the owner, while it is planned and known to the day."""

    key = "campaigns.milestone_due"
    label = gettext_lazy("Reminder of a milestone")
    model = Milestone
    template = "campaigns/emails/milestone_due.txt"
    digestable = True
    because = gettext_lazy("You get this because you own the milestone.")
    slots = days_before(14, 7, 3, 1, 0)

    def subjects(self, since: datetime, until: datetime) -> Iterable[Milestone]:
        # A day begins and ends earlier or later than in UTC somewhere: a day on each side.
        first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
        rows = Milestone.objects.reminding().filter(starts_on__range=(first, last))
        return rows.select_related("campaign", "owner")

    def anchor(self, subject: Any) -> date | None:
        return subject.starts_on if subject.reminds else None

    def since(self, subject: Any) -> datetime:
        return subject.scheduled_at

    def audience(self, subject: Any) -> list[Person]:
        owner = subject.owner
        if owner is None or not subject.reminds:
            return []
        return [owner] if Milestone.objects.visible_to(account_of(owner)).filter(pk=subject.pk).exists() else []

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        return {"milestone": subject, "campaign": subject.campaign, "when": when(subject)}

    def path(self, subject: Any) -> str:
        return reverse("campaigns:milestone", args=[subject.pk])


class MilestoneOverdue(MilestoneDue):
    """1, 3 and 7 days after its last day, to the owner, while nobody has said that it was reached or dropped.

    A later last day moves the steps that have not been taken; those that have are not repeated.
    """

    key = "campaigns.milestone_overdue"
    label = gettext_lazy("A milestone is overdue")
    template = "campaigns/emails/milestone_overdue.txt"
    digestable = False
    tells_moves = False  # MilestoneDue does
    slots = days_after(1, 3, 7)

    def subjects(self, since: datetime, until: datetime) -> Iterable[Milestone]:
        first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
        over = Q(ends_on=None, starts_on__range=(first, last)) | Q(ends_on__range=(first, last))
        return Milestone.objects.reminding().filter(over).select_related("campaign__owner", "owner")

    def anchor(self, subject: Any) -> date | None:
        return subject.last_day if subject.reminds else None

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        return super().context(subject, person, now) | {"is_owner": person.pk == subject.owner_id}


class MilestoneLate(Rung, MilestoneOverdue):
    """3 days after its last day: to the owner of the campaign, who can move it, hand it on or drop it."""

    key = "campaigns.milestone_late"
    label = gettext_lazy("A milestone is overdue: to the campaign’s owner")
    because = gettext_lazy("You get this because you own the campaign.")
    slots = days_after(3)

    def others(self, subject: Any) -> Iterable[Person]:
        return [subject.campaign.owner]


class MilestoneStuck(MilestoneLate):
    """7 days after its last day: to the coordinators."""

    key = "campaigns.milestone_stuck"
    label = gettext_lazy("A milestone is stuck: to the coordinators")
    because = gettext_lazy("You get this because you coordinate the coalition’s work.")
    slots = days_after(7)

    def others(self, subject: Any) -> Iterable[Person]:
        return coordinators()


def when(milestone: Milestone) -> str:
    """The day with its weekday and the place that counts it: "Thu 14 May 2026, in Lusaka"."""
    days = day(milestone.starts_on)
    if milestone.ends_on is not None:
        days = _("%(first)s to %(last)s") % {"first": days, "last": day(milestone.ends_on)}
    return _("%(days)s, in %(city)s") % {"days": days, "city": city(milestone.zone)}
