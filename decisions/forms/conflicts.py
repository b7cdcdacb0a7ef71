"""A form whose text somebody else has changed meanwhile: what they changed, and whether both go together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from decisions.merging import together
from decisions.models import Text
from decisions.models.positions import fingerprint


class BeganField(forms.CharField):
    """The wording that the typed one was made from. It stays as it is, however often the form comes back."""

    def __init__(self) -> None:
        hidden = forms.HiddenInput()
        super().__init__(widget=hidden, required=False, strip=False)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class CrossingForm(forms.Form):
    """Has `body`, `seen` and `began`. With "together" it sends both edits put together instead of its own alone."""

    began = BeganField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        began, standing = cleaned.pop("began", ""), self.initial.get("body", "")
        if "together" in self.data and "body" in cleaned and cleaned.get("seen") == fingerprint(standing):
            both = together(began, cleaned["body"], standing)
            if both is None:
                raise forms.ValidationError(
                    gettext_lazy("Both edits touch the same paragraph now. Put them together by hand.")
                )
            cleaned["body"] = both
        return cleaned

    def crossed_by(self, standing: Text) -> "Crossing | None":
        """What stands now beside what the typist began from; None when it is the same, or that is not known."""
        began = BeganField().to_python(self.data.get("began"))
        if not self.is_bound or not began or began == standing.body:
            return None
        return Crossing(began, BeganField().to_python(self.data.get("body")), standing)


class Crossing:
    """Somebody saved `standing` while another edit of `began` was typed: `mine`."""

    def __init__(self, began: str, mine: str, standing: Text) -> None:
        self.old, self.new, self.mine = Text(body=began, language=standing.language), standing, mine

    @property
    def goes_together(self) -> bool:
        return together(self.old.body, self.mine, self.new.body) is not None
