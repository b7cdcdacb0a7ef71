from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Person
from notices.kind import Kind, days_after, days_before, hours_before
from tests.notices.errands.models import Errand


class ErrandDue(Kind):
    key = "errand_due"
    label = "Reminder of an errand"
    model = Errand
    template = "errands/emails/due.txt"

    # Calendar reminders for errands of a day, elapsed ones for those of an hour.
    slots = (*days_before(14, 7, 3, 1, 0),)

    def subjects(self, since: datetime, until: datetime) -> QuerySet[Errand]:
        is_near = Q(day__range=(since.date(), until.date())) | Q(at__range=(since, until))
        return Errand.objects.filter(is_near, is_done=False)

    def anchor(self, subject: Errand) -> Any:
        return subject.deadline

    def since(self, subject: Errand) -> datetime | None:
        return subject.since

    def audience(self, subject: Errand) -> QuerySet[Person]:
        return subject.people.all()

    def path(self, subject: Errand) -> str:
        return f"/errands/{subject.pk}/"


class ErrandSoon(ErrandDue):
    """Not registered: for tests of elapsed slots."""

    key = "errand_soon"
    slots = hours_before(24, 4)


class ErrandLate(ErrandDue):
    """Not registered: for tests of slots after the deadline."""

    key = "errand_late"
    slots = (*days_before(1, 0), *days_after(1, 3, 7))


class ErrandGiven(ErrandDue):
    """Told at once."""

    key = "errand_given"
    label = ""
    slots = ()
