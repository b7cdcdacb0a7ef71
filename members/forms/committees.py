"""What the browser may send about committees."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField
from accounts.models import Person, Visibility
from history.forms import SeenForm
from members.actions.committees import only_one_steers
from members.models import Committee, CommitteeOffice, Organisation, SeatHolder, SeatTerm


class CommitteeForm(forms.ModelForm, SeenForm):
    class Meta:
        model = Committee
        fields = ("name", "mandate", "is_steering", "visibility")
        help_texts = {
            "mandate": _("What it is for, in two or three sentences."),
            "is_steering": _("Its seats approve positions. There is one such committee."),
        }
        widgets = {"mandate": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """“Only the people named on it” would hide a committee from the staff who keep it."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["visibility"]
        field.choices = [pair for pair in Visibility.choices if pair[0] != Visibility.RESTRICTED]

    def clean_is_steering(self) -> bool:
        steers = self.cleaned_data["is_steering"]
        others = Committee.objects.exclude(pk=self.instance.pk)
        if steers and (steering := others.filter(is_steering=True).first()):
            raise forms.ValidationError(only_one_steers(steering))
        return steers


class SeatsForm(forms.Form):
    constituencies = forms.CharField(
        label=_("Seats"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One line for each seat: whom it is for, such as “Western Africa” or “Affected people”."),
    )

    def clean_constituencies(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["constituencies"].splitlines()]
        lines = [line for line in lines if line]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("A line has more than 200 characters. Shorten it."))
        if len(lines) > 50:
            raise forms.ValidationError(_("At most 50 seats at once."))
        return lines


class FillForm(forms.Form):
    """`found`: what the search gave; nothing else can be chosen."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    filled = forms.ChoiceField(label=_("How it was filled"), choices=SeatTerm.Filled)
    since = DayField(label=_("Term begins"))
    planned_until = DayField(
        label=_("Term ends"),
        required=False,
        help_text=_("As planned. The seat is not vacated by itself on that day."),
    )

    def __init__(self, *args: Any, found: list[Organisation], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in found])
        field.label_from_instance = lambda one: f"{one.name}, {one.place}"
        field.error_messages["required"] = _("Search for the organisation and choose it.")
        self.fields["since"].initial = today


class EndTermForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Everybody who sees the committee reads it: “End of term”, “Resigned”."),
    )
    until = DayField(label=_("Vacant from"))

    def __init__(self, *args: Any, term: SeatTerm, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = today
        if term.since > today:
            del self.fields["until"]  # it is called off: there is no day to choose


class PersonChoice(forms.Form):
    """One of `people`, who were found or who stand in the rows."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=[one.pk for one in people])
        field.error_messages["required"] = _("Choose a person.")


class HolderForm(PersonChoice):
    capacity = forms.ChoiceField(label=_("As"), choices=SeatHolder.Capacity, widget=forms.RadioSelect)
    since = DayField(label=_("From"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = today


class OfficeForm(PersonChoice):
    office = forms.ChoiceField(label=_("Office"), choices=CommitteeOffice.Office, widget=forms.RadioSelect)
