"""What the browser may send about rounds and answers."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, HourInput, ZoneField
from accounts.models import User
from accounts.zones import in_zone
from decisions.models import Position, Version
from decisions.outcome import Choice, majority
from decisions.words import half_of
from notices.hours import at_local

USUAL_WINDOW = timedelta(days=7)
USUAL_HOUR = time(17)


class SeenVersionField(forms.ModelChoiceField):
    """The version that was read; a form that comes back carries the present one."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class RoundForm(forms.Form):
    """`cleaned_data` is what the action takes: version, threshold, closes_at, zone."""

    threshold = forms.IntegerField(label=gettext_lazy("Approvals needed"), min_value=1)
    closes_on = DayField(label=gettext_lazy("Closes on"))
    closes_hour = forms.TimeField(label=gettext_lazy("At"), widget=HourInput())
    zone = ZoneField(
        label=gettext_lazy("In the time of"),
        help_text=gettext_lazy("Everybody also sees the closing hour in their own zone."),
    )
    version = SeenVersionField(queryset=Version.objects.none())

    def __init__(self, *args: Any, position: Position, base: int, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        zone = user.person.zone
        self.fields["threshold"].initial = majority(base) if base else None
        self.fields["threshold"].help_text = half_of(base)
        self.fields["closes_on"].initial = (now + USUAL_WINDOW).astimezone(ZoneInfo(zone)).date()
        self.fields["closes_hour"].initial = USUAL_HOUR
        self.fields["zone"].offer(now, zone)  # type: ignore[attr-defined]
        self.fields["version"].queryset = Version.objects.filter(position=position)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"closes_on", "closes_hour", "zone"} <= set(cleaned):
            return cleaned
        zone = cleaned["zone"]
        closes_at = at_local(cleaned.pop("closes_on"), cleaned.pop("closes_hour"), zone)
        if closes_at <= self.now:
            self.add_error(
                "closes_on",
                _("The closing hour must lie ahead: it is %(now)s now.") % {"now": in_zone(self.now, zone)},
            )
        return cleaned | {"closes_at": closes_at}


class AnswerForm(forms.Form):
    """One seat's answer to one version; the page writes its fields by hand."""

    choice = forms.ChoiceField(
        choices=Choice.choices, error_messages={"required": gettext_lazy("Choose one of the answers.")}
    )
    reason = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)
    version = forms.ModelChoiceField(queryset=Version.objects.all(), widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") != Choice.OBJECT:
            cleaned["reason"] = ""
        elif not cleaned.get("reason"):
            self.add_error("reason", _("Say why you object: a reason is needed, a proposed text helps."))
        return cleaned
