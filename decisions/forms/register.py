"""What the browser may send about a decision of the register."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField
from decisions.models import Decision
from history.forms import SeenForm


class KeepDecisionForm(SeenForm):
    """`decisions`: those the reader sees. A number is typed as people quote it."""

    review_on = DayField(
        label=gettext_lazy("Reviewed on"),
        required=False,
        help_text=gettext_lazy("Whoever opened the round and the chairs are reminded on the day. Empty: no review."),
    )
    superseded_by = forms.CharField(
        label=gettext_lazy("Superseded by"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("The number of a later decision, like 2026-020. Empty: this one is in force."),
    )

    def __init__(self, *args: Any, decisions: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.decisions = decisions

    def clean_superseded_by(self) -> Decision | None:
        year, _dash, number = self.cleaned_data["superseded_by"].strip().partition("-")
        if not year:
            return None
        if not (year.isdecimal() and number.isdecimal()):
            raise forms.ValidationError(_("Write the number as it stands in the register, like 2026-020."))
        found = self.decisions.filter(year=min(int(year), 9999), number=min(int(number), 9999)).first()
        if found is None:
            raise forms.ValidationError(_("There is no decision of this number."))
        return found
