from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.keys import name_words

MOST_WORDS = 10  # each is a condition of its own


class SearchForm(forms.Form):
    """What stands in the search field; an empty one asks for nothing."""

    q = forms.CharField(
        label=gettext_lazy("Names, titles, or the number of a decision"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "class": "form-control", "autocomplete": "off", "data-search": True}
        ),
    )

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        words = name_words(text)
        if text and not words:
            raise forms.ValidationError(_("Write at least one letter or digit: signs alone find nothing."))
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(
                ngettext(
                    "Search for %(count)s word at a time.", "Search for at most %(count)s words at a time.", MOST_WORDS
                )
                % {"count": MOST_WORDS}
            )
        return text
