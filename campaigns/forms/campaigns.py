"""What the browser may send about campaigns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User, Visibility
from campaigns.models import Campaign
from history.forms import SeenForm
from members.picking import PersonField

# "Restricted" means the people named on it: for a campaign that is its owner alone, so nobody chooses it here.
CLASSES = [pair for pair in Visibility.choices if pair[0] not in {Visibility.GROUP, Visibility.RESTRICTED}]


class CampaignForm(forms.ModelForm, SeenForm):
    owner = PersonField(
        label=gettext_lazy("Owner"), help_text=gettext_lazy("Name or e-mail address of the person who leads it.")
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=CLASSES)
    field_order = ["name", "goal", "owner", "visibility"]

    class Meta:
        model = Campaign
        fields = ["name", "goal"]
        widgets = {"goal": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].user = user  # type: ignore[attr-defined]
        self.fields["owner"].present = self.initial.get("owner")  # type: ignore[attr-defined]
        self.initial.setdefault("visibility", Visibility.MEMBERS)


class FinishForm(forms.Form):
    status = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[
            (Campaign.Status.FINISHED, gettext_lazy("It is finished")),
            (Campaign.Status.STOPPED, gettext_lazy("We give it up")),
        ],
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(
        label=gettext_lazy("In a sentence or two"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=gettext_lazy("What was won, or why it ends. It stands on the campaign’s page."),
    )
