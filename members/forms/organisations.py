"""What the browser may send about organisations."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ChoiceFilter, Choices, ListFilter, WordsFilter
from accounts.forms import DayField
from accounts.models import User, Visibility
from history.forms import SeenForm
from members.actions.organisations import CLASSIFYING, EDITABLE, Namesake
from members.countries import countries, country_choices
from members.keys import name_key, name_words
from members.models import Endorsement, Membership, Organisation, OrganisationName
from members.models.organisations import OrganisationQuerySet

EMPTY = ("", "—")
JOINED = "joined"  # the order that only those with a membership have
ORDER = ["name", "former", "distinct", "acronym", "language", "kind", "scope", "country"]
# An organisation belongs to no group and names nobody: the other two classes would hide it from those who keep it.
CLASSES = [pair for pair in Visibility.choices if pair[0] not in {Visibility.GROUP, Visibility.RESTRICTED}]


def languages() -> Choices:
    """Languages by their own names, for the name of an organisation."""
    named = {
        code: str(info["name_local"]) for code, info in LANG_INFO.items() if "name_local" in info and len(code) < 9
    }
    named.pop("qps", None)
    return [EMPTY, *sorted(named.items(), key=lambda pair: name_key(pair[1]))]


def region_choices() -> Choices:
    """Every region, with its sub-regions below it."""
    groups: dict[str, dict[str, str]] = {}
    for country in sorted(countries().values(), key=lambda one: (one.region_name, one.subregion_name)):
        if country.region:
            whole = _("%(region)s, all of it") % {"region": country.region_name}
            group = groups.setdefault(country.region_name, {country.region: whole})
            group[country.subregion] = country.subregion_name
    return [(region, list(group.items())) for region, group in groups.items()]


class OrganisationFilter(ListFilter):
    """The filters of the list of organisations."""

    FIRST = ("q", "region", "endorsed")
    YES, NO = "yes", "no"

    q = WordsFilter(gettext_lazy("Name, acronym or other name"))
    region = ChoiceFilter(gettext_lazy("Region"), region_choices)
    endorsed = ChoiceFilter(gettext_lazy("Endorsed the call"), [(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))])
    country = ChoiceFilter(gettext_lazy("Country"), country_choices)
    category = ChoiceFilter(gettext_lazy("Category"), Membership.Category.choices)
    status = ChoiceFilter(gettext_lazy("Status"), Membership.Status.choices)
    kind = ChoiceFilter(gettext_lazy("Kind"), Organisation.Kind.choices)
    language = ChoiceFilter(gettext_lazy("Language of the name"), lambda: languages()[1:])

    @property
    def is_of_the_ended(self) -> bool:
        return self.active().get("status") == Membership.Status.ENDED

    def found(self, user: User, *, order: str = "key") -> OrganisationQuerySet:
        """What `user` may see of what matches, in order; nothing while a filter says what there is not."""
        return self._chosen(user, order).named(self._words()).order_by(order, "-id" if order.startswith("-") else "id")

    def to_count(self, user: User, *, order: str = "key") -> OrganisationQuerySet:
        """As `found`, for `bounded_count`: in no order, and some of them several times."""
        return self._chosen(user, order).called(self._words())

    def _words(self) -> set[str]:
        return name_words(self.cleaned_data["q"]) if self.is_valid() else set()

    def _chosen(self, user: User, order: str) -> OrganisationQuerySet:
        shown: OrganisationQuerySet = Organisation.objects.visible_to(user)
        shown = shown.joined() if order.removeprefix("-") == JOINED else shown
        if not self.is_valid():
            return shown.none()
        chosen = self.cleaned_data
        if self.is_of_the_ended:
            shown = shown.ended().in_category(chosen["category"])
        else:
            shown = shown.active().standing(chosen["status"], chosen["category"])
        facts = {name: chosen[name] for name in ("country", "kind", "language") if chosen[name]}
        shown = shown.filter(**facts) if facts else shown
        if chosen["region"]:
            shown = shown.within(chosen["region"])
        if chosen["endorsed"]:
            shown = shown.endorsing() if chosen["endorsed"] == self.YES else shown.not_endorsing()
        return shown if name_words(chosen["q"]) or not chosen["q"] else shown.none()


class OrganisationForm(forms.ModelForm, SeenForm):
    """Facts of an organisation. Whether it is a namesake is asked only once it turns out to be one."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the name"),
        choices=languages,
        required=False,
        help_text=gettext_lazy("So that it is read aloud and set as its readers expect."),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=lambda: [EMPTY, *country_choices()], required=False
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=CLASSES)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    former = forms.BooleanField(label=gettext_lazy("The old name was in use: keep it as a former name"), required=False)
    distinct = forms.BooleanField(label=gettext_lazy("It is another organisation of the same name"), required=False)

    namesake: Organisation | None = None

    class Meta:
        model = Organisation
        fields = EDITABLE
        widgets = {"description": forms.Textarea(attrs={"rows": 5}), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, classifies: bool = True, **kwargs: Any) -> None:
        """`classifies`: whether its editor decides who sees it and keeps the note about it."""
        super().__init__(*args, **kwargs)
        if not classifies:
            for field in CLASSIFYING:
                del self.fields[field]
        self.order_fields([*ORDER, "category", "since"])
        self._question = self.fields["distinct"]
        if "distinct" not in self.data:
            del self.fields["distinct"]
        if self.instance.language:
            known = dict(self.fields["language"].choices)  # type: ignore[attr-defined]
            if self.instance.language not in known:
                self.fields["language"].choices = [*known.items(), (self.instance.language,) * 2]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        if not name_key(self.cleaned_data["name"]):
            raise forms.ValidationError(_("A name needs at least one letter or digit."))
        return self.cleaned_data["name"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["country"] = cleaned.get("country") or None
        if (
            cleaned.get("scope") == Organisation.Scope.NATIONAL
            and not cleaned["country"]
            and "country" not in self.errors
        ):
            self.add_error("country", _("Choose the country of a national organisation, or another scope."))
        return cleaned

    def ask_whether_distinct(self, error: Namesake) -> None:
        """Its name is taken: say by whom, and offer to say that it is another."""
        self.namesake = error.organisation
        self.fields["distinct"] = self._question
        self.order_fields([*ORDER, "category", "since"])
        self.add_error("name", str(error))


class NewOrganisationForm(OrganisationForm):
    former = None  # type: ignore[assignment]
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Membership.Category.choices)
    since = DayField(
        label=gettext_lazy("Belongs since"),
        required=False,
        help_text=gettext_lazy("Empty: from today."),
    )


class MembershipForm(forms.ModelForm, SeenForm):
    status = forms.ChoiceField(label=gettext_lazy("Status"))

    class Meta:
        model = Membership
        fields = ["status", "category", "since", "reason"]
        field_classes = {"since": DayField}
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "reason": gettext_lazy("Needed when the status changes. Everybody who sees the organisation reads it.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = Membership.Status(self.instance.status)
        sent = self.data.get("status")  # from a form opened before somebody else changed it: the action says so
        reachable = {now, *self.instance.STEPS[now], sent} - {Membership.Status.ENDED}
        self.fields["status"].choices = [(one.value, one.label) for one in Membership.Status if one in reachable]  # type: ignore[attr-defined]


class NameForm(forms.ModelForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages, required=False)

    class Meta:
        model = OrganisationName
        fields = ["text", "kind", "language"]

    def clean_text(self) -> str:
        if not name_key(self.cleaned_data["text"]):
            raise forms.ValidationError(_("A name needs at least one letter or digit."))
        return self.cleaned_data["text"]


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why does it end?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who sees the organisation reads this."),
    )


class EndorsementForm(forms.ModelForm):
    since = DayField(label=gettext_lazy("Endorsed on"))

    class Meta:
        model = Endorsement
        fields = ["since", "how"]


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why does it withdraw?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who sees the organisation reads this."),
    )
