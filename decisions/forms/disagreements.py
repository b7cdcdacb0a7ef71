"""What the browser may send about disagreements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import DayField
from accounts.models import Person
from decisions.models import Disagreement
from history.forms import SeenForm

Status = Disagreement.Status


class HandDisagreementForm(SeenForm):
    """Only those who may read it are offered."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("New owner"),
        queryset=Person.objects.none(),
        help_text=gettext_lazy("Staff, and the chairs and seats of the committee: nobody else may read an objection."),
    )

    def __init__(self, *args: Any, keepers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].queryset = keepers  # type: ignore[attr-defined]


class NextDateForm(SeenForm):
    next_on = DayField(
        label=gettext_lazy("Next date"),
        help_text=gettext_lazy("The owner is reminded on the day; three days later the chair hears of it."),
    )
    note = forms.CharField(
        label=gettext_lazy("What happens then"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: a call between the two organisations, a text proposed by staff."),
    )


class EndDisagreementForm(SeenForm):
    """`ends`: those this reader may choose."""

    end = forms.ChoiceField(label=gettext_lazy("How does it end?"), widget=forms.RadioSelect)
    sentence = forms.CharField(
        label=gettext_lazy("In a sentence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stays in the ledger, for staff and the committee."),
    )

    def __init__(self, *args: Any, ends: list[Status], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["end"].choices = [(one.value, one.label) for one in ends]  # type: ignore[attr-defined]
