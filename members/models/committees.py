"""Committees: seats belong to organisations; people hold them; the chair is an office."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, Visibility, known
from accounts.rules import classes_seen_by
from members.models.organisations import Organisation
from members.models.terms import Term, TermQuerySet
from members.models.words import WordsField, words_index


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Any) -> Self:
        """By class; whoever holds a seat or an office in it sees it too."""
        seated = Q(pk__in=SeatHolder.objects.current().filter(person=user.person_id).values("term__seat__committee"))
        office = Q(pk__in=CommitteeOffice.objects.current().filter(person=user.person_id).values("committee"))
        return self.filter(Q(visibility__in=classes_seen_by(user)) | seated | office)


class Committee(Identified):
    """A body that decides or works: the steering committee, a working group."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    words = WordsField(of="name")
    mandate = models.TextField(_("mandate"), blank=True)
    is_steering = models.BooleanField(_("steers the coalition"), default=False)
    visibility = models.CharField(_("who sees it"), max_length=12, choices=Visibility, default=Visibility.MEMBERS)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        ordering = ["-is_steering", "name"]
        indexes = [words_index("committee")]
        constraints = [
            known("committee", "visibility", *Visibility.values),
            models.UniqueConstraint(
                fields=["is_steering"], condition=Q(is_steering=True), name="one_steering_committee"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Identified):
    """A place on a committee, for a constituency. Vacant while it has no current term."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField(_("seat"))
    constituency = models.CharField(_("constituency"), max_length=200, blank=True)

    class Meta:
        ordering = ["committee", "number"]
        constraints = [models.UniqueConstraint(fields=["committee", "number"], name="seat_number_once_per_committee")]

    def __str__(self) -> str:
        return _("Seat %(number)s") % {"number": self.number}


class SeatTerm(Term):
    """An organisation holds a seat for a while."""

    class Filled(models.TextChoices):
        ELECTED = "elected", _("Elected")
        APPOINTED = "appointed", _("Appointed")
        FOUNDER = "founder", _("Founder")

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seat_terms")
    filled = models.CharField(_("how it was filled"), max_length=10, choices=Filled, default=Filled.ELECTED)
    planned_until = models.DateField(_("term ends"), null=True, blank=True)
    end_reason = models.TextField(_("reason of the end"), blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            Term.ordered("seatterm"),
            known("seatterm", "filled", "elected", "appointed", "founder"),
            models.UniqueConstraint(fields=["seat"], condition=Q(until=None), name="one_open_term_per_seat"),
            models.CheckConstraint(
                condition=Q(until=None, end_reason="") | (Q(until__isnull=False) & ~Q(end_reason="")),
                name="seat_term_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(planned_until=None) | Q(planned_until__gt=F("since")),
                name="seat_term_is_planned_to_end_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.organisation}"


class SeatHolder(Term):
    """A person speaks for a seat: its representative, or the alternate."""

    class Capacity(models.TextChoices):
        REPRESENTATIVE = "representative", _("Representative")
        ALTERNATE = "alternate", _("Alternate")

    term = models.ForeignKey(SeatTerm, on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats_held")
    capacity = models.CharField(_("as"), max_length=14, choices=Capacity, default=Capacity.REPRESENTATIVE)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-capacity", "-since", "id"]
        constraints = [
            Term.ordered("seatholder"),
            known("seatholder", "capacity", "representative", "alternate"),
            models.UniqueConstraint(
                fields=["term", "capacity"], condition=Q(until=None), name="one_open_holder_per_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_capacity_display()}"


class CommitteeOffice(Term):
    """A person chairs a committee. An office is not a seat and has no vote."""

    class Office(models.TextChoices):
        CHAIR = "chair", _("Chair")
        CO_CHAIR = "co-chair", _("Co-chair")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="offices")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    office = models.CharField(_("office"), max_length=10, choices=Office, default=Office.CHAIR)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["office", "-since", "id"]
        constraints = [
            Term.ordered("committeeoffice"),
            known("committeeoffice", "office", "chair", "co-chair"),
            models.UniqueConstraint(
                fields=["committee", "person"], condition=Q(until=None), name="one_open_office_per_person"
            ),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(until=None, office="chair"), name="one_open_chair_per_committee"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_office_display()}"
