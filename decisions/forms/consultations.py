"""What the browser may send about consultations, contributions and dispositions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import QuickSelect
from accounts.forms import DayField, HourInput, ZoneField
from accounts.models import User
from accounts.zones import date_in, in_zone
from campaigns.models import Scope
from decisions.actions.consulting import minimum_window
from decisions.forms.positions import ReadForm
from decisions.forms.rounds import USUAL_HOUR, SeenRowField
from decisions.models import Consultation, Consulted, Contribution, Disposition, Position, Question, Version
from decisions.models.consultations import MOST_QUESTIONS
from decisions.models.contributions import LONGEST
from members.forms.regions import RegionField
from members.languages import languages_known
from members.models import OwnRegion
from notices.hours import at_local

LANGUAGES = sorted(((code, own) for code, (_english, own) in languages_known().items()), key=lambda pair: pair[1])


class SeenEditsField(forms.IntegerField):
    """How often something had been changed when the form was made; one that comes back carries the present number."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class WindowForm(forms.Form):
    """A closing instant ahead of now; `cleaned_data` has closes_at and zone."""

    closes_on = DayField(label=gettext_lazy("Closes on"))
    closes_hour = forms.TimeField(label=gettext_lazy("At"), widget=HourInput())
    zone = ZoneField(
        label=gettext_lazy("In the time of"),
        help_text=gettext_lazy("Everybody also sees the closing hour in their own zone."),
    )

    def __init__(self, *args: Any, zone: str, usual: datetime, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        self.fields["closes_on"].initial = date_in(usual, zone)
        self.fields["closes_hour"].initial = USUAL_HOUR
        self.fields["zone"].offer(now, zone)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"closes_on", "closes_hour", "zone"} <= set(cleaned):
            return cleaned
        zone = cleaned["zone"]
        closes_at = at_local(cleaned.pop("closes_on"), cleaned.pop("closes_hour"), zone)
        if closes_at <= self.now:
            words = _("The closing hour must lie ahead: it is %(now)s now.")
            self.add_error("closes_on", words % {"now": in_zone(self.now, zone)})
        return cleaned | {"closes_at": closes_at}


class ConsultationForm(ReadForm, WindowForm):
    """Whom to ask, what, and until when. Too short a time is asked about once more before it opens."""

    place = RegionField(label=gettext_lazy("Who is asked"), none=gettext_lazy("All members, everywhere"))
    theme = forms.ChoiceField(
        label=gettext_lazy("Or those who work on"),
        required=False,
        widget=QuickSelect(),
        help_text=gettext_lazy("A theme of a running campaign: members with somebody who leads it or steps in."),
    )
    questions = forms.CharField(
        label=gettext_lazy("Questions besides the text"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, at most ten. Each member answers them in its official answer."),
    )
    is_short = forms.BooleanField(
        label=gettext_lazy("Open it although the time is short"), required=False, widget=forms.HiddenInput
    )
    version = SeenRowField(queryset=Version.objects.none())
    field_order = ("place", "theme", "questions", "closes_on", "closes_hour", "zone", "is_short", "version", "seen")

    def __init__(self, *args: Any, position: Position, user: User, now: datetime, **options: Any) -> None:
        self.least = minimum_window(position)
        super().__init__(*args, zone=user.person.zone, usual=now + 2 * self.least, now=now, **options)
        self.fields["place"].offer(user)  # type: ignore[attr-defined]
        themes = Scope.objects.visible_to(user).open().exclude(theme="").order_by("theme")
        named = sorted(set(themes.values_list("theme", flat=True)))
        self.fields["theme"].choices = [("", _("No theme")), *((one, one) for one in named)]  # type: ignore[attr-defined]
        self.fields["version"].queryset = Version.objects.filter(position=position)  # type: ignore[attr-defined]

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines()]
        questions = [line for line in lines if line]
        if len(questions) > MOST_QUESTIONS:
            raise forms.ValidationError(_("Ten questions are the most that people answer with care."))
        if any(len(line) > 500 for line in questions):
            raise forms.ValidationError(_("A question has at most 500 letters."))
        return questions

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned |= cleaned.pop("place", {})
        if cleaned.get("theme") and (cleaned.get("region") or cleaned.get("own_region")):
            self.add_error("theme", _("Choose a part of the world or a theme, not both."))
        is_confirmed = cleaned.pop("is_short", False)
        is_short = "closes_at" in cleaned and self.now < cleaned["closes_at"] < self.now + self.least
        if is_short:
            self.fields["is_short"].widget = forms.CheckboxInput()
        if is_short and not is_confirmed:
            words = ngettext(
                "That is less than %(days)s day, the least that members should have. Choose a later day, or tick below.",
                "That is less than %(days)s days, the least that members should have. Choose a later day, or tick below.",
                self.least.days,
            )
            self.add_error("closes_on", words % {"days": self.least.days})
        return cleaned


def scope_key(region: str, own_region: OwnRegion | None, theme: str) -> str:
    """A scope in one word: what the number was shown for."""
    return f"{own_region.pk if own_region else region}|{theme}"


class ExtensionForm(WindowForm):
    reason = forms.CharField(
        label=gettext_lazy("Why is there more time?"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Stands in the mail that tells everybody who is asked."),
    )


class EarlyEndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why does it close before its hour?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who was asked reads it: some meant to write later."),
    )


class SayingForm(forms.Form):
    """What official answers and comments have in common: their language, and who reads them."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, widget=QuickSelect())
    openness = forms.ChoiceField(
        label=gettext_lazy("Who reads it"),
        choices=Contribution.Openness,
        widget=forms.RadioSelect,  # its words are longer than a list beside the text, or on a phone, can show
        initial=Contribution.Openness.ASKED,
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].initial = user.person.language


class WordsField(forms.CharField):
    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(max_length=LONGEST, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class OfficialForm(SayingForm):
    """A member's official answer; `cleaned_data` is what the action takes: texts, language, openness, seen."""

    nothing = forms.BooleanField(label=gettext_lazy("We have read it and have nothing to add"), required=False)
    seen = SeenEditsField(min_value=0)

    def __init__(
        self,
        *args: Any,
        consulted: Consulted,
        parts: list[Contribution],
        questions: list[Question],
        initial: dict[str, Any],
        **options: Any,
    ) -> None:
        super().__init__(*args, initial=official_initial(consulted, parts) | initial, **options)
        self.asked: dict[str, UUID | None] = {f"question_{one.number}": one.pk for one in questions} | {"whole": None}
        for one in questions:
            label = _("%(number)s. %(question)s") % {"number": one.number, "question": one.text}
            self.fields[f"question_{one.number}"] = WordsField(label=label, required=False, rows=3)
        self.fields["whole"] = WordsField(label=_("On the text as a whole"), required=False)
        self.order_fields([*self.asked, "nothing", "language", "openness", "seen"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        texts = {key: cleaned.pop(name, "").strip() for name, key in self.asked.items()}
        is_empty, nothing = not any(texts.values()), cleaned.pop("nothing", False)
        if is_empty and not nothing and not self.errors:
            self.add_error("nothing", _("Write something, or tick that you have nothing to add."))
        if nothing and not is_empty:
            self.add_error("nothing", _("You have written something: untick this, or empty the fields."))
        return cleaned | {"texts": texts}


def official_initial(consulted: Consulted, parts: list[Contribution]) -> dict[str, Any]:
    """The official answer as it stands, for its form; `parts`: those given in time."""
    initial: dict[str, Any] = {"seen": consulted.edits}
    for part in parts:
        name = f"question_{part.question.number}" if part.question else "whole"
        initial |= {name: part.text, "language": part.language, "openness": part.openness}
    initial["nothing"] = bool(consulted.edits) and not parts
    return initial


class CommentForm(SayingForm):
    """A comment; `cleaned_data` is what the action takes: paragraph, consulted, text, language, openness."""

    paragraph = forms.TypedChoiceField(label=gettext_lazy("About"), required=False, coerce=int, empty_value=None)
    consulted = forms.ChoiceField(label=gettext_lazy("I write"), required=False)
    text = WordsField(label=gettext_lazy("Comment"))
    field_order = ("paragraph", "text", "consulted", "language", "openness")

    def __init__(self, *args: Any, speaks_for: list[Consulted], paragraphs: int, **options: Any) -> None:
        super().__init__(*args, **options)
        numbered = [(number, _("Paragraph %(number)s") % {"number": number}) for number in range(1, paragraphs + 1)]
        self.fields["paragraph"].choices = [("", _("The whole text")), *numbered]  # type: ignore[attr-defined]
        self.speaks_for = {str(one.pk): one for one in speaks_for}
        named = [(pk, _("For %(name)s") % {"name": one.organisation.name}) for pk, one in self.speaks_for.items()]
        self.fields["consulted"].choices = [("", _("For myself, under my name")), *named]  # type: ignore[attr-defined]
        if not speaks_for:
            del self.fields["consulted"]

    def clean_consulted(self) -> Consulted | None:
        return self.speaks_for.get(self.cleaned_data["consulted"])


class DispositionForm(forms.Form):
    """What becomes of the contributions that were ticked; `seen`: {id: how often it had been said before}."""

    pick = forms.TypedMultipleChoiceField(
        coerce=UUID, error_messages={"required": gettext_lazy("Tick what it is about.")}
    )
    outcome = forms.ChoiceField(
        choices=Disposition.Outcome.choices,
        error_messages={"required": gettext_lazy("Choose what becomes of them.")},
    )
    reason = forms.CharField(required=False, max_length=5000)

    def __init__(self, *args: Any, consultation: Consultation, **options: Any) -> None:
        super().__init__(*args, **options)
        ids = Contribution.objects.filter(consultation=consultation).values_list("pk", flat=True)
        picked = self.data.getlist("pick") if self.is_bound else []  # type: ignore[attr-defined]
        self.picked = [pk for pk in ids if str(pk) in picked]
        self.fields["pick"].choices = [(pk, "") for pk in self.picked]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") in {Disposition.Outcome.PARTLY, Disposition.Outcome.NOT} and not cleaned.get(
            "reason"
        ):
            self.add_error("reason", _("Say why: whoever wrote it will read the reason."))
        seen = {pk: self._seen(pk) for pk in cleaned.pop("pick", [])}
        return cleaned | {"seen": seen}

    def _seen(self, pk: UUID) -> int:
        text = self.data.get(f"seen_{pk}", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
