"""What the browser may send about parts of the world and languages."""

import re
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import QuickSelect
from accounts.models import User
from history.forms import SeenForm
from members.countries import WORLD, countries, country_named, region_named
from members.forms.organisations import region_choices
from members.languages import language_named, languages_in
from members.models import OwnRegion


def said_strange(words: list[str], one: str, several: str) -> forms.ValidationError:
    """The sentence about words that we do not know."""
    quoted = ", ".join(f"“{word}”" for word in words[:5])
    return forms.ValidationError(ngettext(one, several, len(words)) % {"words": quoted})


class CountriesInput(forms.CharField):
    """Countries by their names, one a line or with commas between them; gives ISO codes."""

    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(countries().get(code, code)) for code in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        codes, strange = set[str](), list[str]()
        for line in filter(None, map(str.strip, super().clean(value).splitlines())):
            words = [line] if country_named(line) else filter(None, map(str.strip, re.split(r"[,;،、]", line)))
            for word in words:
                country = country_named(word)
                codes.add(country.iso3) if country else strange.append(word)
        if strange:
            raise said_strange(strange, "%(words)s is no country we know.", "%(words)s are no countries we know.")
        return sorted(codes)


class LanguagesInput(forms.CharField):
    """Languages by their names, with commas between them; gives codes."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(language_named, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        codes, strange = languages_in(super().clean(value) or "")
        if strange:
            raise said_strange(strange, "%(words)s is no language we know.", "%(words)s are no languages we know.")
        return codes


class RegionField(forms.ChoiceField):
    """A region of M49 or our own; gives {"region": M49 code, "own_region": ours or None}. `offer` it to a user."""

    def __init__(self, *, none: str | Promise, everywhere: bool = False, **options: Any) -> None:
        self.none, self.everywhere, self.ours = none, everywhere, dict[str, OwnRegion]()
        super().__init__(required=False, widget=QuickSelect(), **options)

    def offer(self, user: User) -> None:
        """Those of ours that `user` may know of, and all of M49."""
        self.ours = {str(one.pk): one for one in OwnRegion.objects.visible_to(user)}
        own = [(pk, one.name) for pk, one in self.ours.items()]
        first: list[Any] = [("", self.none), *([(WORLD, region_named(WORLD))] if self.everywhere else [])]
        self.choices = [*first, *([(_("Our own regions"), own)] if own else []), *region_choices()]

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        own = self.ours.get(chosen)
        return {"region": "" if own else chosen, "own_region": own}


class OwnRegionForm(SeenForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("As everybody calls it: Francophone Africa.")
    )
    countries = CountriesInput(
        label=gettext_lazy("Countries"),
        max_length=5000,
        help_text=gettext_lazy("Their names, one a line or with commas between them."),
    )
