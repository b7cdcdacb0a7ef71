"""What the browser may send about milestones."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, DayInput, ZoneField
from accounts.models import User
from accounts.zones import day, day_range
from campaigns.actions.dependencies import order_as_seen
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
        "place",
        "zone",
        "is_external",
        "owner",
        "scope",
        "note",
        "claim",
        "source",
        "unverified",
    ]

    class Meta:
        model = Milestone
        fields = [
            "title",
            "kind",
            "starts_on",
            "ends_on",
            "precision",
            "place",
            "is_external",
            "note",
            "claim",
            "source",
            "unverified",
        ]
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        widgets = {
            "precision": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
            **{name: forms.Textarea(attrs={"rows": 2}) for name in ("claim", "source", "unverified")},
        }
        help_texts = {
            "ends_on": gettext_lazy("Leave empty for one day."),
            "place": gettext_lazy("The city, or where else it happens."),
            "claim": gettext_lazy("As the source says it: “49 states present, 46 agreed”."),
            "source": gettext_lazy("Addresses or titles, so that somebody else finds it again."),
            "unverified": gettext_lazy("What nobody has checked against a source. It is shown beside the claim."),
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
        for name in ("claim", "source", "unverified"):
            self.fields[name].validators.append(MaxLengthValidator(2000))

    @property
    def has_sources(self) -> bool:
        """Whether something stands in the folded part, or is wrong with it."""
        return any(self[name].value() or self[name].errors for name in ("claim", "source", "unverified"))

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


class ReachForm(forms.Form):
    """Without a day it is today."""

    reached_on = DayField(label=gettext_lazy("Reached on"), required=False, widget=DayInput(attrs={"required": True}))


class OrderForm(forms.Form):
    after = forms.ModelMultipleChoiceField(
        label=gettext_lazy("It comes after"),
        queryset=Milestone.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, milestone: Milestone, **options: Any) -> None:
        after = list(milestone.dependencies.values_list("after", flat=True))
        super().__init__(*args, **options | {"initial": {"after": after, "seen": order_as_seen(after)}})
        others = milestone.campaign.milestones.exclude(pk=milestone.pk).order_by("starts_on", "id")
        field: Any = self.fields["after"]
        field.queryset = others
        field.label_from_instance = _dated


def _dated(milestone: Milestone) -> str:
    days = day_range(milestone.starts_on, milestone.ends_on, milestone.precision)
    return _("%(title)s, %(days)s") % {"title": milestone.title, "days": days}


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it dropped?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
