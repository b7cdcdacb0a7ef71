"""What the browser may send to narrow a list, or to keep how one looks at it. A place in the list is no filter."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lists import LISTS, PLACE

Choices = list[tuple[str, Any]]
ANY = ("", gettext_lazy("Any"))
LONGEST = 2000  # characters of a query string


class QuickSelect(forms.Select):
    """A select whose 250 countries do not take longer than the rest of the page: one string, not a template each.

    Without `</option>` and most quotation marks, which HTML lets one leave out: they would be a tenth of the page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(
            f'<optgroup label="{escape(label)}">{self._options(part, chosen)}</optgroup>'
            if isinstance(part, list)
            else self._options([(label, part)], chosen)
            for label, part in self.choices
        )
        flat = flatatt({"name": name, "class": "select form-select"} | self.build_attrs(self.attrs, attrs))
        return mark_safe(f"<select{flat}>{options}</select>")  # noqa: S308 - all parts are escaped

    def _options(self, pairs: Choices, chosen: str) -> str:
        return "".join(
            f"<option value={_value(str(value))}{' selected' if value == chosen else ''}>{escape(words)}"
            for value, words in pairs
        )


def _value(text: str) -> str:
    return text if text.isascii() and text.isalnum() else f'"{escape(text)}"'


class ChoiceFilter(forms.ChoiceField):
    """One of `choices` (pairs, or a callable that gives them), or any."""

    def __init__(self, label: Any, choices: Any) -> None:
        offered = (lambda: [ANY, *choices()]) if callable(choices) else [ANY, *choices]
        super().__init__(label=label, choices=offered, required=False, widget=QuickSelect())


class WordsFilter(forms.CharField):
    """Words to search for."""

    def __init__(self, label: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search", "class": "textinput form-control"})
        super().__init__(label=label, max_length=200, required=False, widget=widget)


class ListFilter(forms.Form):
    """The filters of a list, all in the address. FIRST are seen at once, the others under "More filters"."""

    FIRST: tuple[str, ...] = ()
    WIDE = "q"

    def active(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    def first(self) -> list[BoundField]:
        return [self[name] for name in self.FIRST]

    def more(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name not in self.FIRST]

    def more_is_used(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name not in self.FIRST)

    def chips(self) -> list[dict[str, Any]]:
        """One per filter in use; its address is the list without it, columns and order as they are."""
        return [
            {"label": self.words_for(name, value), "url": self._without(name), "remove": True}
            for name, value in self.active().items()
        ]

    def words_for(self, name: str, value: str) -> str:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            return _("“%(words)s” in the name") % {"words": value}
        flat: dict[str, Any] = {}
        choices: Any = field.choices
        for code, label in choices:
            flat.update(label if isinstance(label, list) else [(code, label)])
        return _("%(filter)s: %(value)s") % {"filter": field.label, "value": flat[value]}

    def clear(self) -> str:
        """The list without any of its filters."""
        return self._without(*self.fields)

    def _without(self, *names: str) -> str:
        kept: Any = self.data.copy()  # type: ignore[attr-defined] # a QueryDict
        for name in (*names, *PLACE):
            kept.pop(name, None)
        return f"?{kept.urlencode()}"


class SaveViewForm(forms.Form):
    list_key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    query = forms.CharField(max_length=LONGEST, required=False, strip=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=gettext_lazy("For everybody who reads this list"), required=False)

    def clean_list_key(self) -> str:
        if self.cleaned_data["list_key"] not in LISTS:
            raise forms.ValidationError(_("There is no such list."))
        return self.cleaned_data["list_key"]

    def clean_query(self) -> str:
        """A query string as we would write it, without a place in the list."""
        pairs = parse_qsl(self.cleaned_data["query"].removeprefix("?"))
        return urlencode([(name, value) for name, value in pairs if name not in PLACE])
