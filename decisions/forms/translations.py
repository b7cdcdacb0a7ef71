"""What the browser may send about translations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from decisions.forms.conflicts import CrossingForm
from decisions.forms.positions import BodyField, SeenField
from decisions.languages import LANGUAGES
from decisions.models import Text


class TranslationForm(CrossingForm):
    """`decides`: the wording that decides; `old`: the translation that is corrected, if there is one."""

    language = forms.ChoiceField(label=gettext_lazy("Language of the translation"))
    body = BodyField()
    is_current = forms.BooleanField(
        label=gettext_lazy("It says what the deciding text says now"),
        help_text=gettext_lazy("Otherwise it stays marked as outdated."),
        required=False,
        initial=True,
    )
    read = SeenField(max_length=64)
    seen = SeenField(max_length=64, required=False)

    def __init__(self, data: Any, *, decides: Text, old: Text | None, language: str) -> None:
        initial: dict[str, Any] = {"language": language, "read": decides.sha256}
        if old:
            current = not old.is_outdated_beside(decides)
            initial |= {"body": old.body, "began": old.body, "seen": old.sha256, "is_current": current}
        super().__init__(data, initial=initial)
        self.fields["language"].choices = [one for one in LANGUAGES if one[0] != decides.language]  # type: ignore[attr-defined]
