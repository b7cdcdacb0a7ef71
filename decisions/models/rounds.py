"""Rounds: who is asked on which version until when, and what each seat answered."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, known
from decisions.outcome import Choice, Outcome, Tally, tally
from members.models import Committee, Organisation, SeatHolder, SeatTerm


class RoundQuerySet(models.QuerySet["Round"]):
    def unannounced(self) -> Self:
        return self.filter(announced_at=None)

    def closed(self, at: Any) -> Self:
        """Those whose closing instant has come by `at` (an instant, or a database expression for one)."""
        return self.filter(closes_at__lte=at)

    def running(self, at: Any) -> Self:
        return self.unannounced().filter(opens_at__lte=at, closes_at__gt=at)

    def to_confirm(self) -> Self:
        """Announced, and waiting for the chair's word."""
        return self.filter(outcome__in=[Outcome.ADOPTED, Outcome.REJECTED], confirmed_at=None)

    def carried(self) -> Self:
        """As `decisions.outcome.outcome` says "adopted", in SQL; ask only of closed rounds."""
        approvals = Count("electors__answer", filter=Q(electors__answer__choice=Choice.APPROVE))
        return self.annotate(approvals=approvals).filter(approvals__gte=F("threshold"))


class Round(Identified):
    """A committee answers on one version until an instant. Whether it is open is told by the clock alone."""

    class Procedure(models.TextChoices):
        EXPLICIT = "explicit", _("Explicit approval")

    version = models.ForeignKey("decisions.Version", on_delete=models.PROTECT, related_name="rounds")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="rounds")
    procedure = models.CharField(max_length=10, choices=Procedure, default=Procedure.EXPLICIT)
    threshold = models.PositiveSmallIntegerField(_("approvals needed"))
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(_("closes"))
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the closing instant moves")
    scheduled_at = models.DateTimeField(help_text="When the closing instant was last set")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # How the base was counted when the round opened: all seats, less those that cannot answer.
    seats = models.PositiveSmallIntegerField()
    vacant = models.PositiveSmallIntegerField(default=0)
    suspended = models.PositiveSmallIntegerField(default=0, help_text="Held by ended or suspended organisations")
    doubled = models.PositiveSmallIntegerField(default=0, help_text="Further seats of an organisation counted once")
    brought_forward = models.BooleanField(default=False, help_text="Closed by the chair when all had answered")
    announced_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, null=True)  # noqa: DJ001 - null: not announced yet
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "id"]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(announced_at=None), name="round_not_yet_announced"),
        ]
        constraints = [
            known("round", "procedure", "explicit"),
            known("round", "outcome", "adopted", "rejected", "withdrawn"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(threshold__gte=1, threshold__lte=F("seats") - F("vacant") - F("suspended") - F("doubled")),
                name="threshold_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None, outcome=None) | Q(announced_at__isnull=False, outcome__isnull=False),
                name="round_has_an_outcome_exactly_when_announced",
            ),
            models.CheckConstraint(
                condition=Q(outcome="withdrawn") | Q(announced_at=None) | Q(announced_at__gte=F("closes_at")),
                name="round_is_announced_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, announced_at__isnull=False),
                name="outcome_is_confirmed_by_somebody_after_it_was_announced",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(announced_at=None), name="one_running_round_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.closes_at:%Y-%m-%d %H:%M}"

    @property
    def base(self) -> int:
        """How many seats count."""
        return self.seats - self.vacant - self.suspended - self.doubled

    def holders(self) -> models.QuerySet[Person]:
        """Who speaks for the seats that are asked, as of today: representatives and alternates."""
        return Person.objects.filter(
            pk__in=SeatHolder.objects.current().filter(term__electors__round=self).values("person")
        )

    def holders_to_remind(self) -> models.QuerySet[Person]:
        """Holders of the seats that have not answered, but nobody who has answered for another seat."""
        electors = Elector.objects.filter(round=self).silent()
        return Person.objects.filter(
            ~Exists(AnswerChange.objects.filter(elector__round=self, by=OuterRef("pk"), is_late=False)),
            pk__in=SeatHolder.objects.current().filter(term__in=electors.values("term")).values("person"),
        )

    @property
    def tally(self) -> Tally:
        """Reads `electors` and their `answer`: prefetch them for lists."""
        answers = [elector.answer for elector in self.electors.all() if hasattr(elector, "answer")]
        return tally(self.base, [(answer.choice, answer.at) for answer in answers], self.closes_at)


class ElectorQuerySet(models.QuerySet["Elector"]):
    def spoken_for_by(self, person: Person | None) -> Self:
        """Those whose seat `person` holds today, as representative or alternate."""
        return self.filter(term__in=SeatHolder.objects.current().filter(person=person).values("term"))

    def silent(self) -> Self:
        return self.filter(answer=None)

    def unanswered_by(self, person: Person | None, now: Any) -> Self:
        """What waits for `person`: electors of rounds open at `now` for whom nobody has answered yet.

        A person speaks for one organisation on each item: who has answered for another seat is not asked again.
        """
        other_hat = AnswerChange.objects.filter(elector__round=OuterRef("round"), by=person, is_late=False)
        return self.spoken_for_by(person).silent().filter(~Exists(other_hat), round__in=Round.objects.running(now))


class Elector(Identified):
    """A seat's organisation in a round, as it stood when the round opened: one voice."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="electors")
    term = models.ForeignKey(SeatTerm, on_delete=models.PROTECT, related_name="electors")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="electors")

    objects = ElectorQuerySet.as_manager()

    class Meta:
        ordering = ["round", "term__seat__number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="one_voice_per_organisation_and_round")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"


OBJECTING_NEEDS_A_REASON = ~Q(choice="object") | ~Q(reason="")


class Answer(Identified):
    """What a seat answers, as it counts: changeable until the closing instant, the last one stands."""

    Choice = Choice

    elector = models.OneToOneField(Elector, on_delete=models.PROTECT, related_name="answer")
    choice = models.CharField(_("our answer"), max_length=10, choices=Choice)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            known("answer", "choice", "approve", "object", "abstain"),
            models.CheckConstraint(condition=OBJECTING_NEEDS_A_REASON, name="objecting_needs_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.elector}: {self.get_choice_display()}"


class AnswerChange(Identified):
    """One answer as it was given, late ones included. Append-only: triggers refuse anything else."""

    elector = models.ForeignKey(Elector, on_delete=models.PROTECT, related_name="changes")
    choice = models.CharField(max_length=10, choices=Choice)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_late = models.BooleanField(default=False, help_text="Came at or after the closing instant: changes nothing")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            known("answerchange", "choice", "approve", "object", "abstain"),
            models.CheckConstraint(condition=OBJECTING_NEEDS_A_REASON, name="objecting_always_needed_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.elector}: {self.get_choice_display()}"
