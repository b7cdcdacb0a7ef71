"""What the browser may send to change many organisations at once: which, what, and as the preview saw them."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField
from members.bulk import ACTS
from members.forms.organisations import CLASSES
from members.models import Endorsement, Membership

REASON = gettext_lazy("Everybody who sees the organisations reads it.")
STATUSES = [pair for pair in Membership.Status.choices if pair[0] != Membership.Status.ENDED]


def ids_in(texts: list[str]) -> list[UUID]:
    """The ids among `texts`; whatever else was sent is passed over."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


class ReasonField(forms.CharField):
    def __init__(self, label: Any) -> None:
        super().__init__(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text=REASON)


class CategoryForm(forms.Form):
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Membership.Category)


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=STATUSES)
    reason = ReasonField(gettext_lazy("Reason"))


class EndorseForm(forms.Form):
    since = DayField(label=gettext_lazy("Endorsed on"))
    how = forms.ChoiceField(label=gettext_lazy("How"), choices=Endorsement.How)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["since"].initial = today

    def clean_since(self) -> date:
        if self.cleaned_data["since"] > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return self.cleaned_data["since"]


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(label=gettext_lazy("Who sees them"), choices=CLASSES)


class EndAllForm(forms.Form):
    reason = ReasonField(gettext_lazy("Why do they end?"))


FORMS: dict[str, type[forms.Form]] = {
    "endorse": EndorseForm,
    "category": CategoryForm,
    "status": StatusForm,
    "visibility": VisibilityForm,
    "end": EndAllForm,
}


def form_of(act: str, data: Any, *, today: date) -> forms.Form:
    """The fields that `act` needs; `data` None: not filled in yet."""
    options: dict[str, Any] = {"today": today} if act == "endorse" else {}
    return FORMS[act](data, **options)


class SeenField(forms.CharField):
    """Hidden: "id:version" of every row of the preview, with commas between them; cleaned, {id: version}."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[UUID, int]:
        try:
            pairs = (pair.split(":") for pair in super().clean(value).split(","))
            return {UUID(pk): int(version) for pk, version in pairs}
        except ValueError as error:
            raise forms.ValidationError(_("The preview did not arrive whole. Look at it again.")) from error


class ApplyForm(forms.Form):
    act = forms.ChoiceField(choices=[(key, key) for key in ACTS], widget=forms.HiddenInput)
    seen = SeenField()
