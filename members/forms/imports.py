"""What may the browser send about an import: a file, what its columns are, and decisions about rows."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField
from members.countries import country_named, scope_named
from members.models import ImportBatch, Membership
from members.roster.columns import FIELDS
from members.roster.decisions import Choice, What
from members.roster.reading import MAX_BYTES

OFFERED = {What.DISTINCT, What.LEAVE, What.AGAIN}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("At most 2 MB and 10,000 rows. The first row holds the names of the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        allow_empty_file=True,  # said with our own sentence
        max_length=200,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 2 MB. Split it, or leave out columns that the roster does not need.")
            )
        return file


class ColumnsForm(forms.Form):
    """One select per column of the file, and what organisations become that are new."""

    category = forms.ChoiceField(
        label=gettext_lazy("New organisations join as"),
        choices=[*Membership.Category.choices, ("", gettext_lazy("No members: only on the list"))],
        initial=Membership.Category.MEMBER,
        required=False,
        help_text=gettext_lazy("Where the file itself names no category."),
    )
    since = DayField(
        label=gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy("Empty: since the day on which the import is applied."),
    )

    def __init__(self, data: MultiValueDict[str, str] | None, *, batch: ImportBatch) -> None:
        chosen = {"since": batch.since, "category": batch.category}
        super().__init__(data, initial=chosen if batch.status == ImportBatch.Status.PREVIEWED else {})
        by_column = {column: field for field, column in batch.mapping.items()}
        for column, heading in enumerate(batch.header):
            self.fields[f"column-{column}"] = forms.ChoiceField(
                label=heading or _("Column %(number)s") % {"number": column + 1},
                choices=[("", _("Leave out")), *FIELDS.items()],
                initial=by_column.get(column, ""),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        mapping: dict[str, int] = {}
        for name, field in list(self.cleaned_data.items()):  # add_error takes the field out
            if name.startswith("column-") and field:
                if field in mapping:
                    self.add_error(
                        name, _("“%(field)s” is chosen for two columns. Choose one.") % {"field": FIELDS[field]}
                    )
                mapping[field] = int(name.removeprefix("column-"))
        if "name" not in mapping:
            self.add_error(None, _("Say which column holds the name of the organisation."))
        since: date | None = self.cleaned_data.get("since")
        return {"mapping": mapping, "category": self.cleaned_data.get("category", ""), "since": since}


def _place(text: str) -> tuple[str | None, str]:
    """(ISO code or None, scope or ""). Raises ValidationError for what is neither."""
    country = country_named(text)
    scope = "" if country else scope_named(text)
    if not country and not scope:
        raise forms.ValidationError(
            _("“%(text)s” is no country, and neither “international” nor “regional”.") % {"text": text}
        )
    return (country.iso3 if country else None), scope


class DecisionsForm(forms.Form):
    """Decisions about the rows of one page: for row 7 `d-7` says what it is, `p-7` where, `k-7` keeps the text."""

    def __init__(self, data: MultiValueDict[str, str] | None, *, lines: Iterable[int]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"d-{line}"] = forms.CharField(required=False, max_length=60)
            label = _("Row %(line)s") % {"line": line}
            self.fields[f"p-{line}"] = forms.CharField(required=False, max_length=100, label=label)
            self.fields[f"k-{line}"] = forms.BooleanField(required=False)

    @classmethod
    def posted(cls, data: MultiValueDict[str, str]) -> "DecisionsForm":
        """Bound to the rows that `data` speaks of; at most a page of them."""
        lines = {name[2:] for name in data if name[:2] in {"d-", "p-"} and name[2:].isascii() and name[2:].isdigit()}
        return cls(data, lines=sorted(int(line) for line in lines if len(line) < 8)[:200])

    def clean(self) -> dict[str, Any]:
        choices: dict[int, Choice] = {}
        for line in self.lines:
            try:
                choice = self._choice(line)
            except forms.ValidationError as error:
                self.add_error(f"p-{line}", error)
                continue
            if choice:
                choices[line] = choice
        return {"choices": choices}

    def typed(self, line: int) -> dict[str, Any]:
        """What was sent about a row, to be shown again, and what is wrong with it."""
        return {
            "said": self.data.get(f"d-{line}", ""),
            "place": self.data.get(f"p-{line}", ""),
            "keep": f"k-{line}" in self.data,
            "errors": self.errors.get(f"p-{line}", []),
        }

    def _choice(self, line: int) -> Choice | None:
        said, place = self.cleaned_data.get(f"d-{line}", ""), self.cleaned_data.get(f"p-{line}", "").strip()
        country, scope = _place(place) if place else (None, "")
        where: dict[str, Any] = {"country": country, "scope": scope, "keep": self.cleaned_data.get(f"k-{line}", False)}
        if said in OFFERED:
            return Choice(What(said), **where)
        if ":" in said:
            return self._same(said, where)
        return Choice(What.PLACE, **where) if place else None

    def _same(self, said: str, where: dict[str, Any]) -> Choice:
        kind, _colon, which = said.partition(":")
        try:
            if kind == "row":
                return Choice(What.SAME, row=int(which), **where)
            return Choice(What.SAME, organisation=str(UUID(which)), **where)
        except ValueError:
            raise forms.ValidationError(_("Choose one of the organisations that are offered.")) from None


class PlaceForm(forms.Form):
    """One country or scope for many rows."""

    place = forms.CharField(
        label=gettext_lazy("Country, “international” or “regional”"),
        max_length=100,
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    text = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    first = forms.IntegerField(label=gettext_lazy("From row"), required=False, min_value=1)
    last = forms.IntegerField(label=gettext_lazy("To row"), required=False, min_value=1)
    keep = forms.BooleanField(label=gettext_lazy("Keep what stands there as description"), required=False, initial=True)

    def __init__(self, data: MultiValueDict[str, str] | None, *, unplaced: int, texts: list[tuple[str, int]]) -> None:
        super().__init__(data)
        rows = _("All rows without a country (%(count)s)") % {"count": unplaced}
        same = [(f"={text}", _("“%(text)s” (%(count)s)") % {"text": text[:60], "count": n}) for text, n in texts]
        self.fields["text"].choices = [("", rows), *same]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        try:
            country, scope = _place(said["place"]) if said.get("place") else (None, "")
        except forms.ValidationError as error:
            self.add_error("place", error)
            country, scope = None, ""
        first, last = said.get("first"), said.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last row stands before the first."))
        return {
            "country": country,
            "scope": scope,
            "keep": said.get("keep", False),
            "text": said["text"][1:] if said.get("text") else None,
            "lines": (first or 1, last or 1_000_000) if first or last else None,
        }
