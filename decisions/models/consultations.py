"""Consultations: the members are asked about one version until an instant; whom, and with which questions."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, Visibility
from accounts.rules import classes_seen_by
from campaigns.models import Assignment, Scope
from members.hats import FULL_MEMBERS, hats
from members.models import Membership, Organisation, Representation
from members.models.organisations import OrganisationQuerySet
from members.models.regions import Regional

MOST_QUESTIONS = 10
MEMBERS = [Membership.Status.ACTIVE, Membership.Status.DORMANT]
# Whoever may give an organisation's official answer; its other contacts comment.
SIGNING = [Representation.Role.MAIN, Representation.Role.ALTERNATE]


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Any) -> Self:
        """From the opening on: staff, the committee that decides and the steering committee, the author, facilitators,
        and whoever speaks for a member that is asked. It shows the version that is asked about and no other.
        """
        worn = hats(user)
        if worn.is_staff or worn.is_facilitator or Visibility.STEERING in classes_seen_by(user):
            return self.all()
        asked = Consulted.objects.filter(organisation__in=worn.organisations)
        return self.filter(
            Q(version__position__committee__in=worn.seated_in | worn.chairs)
            | Q(version__position__author=user.person_id)
            | Q(pk__in=asked.values("consultation"))
        )

    def running(self, at: Any) -> Self:
        return self.filter(opens_at__lte=at, closes_at__gt=at)

    def closed(self, at: Any) -> Self:
        return self.filter(closes_at__lte=at)

    def with_missing(self) -> Self:
        """`missing`: how many of its contributions lack a disposition."""
        owed = Q(contributions__is_late=False, contributions__disposition=None) & ~Q(contributions__text="")
        return self.annotate(missing=Count("contributions", filter=owed))

    def with_undisposed(self) -> Self:
        """Those with contributions that lack a disposition."""
        return self.with_missing().filter(missing__gt=0)

    def of_position(self, position: Any) -> Self:
        return self.filter(version__position=position)


class Consultation(Regional, Identified):
    """Members are asked about one version until an instant. Whether it is open is told by the clock alone.

    Without a region and a theme all members are asked.
    """

    version = models.ForeignKey("decisions.Version", on_delete=models.PROTECT, related_name="consultations")
    theme = models.CharField(_("theme"), max_length=100, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(_("closes"))
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    epoch = models.PositiveIntegerField(default=0, help_text="Raised whenever the closing instant moves")
    scheduled_at = models.DateTimeField(help_text="When the closing instant was last set")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved_because = models.TextField(_("why the closing moved"), blank=True)
    ended_early = models.BooleanField(default=False)
    announced_at = models.DateTimeField(null=True, help_text="When those who were asked were told that it has closed")
    told_at = models.DateTimeField(null=True, help_text="When contributors were told what became of their words")

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "id"]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(announced_at=None), name="consultation_not_yet_announced")
        ]
        constraints = [
            Regional.at_most_one("consultation"),
            models.CheckConstraint(
                condition=Q(theme="") | Q(region="", own_region=None), name="consultation_asks_a_region_or_a_theme"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="consultation_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(ended_early=False) | ~Q(moved_because=""), name="consultation_ends_early_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None) | Q(announced_at__gte=F("closes_at")),
                name="consultation_is_announced_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_at__gte=F("closes_at")),
                name="contributors_are_told_after_the_consultation_closed",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(announced_at=None), name="one_running_consultation_per_version"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def position(self) -> Any:
        """Reads `version__position`: select them."""
        return self.version.position

    @property
    def committee_id(self) -> Any:
        """Whose it is, as `members.rules` asks: the position's committee."""
        return self.version.position.committee_id

    @property
    def author_id(self) -> Any:
        """As `decisions.rules` asks: the position's author."""
        return self.version.position.author_id

    @property
    def whom(self) -> str:
        """Who is asked, in words."""
        if self.theme:
            return _gettext("Members who work on “%(theme)s”") % {"theme": self.theme}
        if self.region_name:
            return _gettext("Members in %(region)s") % {"region": self.region_name}
        return _gettext("All members")

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at

    def audience(self) -> OrganisationQuerySet:
        """The organisations in its scope as of today, whether asked already or not."""
        return audience_of(countries=self.countries if self.region_name else None, theme=self.theme)

    def contacts(self) -> models.QuerySet[Person]:
        """Everybody who speaks today for a member that is asked."""
        return contacts_of(self.asked.values("organisation"))

    def contacts_to_remind(self) -> models.QuerySet[Person]:
        """Who may sign for a member that is asked and has not given its official answer."""
        return contacts_of(self.asked.silent().values("organisation"), SIGNING)

    def contacts_heard(self) -> models.QuerySet[Person]:
        """Who may sign for a member that has given its official answer."""
        heard = self.asked.exclude(pk__in=self.asked.silent())
        return contacts_of(heard.values("organisation"), SIGNING)


def audience_of(*, countries: frozenset[str] | None, theme: str) -> OrganisationQuerySet:
    """Members (active or dormant) at home in `countries`, or that have somebody who covers `theme`; else all.

    An organisation has no themes of its own: it works on one if a contact of it leads or backs up that part of a
    running campaign.
    """
    found = Organisation.objects.active().filter(
        memberships__until=None, memberships__status__in=MEMBERS, memberships__category__in=FULL_MEMBERS
    )
    if countries is not None:
        found = found.filter(country__in=countries)
    if theme:
        covering = Assignment.objects.current().filter(scope__in=Scope.objects.open().filter(theme__iexact=theme))
        speaking = Representation.objects.current().filter(person__in=covering.values("person"))
        found = found.filter(pk__in=speaking.values("organisation"))
    return found


def contacts_of(organisations: Any, roles: list[Any] | None = None) -> models.QuerySet[Person]:
    """Who speaks for `organisations` (a query) today, in `roles`; as long as these are members."""
    speaking = Representation.objects.current().filter(
        organisation__in=organisations,
        organisation__ended_on=None,
        organisation__memberships__until=None,
        organisation__memberships__status__in=MEMBERS,
        organisation__memberships__category__in=FULL_MEMBERS,
    )
    if roles is not None:
        speaking = speaking.filter(role__in=roles)
    return Person.objects.filter(pk__in=speaking.values("person"))


class Question(Identified):
    """What is asked besides the text. Written with the opening, and fixed from then on."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(_("question"), max_length=500)

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="question_number_once_per_consultation"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_QUESTIONS), name="at_most_ten_questions"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text


class ConsultedQuerySet(models.QuerySet["Consulted"]):
    def silent(self) -> Self:
        return self.filter(answered_at=None)

    def signed_for_by(self, person: Person | None) -> Self:
        """Those for which `person` may give the official answer today."""
        speaking = Representation.objects.current().filter(
            person=person,
            role__in=SIGNING,
            organisation__ended_on=None,
            organisation__memberships__until=None,
            organisation__memberships__status__in=MEMBERS,
            organisation__memberships__category__in=FULL_MEMBERS,
        )
        return self.filter(organisation__in=speaking.values("organisation"))

    def waiting_for(self, person: Person | None, now: Any) -> Self:
        """What waits for `person`: members they may sign for, without official answer, asked and open at `now`."""
        return self.silent().signed_for_by(person).filter(consultation__in=Consultation.objects.running(now))

    def with_signing(self, user: Any) -> Self:
        """`may_sign`: whether `user` may give its official answer today."""
        signed = Consulted.objects.filter(pk=OuterRef("pk")).signed_for_by(user.person)
        return self.annotate(may_sign=Exists(signed))


class Consulted(Identified):
    """A member that is asked: from the opening, or since it joined within the scope while the consultation ran.

    Its row orders what its contacts answer officially: `edits` counts the answers, so that one sees another's.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="asked")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="consulted")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="When its official answer was last given, in time")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    edits = models.PositiveIntegerField(default=0)

    objects = ConsultedQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "organisation__key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "organisation"], name="organisation_is_asked_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, edits=0)
                | Q(answered_at__isnull=False, answered_by__isnull=False, edits__gte=1),
                name="official_answer_is_given_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"
