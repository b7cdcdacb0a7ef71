"""What staff may say of a notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.actions.settling import Outcome
from notices.actions.steering import Steer


class SettleForm(forms.Form):
    """One of the buttons beside an unconfirmed or failed notice."""

    outcome = forms.ChoiceField(choices=Outcome.choices)


class LiftForm(forms.Form):
    """Why mail can go to an address again."""

    reason = forms.CharField(
        label=_("Why can mail go there again?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        help_text=_("For staff who look at it later: “Their mailbox was full; they have cleared it.”"),
    )


class SteerForm(forms.Form):
    """One of the buttons beside a notice that has not left; a reason only where it is cancelled."""

    do = forms.ChoiceField(choices=Steer.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
        help_text=_("Stands on this page for staff; its reader does not see it."),
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("do") == Steer.CANCEL and not self.cleaned_data.get("reason", "x"):
            self.add_error("reason", _("Say why: whoever looks for this mail later reads it."))
        return self.cleaned_data
