"""What is: tasks, each somebody's, on a campaign, a milestone or an object of the apps above."""

from datetime import date
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, Visibility, known
from accounts.rules import classes_seen_by
from campaigns.belonging import in_campaign, on_what_is_seen_by
from campaigns.models.campaigns import owned
from members.models import Organisation, WordsField, words_index

# The classes of Visibility in the words of a task: never wider than what it belongs to, so the widest is just that.
TASK_SEEN_BY = [
    (Visibility.GROUP, _("Whoever sees what it belongs to")),
    (Visibility.STEERING, _("Of those, the steering committee and staff")),
    (Visibility.STAFF, _("Of those, staff")),
    (Visibility.RESTRICTED, _("Only its owner and whoever asked for it")),
]


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: Any) -> Self:
        """By class, as far as what it belongs to is seen; its owner and whoever asked for it see it always."""
        return self.filter(_names(user) | (_by_class(user) & on_what_is_seen_by(user)))

    def on(self, subject: models.Model) -> Self:
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk)

    def on_any(self, subjects: models.QuerySet[Any]) -> Self:
        """Those on any of `subjects`, which are of one model."""
        kind = ContentType.objects.get_for_model(subjects.model)
        return self.filter(content_type=kind, object_id__in=subjects.order_by().values("pk"))

    def shown_on(self, subject: models.Model, user: Any) -> Self:
        """Those on the page of `subject`, which `user` sees: the open ones first."""
        is_over = Case(When(status="open", then=Value(0)), default=Value(1))
        return self.on(subject).filter(_names(user) | _by_class(user)).order_by(is_over, "due_on", "id")

    def for_reader(self, user: Any) -> Self:
        """With what a list says of each: the owner, and the organisation if `shows_organisation`."""
        shown = Organisation.objects.visible_to(user).filter(pk=OuterRef("organisation"))
        return self.select_related("owner", "organisation").annotate(shows_organisation=Exists(shown))

    def open(self) -> Self:
        return self.filter(status=Task.Status.OPEN)

    def owned_by(self, person: Person) -> Self:
        return self.filter(owner=person)

    def in_campaign(self, campaign: UUID) -> Self:
        return self.filter(in_campaign(campaign))

    def due_by(self, day: date) -> Self:
        return self.filter(due_on__lte=day)

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_on__lt=day)


class Task(Identified):
    """Something to be done by a day, by one person or nobody yet, who may do it for an organisation."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    STEPS = {
        Status.OPEN: {Status.DONE, Status.DROPPED},
        Status.DONE: {Status.OPEN},
        Status.DROPPED: {Status.OPEN},
    }

    title = models.CharField(_("what is to be done"), max_length=200)
    words = WordsField(of="title")
    note = models.TextField(_("note"), blank=True)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("owner")
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("on behalf of"),
    )
    due_on = models.DateField(_("due"))
    zone = models.CharField(_("time zone of the day"), max_length=64, default="UTC")
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.UUIDField()
    visibility = models.CharField(_("who sees it"), max_length=12, choices=TASK_SEEN_BY, default=Visibility.GROUP)
    status = models.CharField(_("state"), max_length=7, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField(_("done or dropped"), null=True, blank=True)
    drop_reason = models.TextField(_("why it was dropped"), blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    handed_at = models.DateTimeField(help_text="When it came to its present owner")
    hand = models.PositiveIntegerField(default=0, help_text="How often it was handed on: each owner is told once")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the day moves")
    scheduled_at = models.DateTimeField(help_text="When the day was last set")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            known("task", "visibility", "group", "steering", "staff", "restricted"),
            known("task", "status", "open", "done", "dropped"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None) | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="task_closed_at_exactly_when_not_open",
            ),
            models.CheckConstraint(
                condition=(Q(status="dropped") & ~Q(drop_reason="")) | (~Q(status="dropped") & Q(drop_reason="")),
                name="task_dropped_exactly_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(organisation=None) | Q(owner__isnull=False),
                name="task_is_for_an_organisation_only_with_an_owner",
            ),
        ]
        indexes = [
            words_index("task"),
            models.Index(fields=["due_on", "id"], condition=Q(status="open"), name="task_open_by_day"),
            models.Index(fields=["owner", "due_on"], condition=Q(status="open"), name="task_open_by_owner"),
            models.Index(fields=["content_type", "object_id"], name="task_by_what_it_belongs_to"),
            models.Index(fields=["-closed_at", "id"], name="task_by_end"),
        ]

    def __str__(self) -> str:
        return self.title

    def step_to(self, status: "Task.Status") -> None:
        """The only place that sets `status`. Does not save. Raises TransitionError."""
        if status not in self.STEPS[self.Status(self.status)]:
            raise TransitionError(
                _("A task that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @cached_property
    def subject(self) -> Any:
        """What it belongs to; only `belonging.places` says whether a reader may know it."""
        model: Any = self.content_type.model_class()
        return model._base_manager.get(pk=self.object_id)


def _names(user: Any) -> Q:
    return owned("owner", user) | owned("asked_by", user)


def _by_class(user: Any) -> Q:
    return Q(visibility__in=classes_seen_by(user) | {Visibility.GROUP})
