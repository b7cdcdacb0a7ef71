"""What the browser may send about rounds and answers."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, HourInput, ZoneField
from accounts.models import Person, User, Visibility
from accounts.zones import in_zone
from decisions.forms.positions import BodyField, ReadForm, SeenField
from decisions.forms.register import DecisionField
from decisions.models import Comment, Decision, Elector, Heard, Level, Position, Round, Version
from decisions.models.answers import READERS
from decisions.outcome import REASONED, Choice, Procedure, Share
from decisions.window import worries
from decisions.words import rule_sentence
from history.forms import SeenForm
from meetings.models import Meeting
from notices.hours import at_local

USUAL_HOUR = time(17)
Seats = list[tuple[str, list[str]]]
RULED = ("procedure", "quorum", "threshold", "closes_at", "zone")
REASON_MISSING = {
    Choice.OBJECT: gettext_lazy("Say why you object: a reason is needed, a proposed text helps."),
    Choice.RESERVE: gettext_lazy("Say what your reservation is: the register keeps it beside your approval."),
    Choice.RECUSE: gettext_lazy("Say why you recuse yourselves: the register keeps it."),
}


class SeenRowField(forms.ModelChoiceField):
    """The version that was read, the comment that is taken; a form that comes back carries what is there now."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class ClosingFields(forms.Form):
    """Until when? `cleaned_data` has closes_at and zone. `first_worries`: what else is said before it is done."""

    first_worries: Sequence[str] = ()

    closes_on = DayField(label=gettext_lazy("Closes on"))
    closes_hour = forms.TimeField(label=gettext_lazy("At"), widget=HourInput())
    zone = ZoneField(
        label=gettext_lazy("In the time of"),
        help_text=gettext_lazy("Everybody also sees the closing hour in their own zone."),
    )

    despite = forms.BooleanField(label=gettext_lazy("Do it all the same"), required=False, widget=forms.HiddenInput)

    def offer_closing(self, user: User, now: datetime, hours: int, seats: Seats) -> None:
        """As initial values: the usual hour of the first day that is `hours` away, in the user's zone.

        `seats`: of each its name and the zones of those who speak for it.
        """
        self.now, self.seats = now, seats
        zone = user.person.zone
        there = (now + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
        day = there.date() + timedelta(days=there.time() > USUAL_HOUR)
        self.fields["closes_on"].initial = day
        self.fields["closes_hour"].initial = USUAL_HOUR
        self.fields["zone"].offer(now, zone)  # type: ignore[attr-defined]
        self.offered: dict[str, Any] = {"closes_at": at_local(day, USUAL_HOUR, zone), "zone": zone}

    @property
    def known_worries(self) -> list[str]:
        """What is worth knowing before anything is sent: of the form as offered. Of one that was sent its errors tell."""
        if self.is_bound:
            return []
        return [*self.first_worries, *worries(self.seats, self.now, self.offered["closes_at"])]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"closes_on", "closes_hour", "zone"} <= set(cleaned):
            return cleaned
        zone = cleaned["zone"]
        closes_at = at_local(cleaned.pop("closes_on"), cleaned.pop("closes_hour"), zone)
        if closes_at <= self.now:
            self.add_error(
                "closes_on",
                _("The closing hour must lie ahead: it is %(now)s now.") % {"now": in_zone(self.now, zone)},
            )
        self._worry(closes_at, despite=cleaned.pop("despite", False))
        return cleaned | {"closes_at": closes_at}

    def _worry(self, closes_at: datetime, *, despite: bool) -> None:
        """Who has little time is named once; whoever then ticks the box has been told."""
        found = [*self.first_worries, *worries(self.seats, self.now, closes_at)] if closes_at > self.now else []
        if found:
            self.fields["despite"].widget = forms.CheckboxInput()
            if not despite:
                self.add_error("despite", found)


class RoundForm(ReadForm, ClosingFields):
    """`cleaned_data` is what a `Question` takes."""

    procedure = forms.ChoiceField(
        label=gettext_lazy("How it is decided"), choices=Procedure.choices, widget=forms.RadioSelect
    )
    quorum = forms.ChoiceField(label=gettext_lazy("Seats that must take part"), choices=Share.choices)
    threshold = forms.ChoiceField(
        label=gettext_lazy("Approvals that are needed"),
        choices=Share.choices,
        help_text=gettext_lazy("Of all seats, or of the votes cast. Under silence nobody counts them."),
    )
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("At which meeting"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("Only for what is decided at a meeting; staff then note what each seat says there."),
    )
    would_supersede = DecisionField(
        label=gettext_lazy("Replaces decision"),
        help_text=gettext_lazy(
            "The number of a decision in force, like 2026-012. Every seat is told; adopted, the register says that this "
            "supersedes it. Empty: none."
        ),
    )
    version = SeenRowField(queryset=Version.objects.none())
    field_order = (
        "procedure",
        "quorum",
        "threshold",
        "meeting",
        "closes_on",
        "closes_hour",
        "zone",
        "would_supersede",
        "despite",
        "version",
        "seen",
    )

    def __init__(self, *args: Any, position: Position, user: User, now: datetime, seats: Seats, **options: Any) -> None:
        super().__init__(*args, **options)
        level = position.level
        self.offer_closing(user, now, level.window_hours, seats)
        for name in ("procedure", "quorum", "threshold"):
            self.offered[name] = self.fields[name].initial = getattr(level, name)
        meetings = Meeting.objects.visible_to(user).planned().filter(committee=position.committee)
        self.fields["meeting"].queryset = meetings.upcoming(now)  # type: ignore[attr-defined]
        self.fields["version"].queryset = Version.objects.filter(position=position)  # type: ignore[attr-defined]
        kept = Decision.objects.visible_to(user).kept_by(user).in_force()
        self.fields["would_supersede"].among = kept  # type: ignore[attr-defined]
        asked_before = kept.filter(pk__in=Round.objects.filter(version__position=position).values("would_supersede"))
        self.fields["would_supersede"].initial = getattr(asked_before.first(), "label", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("procedure") == Procedure.MEETING and "meeting" in cleaned and cleaned["meeting"] is None:
            self.add_error("meeting", _("Choose the meeting. If there is none yet, call one first."))
        if cleaned.get("procedure") != Procedure.MEETING:
            cleaned["meeting"] = None
        if cleaned.get("procedure") != Procedure.SILENCE and cleaned.get("threshold") == Share.NONE:
            self.add_error("threshold", _("Without silence, some share must approve."))
        return cleaned

    def rule(self, base: int, reader: str) -> str:
        """The rule of what would be asked, as one sentence; see `rule_sentence`.

        As offered while nothing was sent, then as sent; empty while something in it is to be put right: of the text
        and of who has little time it says nothing.
        """
        if self.is_bound and set(self.errors) - {"despite", NON_FIELD_ERRORS}:
            return ""
        said = self.cleaned_data if self.is_bound else self.offered
        asked = Round(**{name: said[name] for name in RULED})
        return rule_sentence(asked, base, reader, asked.closes_at)


class ChangeTextForm(ClosingFields):
    """Another text for seats that are being asked; `seen` as in other forms of texts."""

    body = BodyField()
    seen = SeenField(max_length=64)
    taking = SeenRowField(queryset=Comment.objects.none(), required=False)
    field_order = ("body", "closes_on", "closes_hour", "zone", "despite", "seen", "taking")

    def __init__(self, *args: Any, position: Position, user: User, now: datetime, seats: Seats, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_closing(user, now, position.level.window_hours, seats)
        comments = Comment.objects.visible_to(user).filter(version__position=position)
        self.fields["taking"].queryset = comments  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """One seat's answer to one version; the page writes its fields by hand. `cleaned_data` is what a `Reply` takes."""

    choice = forms.ChoiceField(
        choices=Choice.choices, error_messages={"required": gettext_lazy("Choose one of the answers.")}
    )
    reason = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    proposal = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    visibility = forms.ChoiceField(choices=READERS, required=False)
    version = forms.ModelChoiceField(queryset=Version.objects.all(), widget=forms.HiddenInput)

    @property
    def said(self) -> str:
        """The reason as it was sent. Each choice has a box of its own, so that a page without scripts sends what was
        meant.
        """
        return str(self.data.get(f"reason_{self.data.get('choice')}", self.data.get("reason", "")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        choice = cleaned.get("choice")
        if "reason" in cleaned:
            cleaned["reason"] = self.said.strip()
        cleaned["visibility"] = cleaned.get("visibility") or Visibility.STEERING
        if choice in REASONED and not cleaned.get("reason"):
            self.add_error("reason", REASON_MISSING[choice])
        return cleaned


class RecordedAnswerForm(AnswerForm):
    """What a seat told staff: who said it, how, and what."""

    said_by = forms.ModelChoiceField(
        label=gettext_lazy("Who said it"), queryset=Person.objects.none(), empty_label=gettext_lazy("Choose")
    )
    heard = forms.ChoiceField(label=gettext_lazy("How you heard it"), choices=Heard.choices)
    version = SeenRowField(queryset=Version.objects.all())
    field_order = ("said_by", "heard", "choice", "reason", "proposal", "visibility", "version")

    def __init__(self, *args: Any, elector: Elector, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["said_by"].queryset = elector.holders()  # type: ignore[attr-defined]
        # Nothing is chosen to begin with: one click too early must not vote for a seat.
        self.fields["choice"].choices = [("", _("Choose")), *Choice.choices]  # type: ignore[attr-defined]
        labels = {
            "choice": _("The answer"),
            "reason": _("The reason, if one was given"),
            "proposal": _("What they would write instead"),
            "visibility": _("Who reads the reason"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["reason"].help_text = _("Needed for a reservation, an objection and a recusal.")


class ReasonForm(forms.Form):
    """Why a seat should recuse itself."""

    reason = forms.CharField(
        label=gettext_lazy("Why should it recuse itself?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class CorrectionForm(forms.Form):
    """The text with its slip corrected; `seen` as in other forms of texts."""

    body = BodyField()
    seen = SeenField(max_length=64)


class LevelForm(forms.ModelForm, SeenForm):
    class Meta:
        model = Level
        fields = (
            "name",
            "examples",
            "consultation_days",
            "languages",
            "procedure",
            "window_hours",
            "least_hours",
            "quorum",
            "threshold",
        )
