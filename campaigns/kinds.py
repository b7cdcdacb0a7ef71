"""What do we send? Reminders of milestones, to their owner."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from accounts.zones import city, day
from campaigns.models import Milestone
from notices.kind import Kind, days_before, register


class MilestoneDue(Kind):
    """14, 7, 3, 1 and 0 days before the first day, to the owner, while it is planned and known to the day."""

    key = "campaigns.milestone_due"
    label = gettext_lazy("Reminder of a milestone")
    model = Milestone
    template = "campaigns/emails/milestone_due.txt"
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


def when(milestone: Milestone) -> str:
    """The day with its weekday and the place that counts it: "Thu 14 May 2026, in Lusaka"."""
    days = day(milestone.starts_on)
    if milestone.ends_on is not None:
        days = _("%(first)s to %(last)s") % {"first": days, "last": day(milestone.ends_on)}
    return _("%(days)s, in %(city)s") % {"days": days, "city": city(milestone.zone)}


def account_of(person: Person) -> User:
    """The user of `person`; one that was never saved if they cannot sign in yet, to ask what they would see."""
    return User.objects.filter(person=person).first() or User(person=person)


def register_kinds() -> None:
    register(MilestoneDue())
