"""What the browser may send about positions and their texts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User, Visibility
from accounts.rules import classes_seen_by
from campaigns.models import Campaign
from decisions.actions.drafting import REWRITTEN
from decisions.forms.conflicts import CrossingForm
from decisions.languages import LANGUAGES
from decisions.models import Level, Position
from decisions.models.levels import POLICY
from history.forms import SeenForm
from members.hats import hats
from members.models import Committee

CLASSES = [
    (Visibility.MEMBERS, gettext_lazy("All member organisations")),
    (Visibility.STEERING, gettext_lazy("The steering committee and staff")),
    (Visibility.STAFF, gettext_lazy("Staff, and the committee that decides")),
]
LONGEST = 60_000  # characters of a text: about twenty pages


class BodyField(forms.CharField):
    """The wording, its paragraphs parted by empty lines."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("The text"),
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 14}),
            help_text=gettext_lazy(
                "Leave an empty line between paragraphs; the page numbers them. "
                "**strong**, *emphasis*, # heading, - list, > quotation, [words](https://…) for a link."
            ),
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class SeenField(forms.CharField):
    """The fingerprint of the text the form was made from. A form that comes back carries the present one."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class ReadForm(forms.Form):
    """What puts a text to others: the form comes back, with the text as it is now, to whoever has read another."""

    seen = SeenField(max_length=64, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "seen" in cleaned and cleaned["seen"] != self.initial["seen"]:
            self.add_error(None, str(REWRITTEN))
        return cleaned


class DraftForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    body = BodyField()
    language = forms.ChoiceField(label=gettext_lazy("Language of the text"), choices=LANGUAGES)
    committee = forms.ModelChoiceField(
        label=gettext_lazy("Committee that decides"), queryset=Committee.objects.none(), empty_label=None
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    level = forms.ModelChoiceField(
        label=gettext_lazy("Level"),
        queryset=Level.objects.all(),
        empty_label=None,
        help_text=gettext_lazy("It says who is consulted, how it is decided, and how long an answer may take."),
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who sees the draft"),
        choices=CLASSES,
        initial=Visibility.STEERING,
        help_text=gettext_lazy("The committee always does. Once adopted, every member sees the text."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        worn = hats(user)
        committees = Committee.objects.visible_to(user)
        if not worn.is_staff:
            committees = committees.filter(pk__in=worn.seated_in | worn.chairs)
        self.fields["committee"].queryset = committees  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = Campaign.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["language"].initial = user.person.language
        self.fields["level"].initial = Level.objects.filter(rank=POLICY).first()
        seen = classes_seen_by(user)
        self.fields["visibility"].choices = [pair for pair in CLASSES if pair[0] in seen]  # type: ignore[attr-defined]


class EditForm(CrossingForm, DraftForm, SeenForm):
    """A draft keeps its committee and its language. `since`: the state of its other fields that the typist saw."""

    mark = "since"
    seen = SeenField(max_length=64)  # type: ignore[assignment]
    since = SeenForm.base_fields["seen"]

    def __init__(self, *args: Any, user: User, position: Position, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.standing = position.campaign
        del self.fields["committee"], self.fields["language"]
        if self.standing and not self.standing.is_visible_to(user):
            del self.fields["campaign"]  # who may not know it cannot change it, and does not take it away
        # What stands there stays choosable, even by whoever could not choose it anew.
        standing = self.initial.get("visibility", Visibility.STEERING)
        choices = self.fields["visibility"].choices  # type: ignore[attr-defined]
        if standing not in {value for value, _label in choices}:
            label = Visibility(standing).label
            self.fields["visibility"].choices = [*choices, (standing, label)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        return {"campaign": self.standing} | (super().clean() or {})


class VersionForm(CrossingForm):
    body = BodyField()
    seen = SeenField(max_length=64)


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
