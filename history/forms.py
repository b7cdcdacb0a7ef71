"""What a form that changes an object sends beside its fields: which state of the object the typist saw."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Stale


class SeenForm(forms.Form):
    """Lets the action refuse what would silently undo somebody else's change, and puts both changes together.

    Give it `seen` (history.actions.newest) among the initial values; without, it makes something new and asks nothing.
    Behind a ModelForm: `class CampaignForm(forms.ModelForm, SeenForm)`. `mark`: the name of its field, if not `seen`.
    """

    mark = "seen"
    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": _("Open this form again: it does not say which state of it you saw.")},
    )
    stale: Stale | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.mark not in self.initial:
            del self.fields[self.mark]

    def lay_over(self, before: Mapping[str, Any], present: Mapping[str, Any]) -> None:
        """Keep what was typed, but where a field was left as it was, take what somebody else put there.

        `before` and `present`: the initial values as the typist saw them, and as they are now. Sent again, the form
        is no longer stale.
        """
        data = dict(self.data.items()) | {self.mark: present[self.mark]}
        for name in self.fields.keys() & present.keys() - {self.mark}:
            if not self.fields[name].has_changed(_plain(before.get(name)), _plain(self[name].data)):
                data[name] = present[name]
        self.data = data


def see_again(form: Any) -> None:
    """After a refusal that said how things stand now: sent once more, `form` counts as having seen that."""
    if form.is_bound:
        form.data = form.data.copy()
        form.data["seen"] = form.get_initial_for_field(form.fields["seen"], "seen")


def _plain(value: Any) -> Any:
    """A browser sends other line ends than we wrote."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
