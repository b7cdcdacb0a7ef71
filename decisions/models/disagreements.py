"""The ledger of disagreement: what becomes of each objection. Source: peers, 3 (12)."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, TransitionError, known
from decisions.models.answers import AnswerChange
from decisions.models.rounds import Elector
from members.hats import hats


class DisagreementQuerySet(models.QuerySet["Disagreement"]):
    def visible_to(self, user: Any) -> Self:
        """Staff and the committee that was asked, whoever the objection's author let read its reason."""
        worn = hats(user)
        if worn.is_staff:
            return self
        return self.filter(elector__round__committee__in=worn.seated_in | worn.chairs)

    def kept_by(self, user: Any) -> Self:
        """Those that `user` may lead to an end as staff or as a chair."""
        worn = hats(user)
        return self if worn.is_staff else self.filter(elector__round__committee__in=worn.chairs)

    def with_round(self) -> Self:
        """With what a page or a mail says of each."""
        return self.select_related(
            "owner",
            "objection__by",
            "elector__organisation",
            "elector__term__seat",
            "elector__round__version__position",
            "elector__round__committee",
        )

    def open(self) -> Self:
        return self.filter(status=Disagreement.Status.OPEN)

    def ended(self) -> Self:
        return self.exclude(status=Disagreement.Status.OPEN)

    def owned_by(self, person: Person) -> Self:
        return self.filter(owner=person)

    def due_by(self, day: date) -> Self:
        return self.open().filter(next_on__lte=day)

    def overdue(self, day: date) -> Self:
        return self.open().filter(next_on__lt=day)


class Disagreement(Identified):
    """A seat's objection, from the day it was made in time until it is settled: whose care it is, and what comes next."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        AMENDED = "amended", _("The text was amended")
        WITHDRAWN = "withdrawn", _("The objection was withdrawn")
        STANDS = "stands", _("It stands, and is minuted")
        DISSOCIATES = "dissociates", _("The organisation dissociates itself")

    ENDS = (Status.AMENDED, Status.WITHDRAWN, Status.STANDS, Status.DISSOCIATES)
    STEPS = {
        Status.OPEN: set(ENDS),
        # Before the closing a seat may object again, or answer otherwise after all.
        Status.AMENDED: {Status.OPEN},
        Status.WITHDRAWN: {Status.OPEN},
        Status.STANDS: {Status.OPEN, Status.WITHDRAWN},
        Status.DISSOCIATES: {Status.OPEN, Status.WITHDRAWN},
    }

    elector = models.OneToOneField(Elector, on_delete=models.PROTECT, related_name="disagreement")
    objection = models.ForeignKey(
        AnswerChange, on_delete=models.PROTECT, related_name="+", help_text="As it was last given"
    )
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="disagreements", verbose_name=_("owner"))
    next_on = models.DateField(_("next date"))
    zone = models.CharField(max_length=64, default="UTC", help_text="Whose day it is")
    note = models.TextField(_("what happens then"), blank=True)
    status = models.CharField(_("state"), max_length=11, choices=Status, default=Status.OPEN)
    ending = models.TextField(_("how it ended"), blank=True, help_text="Empty where the seat's own answer ended it")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    handed_at = models.DateTimeField(help_text="When it came to its present owner")
    hand = models.PositiveIntegerField(default=0, help_text="Raised whenever somebody is told that it is theirs")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the next date moves")
    scheduled_at = models.DateTimeField(help_text="When the next date was last set")

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        ordering = ["next_on", "id"]
        indexes = [
            models.Index(fields=["next_on", "id"], condition=Q(status="open"), name="disagreement_open_by_day"),
            models.Index(fields=["-ended_at", "id"], name="disagreement_by_end"),
        ]
        constraints = [
            known("disagreement", "status", "open", "amended", "withdrawn", "stands", "dissociates"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None, ended_by=None)
                | ~Q(status="open") & Q(ended_at__isnull=False, ended_by__isnull=False),
                name="disagreement_is_ended_by_somebody_exactly_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ending="") | Q(status="withdrawn") | ~Q(status="open") & ~Q(ending=""),
                name="disagreement_ends_with_a_sentence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.elector}: {self.elector.round.version.position}"

    def step_to(self, status: "Disagreement.Status") -> None:
        """The only place that sets `status`. Does not save. Raises TransitionError."""
        if status not in self.STEPS[self.Status(self.status)]:
            raise TransitionError(
                _("A disagreement that ended as “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def committee_id(self) -> UUID:
        """Whose seats and chairs it concerns: what the rules ask of it."""
        return self.elector.round.committee_id
