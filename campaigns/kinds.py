"""What do we send? Reminders of milestones and tasks, to their owner; a task, to whoever it was handed to; who has a
scope in hand now, to those it concerns."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from accounts.zones import city, day
from campaigns.actions.tasks import HANDED
from campaigns.belonging import places
from campaigns.models import Assignment, Milestone, Scope, Task
from members.hats import account_of
from members.models import Appointment, CommitteeOffice
from notices.kind import Kind, days_after, days_before, register


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


class Reassigned(Kind):
    """To whoever takes over, hands over, or has another beside them now; tells how it stands when it is sent."""

    key = "campaigns.reassigned"
    label = gettext_lazy("Facilitators have changed")
    model = Assignment
    template = "campaigns/emails/reassigned.txt"
    digestable = True
    because = gettext_lazy("You get this because you cover it or did until now.")

    def audience(self, subject: Any) -> list[Person]:
        return [subject.person]

    def why_not(self, subject: Any, person: Person, now: datetime) -> str:
        """Whoever changed places in the scope, from lead to backup, is told once."""
        if subject.until is None:
            return ""
        stays = Assignment.objects.filter(scope=subject.scope_id, person=person, until=None).exists()
        return gettext_noop("told of their new place") if stays else ""

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        scope = Scope.objects.with_people().get(pk=subject.scope_id)
        ended = scope.assignments.exclude(pk=subject.pk).filter(until__isnull=False).exclude(note="")
        is_seen = Scope.objects.visible_to(account_of(person)).filter(pk=scope.pk).exists()
        newest = ended.select_related("person").order_by("-until", "-epoch").first()
        is_left = newest is not None and newest.person_id != person.pk  # nobody is sent what they wrote themselves
        return {
            "assignment": subject,
            "scope": scope,
            "others": [one for one in (scope.lead, scope.backup) if is_seen and one and one.person_id != person.pk],
            "before": newest if is_left and is_seen and not subject.until else None,
            "is_seen": is_seen,
        }

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        # Their own part, also when it was the last one and its campaign is closed to them since.
        seen = Assignment.objects.visible_to(user) | Assignment.objects.filter(person=user.person_id)
        rows = seen.select_related("scope__campaign", "scope__own_region").in_bulk(ids)
        return {pk: in_campaign(row.scope) for pk, row in rows.items()}

    def path(self, subject: Any) -> str:
        return reverse("campaigns:scope", args=[subject.scope_id])


def in_campaign(scope: Scope) -> str:
    return _("%(scope)s, %(campaign)s") % {"scope": scope, "campaign": scope.campaign}


class AboutTask(Kind):
    """What both kinds share: the owner while it is open, who may read it whatever it belongs to."""

    model = Task

    def audience(self, subject: Any) -> list[Person]:
        return [subject.owner] if subject.is_open and subject.owner is not None else []

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        place = places([subject], account_of(person)).get(subject.object_id)
        due = _("%(days)s, in %(city)s") % {"days": day(subject.due_on), "city": city(subject.zone)}
        is_overdue = subject.due_on < now.astimezone(ZoneInfo(person.zone)).date()
        return {"task": subject, "place": place, "when": due, "is_overdue": is_overdue}

    def path(self, subject: Any) -> str:
        return reverse("campaigns:task", args=[subject.pk])


class TaskHanded(AboutTask):
    """At once, to somebody to whom another person gave a task."""

    key = HANDED
    label = gettext_lazy("A task was given")
    template = "campaigns/emails/task_handed.txt"
    because = gettext_lazy("You get this because somebody gave you a task.")


class TaskDue(AboutTask):
    """7, 3, 1 and 0 days before its day, and 1, 3 and 7 days after it, to the owner, while it is open."""

    key = "campaigns.task_due"
    label = gettext_lazy("Reminder of a task")
    template = "campaigns/emails/task_due.txt"
    digestable = True
    because = gettext_lazy("You get this because the task is yours.")
    slots = (*days_before(7, 3, 1, 0), *days_after(1, 3, 7))
    told_at_once = True

    def subjects(self, since: datetime, until: datetime) -> Iterable[Task]:
        # A day begins and ends earlier or later than in UTC somewhere: a day on each side.
        first, last = since.date() - timedelta(days=1), until.date() + timedelta(days=1)
        rows = Task.objects.open().filter(owner__isnull=False, due_on__range=(first, last))
        return rows.select_related("owner")

    def anchor(self, subject: Any) -> date | None:
        return subject.due_on if subject.is_open else None

    def since(self, subject: Any) -> datetime:
        return max(subject.scheduled_at, subject.handed_at)


class Rung(TaskDue):
    """A step of the ladder: while a task stays overdue, somebody else hears of it, once. Its owner is told in TaskDue.

    After the last step nothing more goes out: the coordinator knows, and what follows is between people.
    """

    template = "campaigns/emails/task_overdue.txt"
    digestable = False  # it is overdue
    told_at_once = False
    tells_moves = False  # who only hears of what is overdue has heard of no day before

    def audience(self, subject: Any) -> list[Person]:
        """As far as they may see the task today; never its owner."""
        if not subject.is_open or subject.owner_id is None:
            return []
        others = {person.pk: person for person in self.others(subject) if person.pk != subject.owner_id}
        seen = Task.objects.filter(pk=subject.pk)
        return [one for one in others.values() if seen.visible_to(account_of(one)).exists()]

    def others(self, subject: Any) -> Iterable[Person]:
        """Who stands on this step."""
        raise NotImplementedError


class TaskLate(Rung):
    """3 days after its day: to whoever asked for it, who can ask again or take it back."""

    key = "campaigns.task_late"
    label = gettext_lazy("A task is overdue: to whoever asked for it")
    because = gettext_lazy("You get this because you asked for the task.")
    slots = days_after(3)

    def others(self, subject: Any) -> Iterable[Person]:
        return [subject.asked_by]


class TaskStuck(Rung):
    """7 days after its day: to who chairs the committee it belongs to, and to the coordinators, who are staff."""

    key = "campaigns.task_stuck"
    label = gettext_lazy("A task is stuck: to the chair and the coordinators")
    because = gettext_lazy("You get this because you chair its committee or coordinate the coalition’s work.")
    slots = days_after(7)

    def others(self, subject: Any) -> Iterable[Person]:
        committee = getattr(subject.subject, "committee_id", None)
        chairs = CommitteeOffice.objects.current().filter(committee=committee)
        staff = Appointment.objects.current().filter(role=Appointment.Role.STAFF)
        return Person.objects.filter(Q(offices__in=chairs) | Q(appointments__in=staff)).distinct()


def when(milestone: Milestone) -> str:
    """The day with its weekday and the place that counts it: "Thu 14 May 2026, in Lusaka"."""
    days = day(milestone.starts_on)
    if milestone.ends_on is not None:
        days = _("%(first)s to %(last)s") % {"first": days, "last": day(milestone.ends_on)}
    return _("%(days)s, in %(city)s") % {"days": days, "city": city(milestone.zone)}


def register_kinds() -> None:
    register(MilestoneDue(), Reassigned(), TaskHanded(), TaskDue(), TaskLate(), TaskStuck())
