"""What the browser may send about campaigns and milestones."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayInput, ZoneField
from accounts.models import User, Visibility
from accounts.zones import day
from campaigns.models import Campaign, Milestone
from members.picking import PersonField

# "Restricted" means the people named on it: for a campaign that is its owner alone, so nobody chooses it here.
CLASSES = [pair for pair in Visibility.choices if pair[0] not in {Visibility.GROUP, Visibility.RESTRICTED}]


class CampaignForm(forms.ModelForm):
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


class MilestoneForm(forms.ModelForm):
    owner = PersonField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy(
            "Name or e-mail address of one person. They are reminded 14, 7, 3 and 1 days before, and on the day."
        ),
    )
    zone = ZoneField(label=gettext_lazy("Time zone of the place"))
    field_order = [
        "title",
        "kind",
        "starts_on",
        "ends_on",
        "precision",
        "zone",
        "is_external",
        "owner",
        "note",
    ]

    class Meta:
        model = Milestone
        fields = ["title", "kind", "starts_on", "ends_on", "precision", "is_external", "note"]
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "precision": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "ends_on": gettext_lazy("Leave empty for one day."),
            "precision": gettext_lazy("Only a date known to the day sends reminders."),
            "is_external": gettext_lazy("Shown with a countdown on the home page and on the campaign’s."),
        }

    def __init__(self, *args: Any, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].user = user  # type: ignore[attr-defined]
        self.fields["owner"].present = self.initial.get("owner")  # type: ignore[attr-defined]
        used = self.initial.get("zone") or user.person.zone
        self.fields["zone"].offer(now, used)  # type: ignore[attr-defined]
        self.fields["precision"].choices = Milestone.Precision.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error(
                "starts_on",
                _("The start, %(start)s, is after the end, %(end)s.") % {"start": day(start), "end": day(end)},
            )
        return cleaned


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it dropped?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
