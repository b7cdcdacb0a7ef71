"""Answers: what a seat says in a round, as it counts and as it was given each time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, Visibility, known
from decisions.models.rounds import Elector
from decisions.outcome import REASONED, Choice

READERS = [
    (Visibility.STEERING, _("The committee and staff")),
    (Visibility.MEMBERS, _("All member organisations, in the register")),
]


class Heard(models.TextChoices):
    """How staff heard an answer that they recorded for a seat."""

    PHONE = "phone", _("By phone")
    MEETING = "meeting", _("At a meeting")
    LETTER = "letter", _("By mail or message")


def answer_is_complete(prefix: str) -> list[models.BaseConstraint]:
    """The constraints that an answer and its changes share; their names begin with `prefix`."""
    return [
        known(prefix, "choice", *Choice.values),
        known(prefix, "heard", "", *Heard.values),
        known(prefix, "visibility", *(value for value, _label in READERS)),
        models.CheckConstraint(
            condition=~Q(choice__in=sorted(REASONED)) | ~Q(reason=""), name=f"{prefix}_has_its_reason"
        ),
        models.CheckConstraint(
            condition=Q(recorded_by=None, heard="") | Q(recorded_by__isnull=False) & ~Q(heard=""),
            name=f"{prefix}_recorded_by_staff_says_how_it_was_heard",
        ),
    ]


class Said(Identified):
    """What a seat says: the fields that an answer and its changes share."""

    choice = models.CharField(_("our answer"), max_length=10, choices=Choice)
    reason = models.TextField(_("reason"), blank=True)
    proposal = models.TextField(_("what we would write instead"), blank=True)
    visibility = models.CharField(
        _("who reads our reason"), max_length=12, choices=READERS, default=Visibility.STEERING
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="Staff who took it down"
    )
    heard = models.CharField(max_length=7, choices=Heard, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Answer(Said):
    """What a seat answers, as it counts: changeable until the closing instant, the last one stands."""

    Choice = Choice

    elector = models.OneToOneField(Elector, on_delete=models.PROTECT, related_name="answer")

    class Meta:
        ordering = ["at"]
        constraints = answer_is_complete("answer")

    def __str__(self) -> str:
        return f"{self.elector}: {self.get_choice_display()}"


class AnswerChange(Said):
    """One answer as it was given, late ones included. Append-only: triggers refuse anything else."""

    elector = models.ForeignKey(Elector, on_delete=models.PROTECT, related_name="changes")
    version = models.ForeignKey("decisions.Version", on_delete=models.PROTECT, related_name="+", help_text="As read")
    is_late = models.BooleanField(default=False, help_text="Came at or after the closing instant: changes nothing")

    class Meta:
        ordering = ["at", "id"]
        constraints = answer_is_complete("answerchange")

    def __str__(self) -> str:
        return f"{self.elector}: {self.get_choice_display()}"
