"""What do we send? Invitations, reminders, and that a meeting moved or will not be."""

from collections.abc import Collection, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Person
from meetings.calendar import calendar_file
from meetings.models import Attendance, Meeting
from notices.kind import Attachment, Kind, Slot, hours_before, register


class AboutMeeting(Kind):
    """What the four kinds share: the invited, the page with the answer, the answer given so far."""

    model = Meeting
    because = gettext_lazy("You get this because you are invited.")
    method = "REQUEST"
    has_file = True

    def audience(self, subject: Any) -> QuerySet[Person]:
        return Person.objects.filter(attendances__meeting=subject)

    def why_not_each(self, subject: Any, people: Collection[Person], now: datetime) -> dict[UUID, str]:
        no_longer = super().why_not_each(subject, people, now)
        if subject.is_planned:
            return no_longer
        return dict.fromkeys((one.pk for one in people), gettext_noop("the meeting was cancelled")) | no_longer

    def prepare(self, subject: Any, people: Collection[Person]) -> None:
        subject.prepared = {one.person_id: one for one in subject.attendances.filter(person__in=people)}

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        return {"meeting": subject, "attendance": _attendance(subject, person)}

    def alike(self, subject: Any, person: Person) -> Hashable:
        attendance = _attendance(subject, person)
        return attendance.answer if attendance else ""

    def path(self, subject: Any) -> str:
        return reverse("meetings:answer_invitation", args=[subject.pk])

    def attachments(self, subject: Any, person: Person, now: datetime) -> list[Attachment]:
        if not self.has_file:
            return []
        attendance = _attendance(subject, person)
        answer = attendance.answer if attendance else Attendance.Answer.NONE
        text = calendar_file(subject, now, method=self.method, person=person, answer=answer)
        return [Attachment("meeting.ics", text, f"text/calendar; method={self.method}")]


class Invited(AboutMeeting):
    key = "meetings.invitation"
    label = gettext_lazy("Invitation to a meeting")
    template = "meetings/emails/invitation.txt"


EXPECTED = gettext_lazy("You may be on the way to a meeting at the wrong hour: so you are told by mail too.")


class Moved(AboutMeeting):
    key = "meetings.moved"
    kept_because = EXPECTED
    label = gettext_lazy("A meeting changed")
    template = "meetings/emails/moved.txt"


class Cancelled(AboutMeeting):
    """Goes out at any hour: somebody may be on the way."""

    key = "meetings.cancelled"
    label = gettext_lazy("A meeting was cancelled")
    template = "meetings/emails/cancelled.txt"
    kept_because = EXPECTED
    method = "CANCEL"
    must_send = True

    def why_not_each(self, subject: Any, people: Collection[Person], now: datetime) -> dict[UUID, str]:
        after_all = gettext_noop("it takes place after all")
        return dict.fromkeys((one.pk for one in people), after_all) if subject.is_planned else {}

    def path(self, subject: Any) -> str:
        return reverse("meetings:meeting", args=[subject.pk])


class Restored(AboutMeeting):
    """It was cancelled, and is not: at any hour too, for whoever has crossed it out."""

    key = "meetings.restored"
    label = gettext_lazy("A meeting takes place after all")
    template = "meetings/emails/restored.txt"
    must_send = True


class Reminder(AboutMeeting):
    """7 days, 24 hours and 1 hour before, to the invited who have not declined."""

    key = "meetings.reminder"
    label = gettext_lazy("Reminder of a meeting")
    template = "meetings/emails/reminder.txt"
    digestable = True
    slots = (Slot("P7D", timedelta(days=7), calendar=True), *hours_before(24, 1))
    told_at_once = True
    tells_moves = False  # "A meeting changed" does, with the new calendar file
    has_file = False

    def subjects(self, since: datetime, until: datetime) -> Iterable[Meeting]:
        return Meeting.objects.planned().filter(starts_at__range=(since, until))

    def anchor(self, subject: Any) -> datetime | None:
        return subject.starts_at if subject.is_planned else None

    def since(self, subject: Any) -> datetime:
        return subject.scheduled_at

    def since_for(self, subject: Any, person: Person) -> datetime:
        """Who was invited later is not reminded of what lay before."""
        return max(subject.scheduled_at, getattr(person, "invited_at", subject.scheduled_at))

    def audience(self, subject: Any) -> QuerySet[Person]:
        if not subject.is_planned:
            return Person.objects.none()
        coming = Attendance.objects.not_declined().filter(meeting=subject)
        people = Person.objects.filter(attendances__in=coming)
        return people.annotate(invited_at=F("attendances__invited_at"))


def _attendance(meeting: Any, person: Person) -> Attendance | None:
    prepared: dict[UUID, Attendance] = getattr(meeting, "prepared", {})
    return prepared.get(person.pk) or Attendance.objects.filter(meeting=meeting, person=person).first()


def register_kinds() -> None:
    register(Invited(), Moved(), Cancelled(), Restored(), Reminder())
