"""What the style guide shows in each component: made up, and the same every day."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField
from accounts.templatetags.components import ICONS, SEATS, TONES
from history.panels import Line
from members.columns import ORGANISATIONS

AT = datetime(2026, 5, 14, 15, tzinfo=UTC)
LONG = "Bündnis der Überlebenden und der von Landminen betroffenen Gemeinden, Arbeitsgruppe Räumung und Opferhilfe"


class FaultyForm(forms.Form):
    """Fields that say what is wrong with them."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As it calls itself."))
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("main", gettext_lazy("Main contact")), ("media", gettext_lazy("Media"))],
        widget=forms.RadioSelect,
    )


class LineForm(forms.Form):
    """A line of fields, of which a form may have many."""

    title = forms.CharField(label=gettext_lazy("What"))
    days = forms.IntegerField(label=gettext_lazy("Working days"), required=False)
    owner = forms.CharField(label=gettext_lazy("Owner"), required=False)


class SampleForm(FaultyForm):
    """One field of each kind that our forms have."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("ngo", gettext_lazy("NGO")), ("union", gettext_lazy("Union"))]
    )
    day = DayField(label=gettext_lazy("Day"), required=False, disabled=True, initial=date(2026, 5, 14))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea({"rows": 2}))
    is_listed = forms.BooleanField(label=gettext_lazy("Listed in the directory"), required=False)


def samples(user: Any, given: Any) -> dict[str, Any]:
    """The context of the page for `user`; `given`: the QueryDict of its address, which the tools of a list change."""
    changes = [(_("Title"), _("Steering call"), _("Steering call, moved")), (_("Place"), "", "Geneva")]
    chips = [(_("All"), False, False), (_("To decide 3"), True, False), (_("Kenya"), False, True)]
    return {
        "at": AT,
        "fine": SampleForm(auto_id="fine_%s"),
        "faulty": FaultyForm({"email": "nobody"}, auto_id="faulty_%s"),
        "plan": [LineForm(auto_id=f"plan{number}_%s") for number in (1, 2)],
        "list": ORGANISATIONS.asked(given, user),
        "page": SimpleNamespace(rows=[LONG]),
        "example": reverse(ORGANISATIONS.address),
        "entries": [
            Line(AT, "Amira", _("Moved the meeting"), changes),
            *[Line(AT - timedelta(days=day), "Amira", _("Said yes to the invitation"), []) for day in range(1, 7)],
        ],
        "chips": [
            {"url": "#h-lists", "label": label, "current": current, "remove": remove}
            for label, current, remove in chips
        ],
        "undo": SimpleNamespace(pk=UUID(int=0), until=AT),
        "tones": [(tone, _("Tone: %(tone)s") % {"tone": tone}) for tone in TONES],
        "icons": list(ICONS),
        "seats": list(SEATS),
        "levels": ["success", "info", "warning", "danger"],
        "long": LONG,
        "foreign": [("ar", "حملة الأراضي الآمنة"), ("my", "မြေမြှုပ်မိုင်း ကင်းဝေးရေး"), ("zh", "安全田野联盟")],
    }
