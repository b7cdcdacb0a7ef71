"""What is: parts of the world as the coalition cuts them, beside the regions of UN M49."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Visibility
from accounts.rules import classes_seen_by
from members.countries import countries, in_region, region_named
from members.languages import language_named

ISO_CODES = r'^\["[A-Z]{3}"(, "[A-Z]{3}")*\]$'  # as PostgreSQL writes a JSON list


class CountriesField(models.JSONField):
    """ISO 3166 codes of three letters, a list in alphabetical order."""

    def words_for(self, value: Iterable[str]) -> str:
        """Their names in the reader's language: the history says it so."""
        return ", ".join(str(countries().get(code, code)) for code in value)


class LanguagesField(models.JSONField):
    """Codes of languages, a list in alphabetical order."""

    def words_for(self, value: Iterable[str]) -> str:
        """Their names in the reader's language: the history says it so."""
        return ", ".join(language_named(code) for code in value)


class OwnRegionQuerySet(models.QuerySet["OwnRegion"]):
    def visible_to(self, user: Any) -> Self:
        """How the coalition divides the world is for its members."""
        return self.all() if Visibility.MEMBERS in classes_seen_by(user) else self.none()


class OwnRegion(Identified):
    """A part of the world that M49 does not know: "Francophone Africa". Its countries may change."""

    name = models.CharField(_("name"), max_length=100)
    countries = CountriesField(_("countries"))

    objects = OwnRegionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="own_region_once_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="own_region_has_a_name"),
            models.CheckConstraint(condition=Q(countries__regex=ISO_CODES), name="own_region_holds_iso_codes"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def country_names(self) -> str:
        return CountriesField().words_for(self.countries)


class Regional(models.Model):
    """What may belong to a part of the world: an M49 region or sub-region ("001": everywhere), or one of our own."""

    region = models.CharField(_("region"), max_length=3, blank=True)
    own_region = models.ForeignKey(
        OwnRegion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("own region")
    )

    class Meta:
        abstract = True

    @staticmethod
    def at_most_one(model: str) -> models.CheckConstraint:
        return models.CheckConstraint(
            condition=Q(region="") | Q(own_region=None), name=f"{model}_has_at_most_one_region"
        )

    @property
    def region_name(self) -> str:
        """What the region is called; empty for none."""
        return self.own_region.name if self.own_region else region_named(self.region)

    @property
    def countries(self) -> frozenset[str]:
        """The ISO codes of its countries; none without a region."""
        return frozenset(self.own_region.countries if self.own_region else in_region(self.region))
