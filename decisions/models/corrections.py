"""Corrections: slips of writing in a text that seats are being asked about."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person
from decisions.models.positions import Version
from decisions.models.rounds import Elector, Round
from decisions.outcome import Choice
from members.hats import hats
from members.models import CommitteeOffice, SeatHolder

APPROVERS = 2  # besides whoever proposed it


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> Self:
        """Staff and the committee that was asked."""
        worn = hats(user)
        if worn.is_staff:
            return self
        return self.filter(round__committee__in=worn.seated_in | worn.chairs)

    def waiting(self) -> Self:
        """Neither made nor overtaken by the end of its round."""
        return self.filter(version=None, dropped_at=None, round__announced_at=None)

    def awaiting(self, person: Person) -> Self:
        """Of those that wait, those to which `person` would add another voice, if they may approve corrections."""
        others = self.waiting().put_to(person).not_recused_from_by(person)
        return others.not_yet_of(person).not_yet_of_the_seat_of(person)

    def put_to(self, person: Person) -> Self:
        """Of rounds in which they speak for a seat that is asked. A chair without a seat is a voice of their own."""
        asked = Elector.objects.filter(round=OuterRef("round")).spoken_for_by(person)
        chaired = CommitteeOffice.objects.current().filter(person=person)
        return self.filter(Exists(asked) | Q(round__committee__in=chaired.values("committee")))

    def not_recused_from_by(self, person: Person) -> Self:
        recused = Elector.objects.filter(round=OuterRef("round"), answer__choice=Choice.RECUSE)
        return self.filter(~Exists(recused.spoken_for_by(person)))

    def not_yet_of(self, person: Person) -> Self:
        """Neither proposed nor approved by them."""
        return self.exclude(proposed_by=person).exclude(approvals__by=person)

    def not_yet_of_the_seat_of(self, person: Person) -> Self:
        """Nor by another who speaks today for the same seat: one organisation, one voice."""
        mine = Elector.objects.filter(round=OuterRef(OuterRef("round"))).spoken_for_by(person)
        beside = SeatHolder.objects.current().exclude(person=person).filter(term__in=mine.values("term"))
        approved = CorrectionApproval.objects.filter(correction=OuterRef(OuterRef("pk")))
        heard = Q(person=OuterRef("proposed_by")) | Q(person__in=approved.values("by"))
        return self.filter(~Exists(beside.filter(heard)))


class Correction(Identified):
    """A wording that differs from the one asked about by slips of writing alone. Two approve it; answers then stand."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="corrections")
    body = models.TextField(_("the corrected text"))
    of = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", help_text="What it corrects")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    version = models.OneToOneField(
        Version, on_delete=models.PROTECT, null=True, related_name="correction", help_text="What it became"
    )

    dropped_at = models.DateTimeField(null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="corrected_text_is_not_empty"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(version=None, dropped_at=None), name="one_correction_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(version=None) | Q(dropped_at=None), name="correction_is_made_or_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of}: {self.proposed_at:%Y-%m-%d %H:%M}"


class CorrectionApproval(Identified):
    """One of the two who say that nothing of the meaning changes."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="approvals")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["correction", "by"], name="correction_approved_once_by_each")]

    def __str__(self) -> str:
        return f"{self.by}"
