"""What the browser may send about milestones."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, ZoneField
from accounts.models import User
from accounts.zones import day
from campaigns.models import Milestone, Scope
from history.forms import SeenForm
from members.picking import PersonField


class MilestoneForm(forms.ModelForm, SeenForm):
    owner = PersonField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy(
            "Name or e-mail address of one person. They are reminded 14, 7, 3 and 1 days before, and on the day."
        ),
    )
    zone = ZoneField(label=gettext_lazy("Time zone of the place"))
    scope = forms.ModelChoiceField(
        label=gettext_lazy("Belongs to"),
        queryset=Scope.objects.none(),
        required=False,
        empty_label=gettext_lazy("The whole campaign"),
        help_text=gettext_lazy("Whoever covers that region or theme may change it too."),
    )
    field_order = [
        "title",
        "kind",
        "starts_on",
        "ends_on",
        "precision",
        "zone",
        "is_external",
        "owner",
        "scope",
        "note",
    ]

    class Meta:
        model = Milestone
        fields = ["title", "kind", "starts_on", "ends_on", "precision", "is_external", "note"]
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        widgets = {
            "precision": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "ends_on": gettext_lazy("Leave empty for one day."),
            "precision": gettext_lazy("Only a date known to the day sends reminders."),
            "is_external": gettext_lazy("Shown with a countdown on the home page and on the campaign’s."),
        }

    def __init__(
        self, *args: Any, user: User, now: datetime, scopes: QuerySet[Scope] | None = None, **options: Any
    ) -> None:
        """`scopes`: those it may belong to; None leaves it where it is."""
        super().__init__(*args, **options)
        if scopes is None or not scopes:
            del self.fields["scope"]
        else:
            self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]
        self.fields["owner"].user = user  # type: ignore[attr-defined]
        self.fields["owner"].present = self.initial.get("owner")  # type: ignore[attr-defined]
        used = self.initial.get("zone") or user.person.zone
        self.fields["zone"].offer(now, used)  # type: ignore[attr-defined]
        self.fields["precision"].choices = Milestone.Precision.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and "precision" in cleaned and not (end and end < start):
            known = Milestone.as_known(start, end, cleaned["precision"])
            cleaned["starts_on"], cleaned["ends_on"] = known
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
