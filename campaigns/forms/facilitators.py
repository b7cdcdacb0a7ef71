"""What the browser may send about who covers what."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns.actions.facilitators import Place, as_seen, hand_over_as_seen, note_as_seen
from campaigns.leaving import without_staying
from campaigns.models import Assignment, Scope
from history.actions import newest
from history.forms import SeenForm
from members.forms.regions import LanguagesInput, RegionField
from members.picking import PersonField

LANGUAGES = gettext_lazy("With commas between them: French, Arabic.")


def as_typed(scope: Scope) -> dict[str, Any]:
    """The initial values of its form."""
    return {"theme": scope.theme, "languages": scope.languages, "seen": newest(scope)}


class ScopeForm(SeenForm):
    """A region or a theme; of one that is there, only what may change."""

    place = RegionField(
        label=gettext_lazy("Region"),
        none=gettext_lazy("No region: a theme"),
        help_text=gettext_lazy("One of the United Nations’, or one of our own."),
    )
    theme = forms.CharField(
        label=gettext_lazy("Or a theme"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("In a few words: Victim assistance."),
    )
    languages = LanguagesInput(
        label=gettext_lazy("Working languages"), max_length=500, required=False, help_text=LANGUAGES
    )

    def __init__(self, *args: Any, user: User, scope: Scope | None = None, **options: Any) -> None:
        if scope is not None:
            options["initial"] = as_typed(scope)
        super().__init__(*args, **options)
        self.scope = scope
        self.fields["place"].offer(user)  # type: ignore[attr-defined]
        if scope is not None:
            del self.fields["place"]
            self.fields["theme"].label = _("Theme")
            self.fields["theme"].required = True
            if scope.is_regional:
                del self.fields["theme"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.scope is None:
            cleaned |= cleaned.pop("place", {})
            several = bool(cleaned.get("region") or cleaned.get("own_region")) and cleaned.get("theme")
            if several:
                self.add_error("theme", _("Choose a region or name a theme, not both."))
            elif "place" not in self.errors and not (
                cleaned.get("region") or cleaned.get("own_region") or cleaned.get("theme")
            ):
                self.add_error("place", _("Choose a region, or name a theme."))
        return cleaned


class EndScopeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it covered no more?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ReassignForm(forms.Form):
    """Both places in one form; an empty name leaves a place empty."""

    lead = PersonField(
        label=gettext_lazy("Lead"), required=False, help_text=gettext_lazy("Name or e-mail address. Empty: nobody.")
    )
    lead_languages = LanguagesInput(
        label=gettext_lazy("Languages of the lead"), max_length=500, required=False, help_text=LANGUAGES
    )
    backup = PersonField(
        label=gettext_lazy("Backup"), required=False, help_text=gettext_lazy("Who steps in when the lead cannot.")
    )
    backup_languages = LanguagesInput(
        label=gettext_lazy("Languages of the backup"), max_length=500, required=False, help_text=LANGUAGES
    )
    note = forms.CharField(
        label=gettext_lazy("Handover note"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("What whoever takes over must know. Read by staff and those who cover it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, user: User, scope: Scope, **options: Any) -> None:
        initial: dict[str, Any] = {"seen": as_seen(scope.lead, scope.backup)}
        for capacity, standing in (("lead", scope.lead), ("backup", scope.backup)):
            if standing:
                initial |= {capacity: standing.person, f"{capacity}_languages": standing.languages}
        super().__init__(*args, **options | {"initial": initial})
        for capacity in ("lead", "backup"):
            self.fields[capacity].user = user  # type: ignore[attr-defined]
            self.fields[capacity].present = initial.get(capacity)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        places = {
            capacity: Place(cleaned.get(capacity), cleaned.pop(f"{capacity}_languages", []))
            for capacity in ("lead", "backup")
        }
        if places["lead"].person and places["lead"].person == places["backup"].person:
            self.add_error("backup", _("The backup steps in for the lead: choose two people."))
        return cleaned | places


class HandOverForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Handover note"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text=gettext_lazy("Whom you talked to, what was promised, what is next. Read by staff and your backup."),
    )
    # Ticked: whoever leaves by oversight would be locked out of what only this part of the work opens to them.
    stays = forms.BooleanField(label=gettext_lazy("Stay on as the backup"), required=False, initial=True)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, scope: Scope, user: User, **options: Any) -> None:
        note = scope.lead.note if scope.lead else ""
        initial = {"note": note, "seen": hand_over_as_seen(scope.lead, scope.backup)}
        super().__init__(*args, **options | {"initial": initial})
        if scope.lead and scope.lead.person_id != user.person_id:
            self.fields["stays"].label = _("%(name)s stays on as the backup") % {"name": scope.lead.person}
        self.fields["stays"].help_text = without_staying(scope, user)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Handover note"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("For the day you cannot: whom to call, what was promised, what is next."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, assignment: Assignment, **options: Any) -> None:
        initial = {"note": assignment.note, "seen": note_as_seen(assignment.note)}
        super().__init__(*args, **options | {"initial": initial})
