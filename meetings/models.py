"""What is: meetings, and who was asked to come."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, Visibility, known
from accounts.rules import classes_seen_by
from campaigns.models import Campaign
from members.hats import hats
from members.models import Committee, WordsField, words_index

# The classes of Visibility in the words of a meeting; the invited see it always.
SEEN_BY = [
    (Visibility.PUBLIC, Visibility.PUBLIC.label),
    (Visibility.MEMBERS, Visibility.MEMBERS.label),
    (Visibility.GROUP, _("Its committee and the invited")),
    (Visibility.STEERING, _("The steering committee, staff and the invited")),
    (Visibility.STAFF, _("Staff and the invited")),
    (Visibility.RESTRICTED, _("Only the invited")),
]


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> Self:
        """By class; the invited and whoever called it see it too, and the committee's members what is for the group."""
        seen = Q(visibility__in=classes_seen_by(user))
        person = getattr(user, "person_id", None)
        if person is None:
            return self.filter(seen)
        worn = hats(user)
        fellow = Q(visibility=Visibility.GROUP, committee__in=worn.seated_in | worn.chairs)
        invited = Q(pk__in=Attendance.objects.filter(person=person).values("meeting"))
        return self.filter(seen | fellow | invited | Q(called_by=person))

    def planned(self) -> Self:
        return self.filter(status=Meeting.Status.PLANNED)

    def upcoming(self, now: datetime) -> Self:
        """Not over yet, cancelled ones included so that nobody looks for them in vain."""
        return self.filter(ends_at__gt=now)

    def without_minutes(self, since: datetime, until: datetime) -> Self:
        """Over between the two instants, and nobody has written down what was agreed."""
        return self.filter(ends_at__gt=since, ends_at__lte=until, minutes="").exclude(status=Meeting.Status.CANCELLED)

    def earlier(self, now: datetime) -> Self:
        return self.filter(ends_at__lte=now)


class Meeting(Identified):
    """People come together at an hour, in a room or by a link. `zone` is where it is called; instants are UTC."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    STEPS = {Status.PLANNED: {Status.HELD, Status.CANCELLED}, Status.HELD: set(), Status.CANCELLED: set()}

    title = models.CharField(_("title"), max_length=200)
    words = WordsField(of="title")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("campaign")
    )
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("committee")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    zone = models.CharField(_("time zone of the place"), max_length=64)
    place = models.CharField(_("place"), max_length=300, blank=True)
    link = models.URLField(_("link to join"), max_length=500, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    visibility = models.CharField(_("who sees it"), max_length=12, choices=SEEN_BY, default=Visibility.GROUP)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.PLANNED)
    cancel_reason = models.TextField(_("why it was cancelled"), blank=True)
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("called by"))
    epoch = models.PositiveIntegerField(default=0, help_text="Raised by a move of an hour or more, or to another day")
    sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE of the calendar file: raised by each change")
    scheduled_at = models.DateTimeField(help_text="When its hour was last set")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            known("meeting", "visibility", *Visibility.values),
            known("meeting", "status", "planned", "held", "cancelled"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"),
            models.CheckConstraint(
                condition=(Q(status="cancelled") & ~Q(cancel_reason=""))
                | (~Q(status="cancelled") & Q(cancel_reason="")),
                name="meeting_cancelled_exactly_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(minutes="") | Q(status="held"), name="minutes_only_of_a_meeting_that_was_held"
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at", "id"], name="meeting_by_end"),
            models.Index(fields=["starts_at", "id"], name="meeting_by_start"),
            words_index("meeting"),
        ]

    def __str__(self) -> str:
        return self.title

    def step_to(self, status: "Meeting.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("A meeting that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status

    @property
    def is_planned(self) -> bool:
        return self.status == self.Status.PLANNED


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def unanswered_by(self, person: Person, now: datetime) -> Self:
        """Invitations `person` can still answer and has not."""
        return self.filter(
            person=person,
            answer=Attendance.Answer.NONE,
            meeting__status=Meeting.Status.PLANNED,
            meeting__starts_at__gt=now,
        )

    def not_declined(self) -> Self:
        return self.exclude(answer=Attendance.Answer.NO)


class Attendance(Identified):
    """Somebody was asked to a meeting, and what they answered; the last answer counts."""

    class Answer(models.TextChoices):
        NONE = "none", _("Not answered yet")
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("Perhaps")
        NO = "no", _("No")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances")
    answer = models.CharField(_("answer"), max_length=5, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    invited_at = models.DateTimeField(_("invited"))

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["invited_at", "id"]
        constraints = [
            known("attendance", "answer", "none", "yes", "maybe", "no"),
            models.UniqueConstraint(fields=["meeting", "person"], name="invited_once_per_meeting"),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at=None) | (~Q(answer="none") & Q(answered_at__isnull=False)),
                name="answered_at_exactly_when_answered",
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(answer="none"), name="attendance_unanswered")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_answer_display()}"
