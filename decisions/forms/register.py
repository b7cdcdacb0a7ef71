"""What the browser may send about the register and a decision of it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ANY, ChoiceFilter, ListFilter
from accounts.forms import DayField
from accounts.models import User
from campaigns.models import Campaign
from decisions.models import Decision, Level
from decisions.models.register import DecisionQuerySet
from decisions.outcome import ADOPTING, Outcome
from history.forms import SeenForm
from members.models import Committee

STANDINGS = [
    ("force", gettext_lazy("In force")),
    ("superseded", gettext_lazy("Superseded")),
    ("review", gettext_lazy("Review is due")),
]


class RegisterFilter(ListFilter):
    """What narrows the register. Committees and campaigns are those the reader may know."""

    FIRST = ("committee", "campaign", "standing")

    committee = ChoiceFilter(gettext_lazy("Committee"), [])
    campaign = ChoiceFilter(gettext_lazy("Campaign"), [])
    standing = ChoiceFilter(gettext_lazy("Standing"), STANDINGS)
    level = ChoiceFilter(gettext_lazy("Level"), [])
    outcome = ChoiceFilter(gettext_lazy("Outcome"), [(one.value, one.label) for one in Outcome if one in ADOPTING])

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        named = {
            "committee": Committee.objects.visible_to(user).values_list("pk", "name"),
            "campaign": Campaign.objects.visible_to(user).values_list("pk", "name"),
            "level": Level.objects.visible_to(user).values_list("pk", "name"),
        }
        for field, rows in named.items():
            choices = [ANY, *((str(pk), name) for pk, name in rows)]
            self.fields[field].choices = choices  # type: ignore[attr-defined]

    def narrow(self, decisions: DecisionQuerySet, today: date) -> DecisionQuerySet:
        """Those of `decisions` that match; all, where the address holds what is no filter. `today`: the reader's."""
        wanted = self.active()
        columns = {"committee": "position__committee", "campaign": "position__campaign", "level": "position__level"}
        columns |= {"outcome": "round__outcome"}
        found = decisions.filter(**{columns[name]: value for name, value in wanted.items() if name in columns})
        standing = wanted.get("standing")
        if standing == "force":
            return found.in_force()
        if standing == "superseded":
            return found.exclude(superseded_by=None)
        return found.review_due_by(today) if standing == "review" else found


class DecisionField(forms.CharField):
    """A decision by the number that people quote, out of `among`; None where it is left empty."""

    among: DecisionQuerySet = Decision.objects.none()

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=12, **options)

    def clean(self, value: Any) -> Decision | None:
        year, _dash, number = super().clean(value).partition("-")
        if not year:
            return None
        if not (year.isdecimal() and number.isdecimal()):
            raise forms.ValidationError(_("Write the number as it stands in the register, like 2026-020."))
        found = self.among.filter(year=min(int(year), 9999), number=min(int(number), 9999)).first()
        if found is None:
            raise forms.ValidationError(_("There is no decision of this number."))
        return found


class KeepDecisionForm(SeenForm):
    """`decisions`: those the reader sees. A number is typed as people quote it."""

    review_on = DayField(
        label=gettext_lazy("Reviewed on"),
        required=False,
        help_text=gettext_lazy("Whoever opened the round and the chairs are reminded on the day. Empty: no review."),
    )
    superseded_by = DecisionField(
        label=gettext_lazy("Superseded by"),
        help_text=gettext_lazy("The number of a later decision, like 2026-020. Empty: this one is in force."),
    )

    def __init__(self, *args: Any, decisions: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["superseded_by"].among = decisions  # type: ignore[attr-defined]
