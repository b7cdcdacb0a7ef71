"""Organisations, and the names they go by."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Visibility, known
from accounts.rules import classes_seen_by
from members.countries import Country, countries, in_region
from members.models.standing import Endorsement, Membership
from members.models.terms import TermQuerySet


class CountryField(models.CharField):
    """An ISO 3166 code of three letters. The countries are data, not choices of the schema."""

    def words_for(self, value: str) -> str:
        """The country's name in the reader's language: the history says it so."""
        return str(countries().get(value, value))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(visibility__in=classes_seen_by(user))

    def active(self) -> Self:
        return self.filter(ended_on=None)

    def ended(self) -> Self:
        return self.filter(ended_on__isnull=False)

    def standing(self, status: str, category: str) -> Self:
        """Those whose open membership has this status and category; an empty one asks for nothing."""
        wanted = {"memberships__status": status, "memberships__category": category}
        wanted = {field: value for field, value in wanted.items() if value}
        return self.filter(memberships__until=None, **wanted) if wanted else self.all()

    def in_category(self, category: str) -> Self:
        """Those that were ever in this category; an empty one asks for nothing."""
        memberships = Membership.objects.filter(category=category)
        return self.filter(pk__in=memberships.values("organisation")) if category else self.all()

    def within(self, region: str) -> Self:
        """Those at home in a region or sub-region (M49 code)."""
        return self.filter(country__in=in_region(region))

    def endorsing(self) -> Self:
        """Those that stand behind the call: by an endorsement of their own, or because they belong as endorsers."""
        return self.filter(Exists(_endorsements()) | Exists(_endorsers()))

    def not_endorsing(self) -> Self:
        return self.filter(~Exists(_endorsements()), ~Exists(_endorsers()))

    def how_many_endorse(self) -> tuple[int, int]:
        """(those that stand behind the call, all) of those that belong, in one statement. Of the first MOST_COUNTED + 1."""
        by_membership = When(memberships__category=Membership.Category.ENDORSER, then=Value(True))  # noqa: FBT003 - SQL
        endorses = Case(by_membership, default=Exists(_endorsements()), output_field=models.BooleanField())
        some = self.active().joined().order_by().annotate(endorses=endorses)[: Organisation.MOST_COUNTED + 1]
        found = some.aggregate(endorsing=Count("pk", filter=Q(endorses=True)), total=Count("pk"))
        return found["endorsing"], found["total"]

    def joined(self) -> Self:
        """Those with an open membership, with its first day as `joined`."""
        return self.filter(memberships__until=None, memberships__isnull=False).annotate(joined=F("memberships__since"))

    def namesakes(self, key: str, country: str | None) -> Self:
        """Those not ended that bear this key in this country (None: in none)."""
        return self.active().filter(key=key, country=country).order_by("distinct_no")

    def named(self, words: set[str]) -> Self:
        """Those with, for every one of `words` (parts of keys), a name word that begins with it."""
        found = self
        for word in sorted(words):
            found = found.filter(pk__in=Word.objects.filter(word__startswith=word).values("organisation"))
        return found

    def called(self, words: set[str]) -> Self:
        """As `named`, but one may come several times: cheap to count, useless to show.

        The longest word, likely the rarest, leads; so the first thousand are found without reading the rest.
        """
        if not words:
            return self.all()
        first, *others = sorted(words, key=len, reverse=True)
        return self.filter(words__word__startswith=first).named(set(others))


class Organisation(Identified):
    """A body that belongs, belonged or wants to belong to the coalition. Never deleted: ended, with a reason."""

    MOST_COUNTED = 5000  # who endorses is counted exactly up to here

    class Scope(models.TextChoices):
        NATIONAL = "national", _("National")
        REGIONAL = "regional", _("Regional")
        INTERNATIONAL = "international", _("International")

    class Kind(models.TextChoices):
        NGO = "ngo", _("NGO")
        NETWORK = "network", _("Network")
        CAMPAIGN = "campaign", _("National campaign")
        FAITH = "faith", _("Faith body")
        UNION = "union", _("Union")
        ACADEMIC = "academic", _("Academic")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=300)
    key = models.CharField(max_length=600, editable=False)
    language = models.CharField(_("language of the name"), max_length=8, blank=True)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NGO)
    scope = models.CharField(_("scope"), max_length=13, choices=Scope, default=Scope.NATIONAL)
    country = CountryField(_("country"), max_length=3, null=True, blank=True)
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Only staff read this."))
    visibility = models.CharField(_("who sees it"), max_length=12, choices=Visibility, default=Visibility.MEMBERS)
    distinct_no = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)
    end_reason = models.TextField(_("reason of the end"), blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["key", "id"]
        indexes = [
            # One per list: each is walked in order from the cursor, so a page costs the same at any depth.
            models.Index(fields=["key", "id"], condition=Q(ended_on=None), name="organisation_in_order"),
            models.Index(
                fields=["key", "id"],
                condition=Q(ended_on=None, visibility="public"),
                name="organisation_public_in_order",
            ),
            models.Index(fields=["key", "id"], condition=Q(ended_on__isnull=False), name="organisation_ended_in_order"),
            models.Index(fields=["country", "key", "id"], condition=Q(ended_on=None), name="organisation_by_country"),
            models.Index(fields=["kind", "key", "id"], condition=Q(ended_on=None), name="organisation_by_kind"),
            models.Index(fields=["language", "key", "id"], condition=Q(ended_on=None), name="organisation_by_language"),
            # Counting joins words or memberships with this alone, without a look at the rows.
            models.Index(
                fields=["id"],
                include=["visibility", "country"],
                condition=Q(ended_on=None),
                name="organisation_present",
            ),
        ]
        constraints = [
            known("organisation", "kind", "ngo", "network", "campaign", "faith", "union", "academic", "other"),
            known("organisation", "scope", "national", "regional", "international"),
            known("organisation", "visibility", *Visibility.values),
            models.CheckConstraint(
                condition=Q(country=None) | Q(country__regex="^[A-Z]{3}$"), name="country_is_an_iso_code"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="organisation_has_a_key"),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="organisation_ends_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["key", "country", "distinct_no"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="organisation_once_per_name_and_country",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def home(self) -> Country | None:
        return countries().get(self.country or "")

    @property
    def place(self) -> str:
        """Where it is: its country's name in the reader's language, else its scope."""
        return str(self.home) if self.home else str(self.get_scope_display())

    @property
    def membership(self) -> Membership | None:
        """The newest one. Reads `memberships`: prefetch it for lists."""
        return next(iter(self.memberships.all()), None)

    @property
    def endorsement(self) -> Endorsement | None:
        """The one that stands. Reads `endorsements`: prefetch them for lists."""
        return next((one for one in self.endorsements.all() if one.until is None), None)

    @property
    def endorsed_on(self) -> date | None:
        """Since when it stands behind the call, as `endorsing` means it. Reads `memberships` too."""
        if self.endorsement:
            return self.endorsement.since
        membership = self.membership
        endorses = membership and membership.until is None and membership.category == Membership.Category.ENDORSER
        return membership.since if membership and endorses else None


class StandingNames(models.Manager["OrganisationName"]):
    """Names that were withdrawn are no names any more: they are kept, and nothing asks for them."""

    def get_queryset(self) -> models.QuerySet["OrganisationName"]:
        return super().get_queryset().filter(withdrawn_at=None)


class OrganisationName(Identified):
    """Another name it goes by; an alias is a spelling met in an import."""

    class Kind(models.TextChoices):
        FORMER = "former", _("Former name")
        ACRONYM = "acronym", _("Acronym")
        TRANSLATION = "translation", _("Translation")
        ALIAS = "alias", _("Other spelling")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    language = models.CharField(_("language"), max_length=8, blank=True)
    text = models.CharField(_("name"), max_length=300)
    key = models.CharField(max_length=600, editable=False)
    withdrawn_at = models.DateTimeField(null=True, help_text="When the import that brought it was taken back")

    objects = StandingNames()

    class Meta:
        ordering = ["kind", "key"]
        indexes = [models.Index(fields=["key"], name="organisation_name_by_key")]
        constraints = [
            known("organisationname", "kind", "former", "acronym", "translation", "alias"),
            models.UniqueConstraint(
                fields=["organisation", "kind", "text"], condition=Q(withdrawn_at=None), name="name_once_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Word(models.Model):
    """One word of any of an organisation's names: the search finds it by its beginning, in any script."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="words", db_index=False
    )  # the constraint's index serves it
    word = models.CharField(max_length=300)

    class Meta:
        ordering = ["word"]
        constraints = [
            # Its index also answers "has this one a word that begins so?" without a look at the rows: a frequent word
            # is found by a walk through the list that asks this of each.
            models.UniqueConstraint(
                fields=["organisation", "word"],
                opclasses=["uuid_ops", "varchar_pattern_ops"],
                name="word_once_per_organisation",
            )
        ]
        indexes = [
            models.Index(
                fields=["word", "organisation"],
                opclasses=["varchar_pattern_ops", "uuid_ops"],
                name="word_by_its_beginning",
            )
        ]

    def __str__(self) -> str:
        return self.word


def _endorsements() -> TermQuerySet:
    return Endorsement.objects.filter(organisation=OuterRef("pk"), until=None)


def _endorsers() -> TermQuerySet:
    return Membership.objects.filter(organisation=OuterRef("pk"), until=None, category=Membership.Category.ENDORSER)
