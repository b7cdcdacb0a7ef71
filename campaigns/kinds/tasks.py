"""What do we send about tasks? To whoever one was handed to, reminders to its owner, and to others what is overdue."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.zones import city, date_in, day
from campaigns.actions.tasks import HANDED
from campaigns.belonging import places
from campaigns.kinds.ladder import Rung, coordinators
from campaigns.models import Task
from members.hats import account_of
from members.models import CommitteeOffice
from notices.kind import Kind, days_after, days_before


class AboutTask(Kind):
    """What both kinds share: the owner while it is open, who may read it whatever it belongs to."""

    model = Task

    def audience(self, subject: Any) -> list[Person]:
        return [subject.owner] if subject.is_open and subject.owner is not None else []

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        place = places([subject], account_of(person)).get(subject.object_id)
        due = _("%(days)s, in %(city)s") % {"days": day(subject.due_on), "city": city(subject.zone)}
        is_overdue = subject.due_on < date_in(now, person.zone)
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


class TaskLate(Rung, TaskDue):
    """3 days after its day: to whoever asked for it, who can ask again or take it back."""

    key = "campaigns.task_late"
    label = gettext_lazy("A task is overdue: to whoever asked for it")
    template = "campaigns/emails/task_overdue.txt"
    because = gettext_lazy("You get this because you asked for the task.")
    slots = days_after(3)

    def others(self, subject: Any) -> Iterable[Person]:
        return [subject.asked_by]


class TaskStuck(TaskLate):
    """7 days after its day: to who chairs the committee it belongs to, and to the coordinators."""

    key = "campaigns.task_stuck"
    label = gettext_lazy("A task is stuck: to the chair and the coordinators")
    because = gettext_lazy("You get this because you chair its committee or coordinate the coalition’s work.")
    slots = days_after(7)

    def others(self, subject: Any) -> Iterable[Person]:
        committee = getattr(subject.subject, "committee_id", None)
        chairs = CommitteeOffice.objects.current().filter(committee=committee)
        return [*Person.objects.filter(pk__in=chairs.values("person")), *coordinators()]
