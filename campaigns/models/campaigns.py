"""What is: the coalition's campaigns."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, Visibility, known
from accounts.rules import classes_seen_by
from members.models import WordsField, words_index


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: Any) -> Self:
        """By class; its owner sees it whatever its class."""
        return self.filter(Q(visibility__in=classes_seen_by(user)) | owned("owner", user))

    def running(self) -> Self:
        return self.filter(status=Campaign.Status.RUNNING)


class Campaign(Identified):
    """What the coalition wants to change, and who leads it. A label and a filter, not a wall."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        STOPPED = "stopped", _("Given up")

    STEPS = {Status.RUNNING: {Status.FINISHED, Status.STOPPED}, Status.FINISHED: set(), Status.STOPPED: set()}

    name = models.CharField(_("name"), max_length=200)
    words = WordsField(of="name")
    goal = models.TextField(_("goal"), help_text=_("What will be different when it is won? One or two sentences."))
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("owner"))
    visibility = models.CharField(_("who sees it"), max_length=12, choices=Visibility, default=Visibility.MEMBERS)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.RUNNING)
    started_on = models.DateField(_("started on"))
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    outcome = models.TextField(_("how it ended"), blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            known("campaign", "visibility", *Visibility.values),
            known("campaign", "status", "running", "finished", "stopped"),
            models.CheckConstraint(
                condition=Q(status="running", finished_on=None) | (~Q(status="running") & Q(finished_on__isnull=False)),
                name="campaign_finished_on_exactly_when_over",
            ),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(finished_on__gte=F("started_on")),
                name="campaign_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(status="running", outcome="") | (~Q(status="running") & ~Q(outcome="")),
                name="campaign_says_how_it_ended_exactly_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "name", "id"], name="campaign_by_status_and_name"),
            words_index("campaign"),
        ]

    def __str__(self) -> str:
        return self.name

    def step_to(self, status: "Campaign.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("A campaign that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status

    def is_visible_to(self, user: Any) -> bool:
        """As `visible_to`, of a row already read: whether a page about something else may name it."""
        owner = getattr(user, "person_id", None)
        return self.visibility in classes_seen_by(user) or (owner is not None and owner == self.owner_id)

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


def owned(field: str, user: Any) -> Q:
    """A condition on the owner; nobody owns anything without a person (owner NULL must not match)."""
    person = getattr(user, "person_id", None)
    return Q(**{field: person}) if person is not None else Q(pk__in=[])
