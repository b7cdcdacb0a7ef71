"""Who hears of what stays overdue, beside whoever should have done it: the steps that tasks and milestones share."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Person
from members.hats import account_of
from members.models import Appointment
from notices.kind import Kind


class Rung(Kind):
    """A step of the ladder: while something stays overdue, somebody else hears of it, once. Its owner is told by the
    kind that this one is put before: `class TaskLate(Rung, TaskDue)`.

    After the last step nothing more goes out: the coordinator knows, and what follows is between people.
    """

    digestable = False  # it is overdue
    told_at_once = False
    tells_moves = False  # who only hears of what is overdue has heard of no day before

    def audience(self, subject: Any) -> list[Person]:
        """As far as they may see it today; never its owner."""
        if self.anchor(subject) is None or subject.owner_id is None:
            return []
        others = {person.pk: person for person in self.others(subject) if person.pk != subject.owner_id}
        seen: Any = self.model._default_manager.filter(pk=subject.pk)
        return [one for one in others.values() if seen.visible_to(account_of(one)).exists()]

    def others(self, subject: Any) -> Iterable[Person]:
        """Who stands on this step."""
        raise NotImplementedError


def coordinators() -> Iterable[Person]:
    """The last step: the coalition's staff of today."""
    staff = Appointment.objects.current().filter(role=Appointment.Role.STAFF)
    return Person.objects.filter(pk__in=staff.values("person"))
