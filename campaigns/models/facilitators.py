"""What is: the parts into which a campaign's work is cut, and who has each in hand."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Prefetch, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, User, Visibility, known
from accounts.rules import classes_seen_by
from campaigns.models.campaigns import Campaign, owned
from members.models import Appointment, address_known_to
from members.models.regions import LanguagesField, Regional
from members.models.terms import Term, TermQuerySet

# Regions before themes.
IN_ORDER: list[str | Combinable] = [
    Case(When(theme="", then=Value(0)), default=Value(1)),
    "region",
    "own_region__name",
    "theme",
    "id",
]
CODES = r'^\[("[a-z]{2,3}"(, "[a-z]{2,3}")*)?\]$'  # as PostgreSQL writes a JSON list


class ScopeQuerySet(models.QuerySet["Scope"]):
    def visible_to(self, user: Any) -> Self:
        """As its campaign; but who covers what in a public one is for the members of the coalition."""
        seen = classes_seen_by(user)
        shown = Q(campaign__visibility__in=seen) if Visibility.MEMBERS in seen else Q(pk__in=[])
        return self.filter(shown | owned("campaign__owner", user))

    def open(self) -> Self:
        """Those that somebody should have in hand now."""
        return self.filter(ended_on=None, campaign__status=Campaign.Status.RUNNING)

    def covered_by(self, person: Person) -> Self:
        return self.filter(pk__in=Assignment.objects.filter(person=person, until=None).values("scope"))

    def by_campaign(self) -> Self:
        """All of one campaign together, each in its order."""
        return self.order_by("campaign__name", "campaign", *IN_ORDER)

    def how_many_have_both(self) -> tuple[int, int]:
        """(with a lead and a backup, all) of those that are open, in one statement."""
        places = Count("assignments", filter=Q(assignments__until=None))
        counted = self.open().order_by().annotate(places=places)
        found = counted.aggregate(both=Count("pk", filter=Q(places=2)), total=Count("pk"))
        return found["both"], found["total"]

    def with_people(self, reader: User | None = None) -> Self:
        """With what `Scope.lead` and `Scope.backup` read; for a `reader` each with its `email`, as far as they may know."""
        standing = Assignment.objects.filter(until=None).select_related("person")
        if reader:
            standing = standing.annotate(email=address_known_to(reader))
        return self.select_related("campaign", "own_region").prefetch_related(
            Prefetch("assignments", standing, to_attr="standing")
        )


class Scope(Regional, Identified):
    """A part of a campaign's work: a region (M49's or our own) or a theme, and the languages it is done in."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="scopes")
    theme = models.CharField(_("theme"), max_length=100, blank=True)
    languages = LanguagesField(_("working languages"), default=list, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)

    objects = ScopeQuerySet.as_manager()

    class Meta:
        ordering = IN_ORDER
        constraints = [
            Regional.at_most_one("scope"),
            models.CheckConstraint(
                condition=Q(theme="") & (~Q(region="") | Q(own_region__isnull=False))
                | ~Q(theme="") & Q(region="", own_region=None),
                name="scope_is_a_region_or_a_theme",
            ),
            models.CheckConstraint(condition=Q(languages__regex=CODES), name="scope_languages_are_codes"),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="scope_ends_with_a_reason",
            ),
            models.UniqueConstraint(
                "campaign",
                "region",
                "own_region",
                Lower("theme"),
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="one_open_scope_per_region_or_theme",
            ),
        ]

    standing: list["Assignment"]

    def __str__(self) -> str:
        return self.theme or self.region_name

    @property
    def language_names(self) -> str:
        return LanguagesField().words_for(self.languages)

    @property
    def is_regional(self) -> bool:
        return not self.theme

    @property
    def is_open(self) -> bool:
        return self.ended_on is None and self.campaign.is_running

    @property
    def lead(self) -> "Assignment | None":
        """Reads `standing`: see `with_people`."""
        return self._standing(Assignment.Capacity.LEAD)

    @property
    def backup(self) -> "Assignment | None":
        """Reads `standing`: see `with_people`."""
        return self._standing(Assignment.Capacity.BACKUP)

    def _standing(self, capacity: str) -> "Assignment | None":
        return next((one for one in self.standing if one.capacity == capacity), None)


class AssignmentQuerySet(TermQuerySet):
    def visible_to(self, user: Any) -> Self:
        """As its scope; the handover notes are for fewer, see `reads_notes`."""
        return self.filter(scope__in=Scope.objects.visible_to(user))


class Assignment(Term):
    """A person has a scope in hand, as its lead or as the backup who steps in."""

    class Capacity(models.TextChoices):
        LEAD = "lead", _("Lead")
        BACKUP = "backup", _("Backup")

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("person"))
    capacity = models.CharField(_("as"), max_length=6, choices=Capacity)
    languages = LanguagesField(_("languages they work in"), default=list, blank=True)
    note = models.TextField(_("handover note"), blank=True)
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The facilitator's appointment that assignments gave; none where somebody was appointed by hand",
    )
    epoch = models.PositiveIntegerField(default=0, help_text="Raised with all that its person is told of")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-capacity", "-since", "id"]
        constraints = [
            Term.ordered("assignment"),
            known("assignment", "capacity", "lead", "backup"),
            models.CheckConstraint(condition=Q(languages__regex=CODES), name="assignment_languages_are_codes"),
            models.UniqueConstraint(
                fields=["scope", "capacity"], condition=Q(until=None), name="one_open_lead_and_backup_per_scope"
            ),
            models.UniqueConstraint(
                fields=["scope", "person"], condition=Q(until=None), name="one_open_assignment_per_person_and_scope"
            ),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(until=None), name="assignment_standing")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_capacity_display()}"

    @property
    def language_names(self) -> str:
        return LanguagesField().words_for(self.languages)
