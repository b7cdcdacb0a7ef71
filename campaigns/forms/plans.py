"""What the browser may send about dates that hang together. Lines are added and removed without a script."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, ZoneField
from accounts.models import User
from accounts.zones import date_in
from campaigns.actions.plans import Step, lay
from campaigns.backward_plan import Laid
from campaigns.models import Milestone
from members.picking import PersonField

MOST_STEPS = 30
STEP_FIELDS = ("title", "days", "owner")
OFFERED = [
    (gettext_lazy("Draft the text"), 5),
    (gettext_lazy("Consultation of the members"), 5),
    (gettext_lazy("Ballot of the committee"), 3),
    (gettext_lazy("Translation"), 3),
    (gettext_lazy("Freeze of the text"), 1),
]


class DeadlineForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What happens on that day"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Milestone.Kind)
    day = DayField(label=gettext_lazy("The day that others set"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    zone = ZoneField(label=gettext_lazy("Time zone of the place"), help_text=gettext_lazy("Its weekends are left out."))
    owner = PersonField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("Name or e-mail address of one person: of the day, and of each step without its own."),
    )
    plan = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        self.fields["owner"].user = user  # type: ignore[attr-defined]
        self.fields["owner"].present = user.person  # type: ignore[attr-defined]
        self.fields["zone"].offer(now, user.person.zone)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, zone = cleaned.get("day"), cleaned.get("zone")
        if day and zone and day < date_in(self.now, zone):
            self.add_error("day", _("That day is over. A plan needs a day that is still to come."))
        return cleaned


class StepForm(forms.Form):
    """A line; one that is left empty is no step."""

    title = forms.CharField(label=gettext_lazy("What is done"), max_length=200, required=False)
    days = forms.IntegerField(label=gettext_lazy("Working days"), min_value=1, max_value=250, required=False)
    owner = PersonField(label=gettext_lazy("Owner"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].user = user  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("days") and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("Say what is done in these days, or empty the line."))
        if cleaned.get("title") and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say how many working days it takes."))
        return cleaned


class PlanDraft:
    """The form of a backward plan: one day, and lines of steps in order of time.

    `do` in what is sent: "show", "create", "add", "remove-N" or "insert-N" (a line before line N, from 0).
    """

    def __init__(self, sent: Mapping[str, Any] | None, *, user: User, now: datetime) -> None:
        self.user, self.now = user, now
        self.do = sent.get("do", "show") if sent is not None else ""
        if sent is None:
            lines = [dict(zip(STEP_FIELDS, (str(title), days, ""), strict=True)) for title, days in OFFERED]
            self._begin({"plan": uuid4(), "owner": user.person, "kind": Milestone.Kind.CONFERENCE}, lines)
        elif self.do in {"show", "create"}:
            self.deadline = DeadlineForm(sent, user=user, now=now)
            self.lines = [StepForm(sent, prefix=f"step-{n}", user=user) for n in range(_number_of_lines(sent))]
        else:
            lines = [
                {name: sent.get(f"step-{n}-{name}", "") for name in STEP_FIELDS} for n in range(_number_of_lines(sent))
            ]
            self._begin({name: sent.get(name, "") for name in DeadlineForm.base_fields}, _changed(lines, self.do))

    def _begin(self, deadline: dict[str, Any], lines: list[dict[str, Any]]) -> None:
        """Not judged yet: something is still to be written."""
        self.deadline = DeadlineForm(initial=deadline, user=self.user, now=self.now)
        self.lines = [
            StepForm(initial=line, prefix=f"step-{n}", user=self.user) for n, line in enumerate(lines[:MOST_STEPS])
        ]

    # What the summary of errors and the page's title ask of a form: this is several in one.

    @property
    def errors(self) -> list[Any]:
        return [form.errors for form in (self.deadline, *self.lines) if form.errors]

    def non_field_errors(self) -> list[Any]:
        return [error for form in (self.deadline, *self.lines) for error in form.non_field_errors()]

    def hidden_fields(self) -> list[BoundField]:
        return self.deadline.hidden_fields()

    def visible_fields(self) -> list[BoundField]:
        return [field for form in (self.deadline, *self.lines) for field in form.visible_fields()]

    @property
    def has_room(self) -> bool:
        return len(self.lines) < MOST_STEPS

    @cached_property
    def is_valid(self) -> bool:
        judged = [form.is_bound and form.is_valid() for form in (self.deadline, *self.lines)]  # each says its errors
        return all(judged)

    @cached_property
    def steps(self) -> list[Step]:
        """Of a valid draft."""
        owner = self.deadline.cleaned_data["owner"]
        lines = [line.cleaned_data for line in self.lines if line.cleaned_data["title"]]
        return [Step(line["title"], line["days"], line["owner"] or owner) for line in lines]

    def laid(self) -> list[Laid]:
        """The dates of the steps of a valid draft. Raises TransitionError."""
        asked = self.deadline.cleaned_data
        return lay(asked["day"], self.steps, zone=asked["zone"])

    def today(self) -> date:
        """At the place."""
        return date_in(self.now, self.deadline.cleaned_data["zone"])

    def fingerprint(self) -> str:
        """Of all that would be created: what was looked at is what is created."""
        asked = {name: value for name, value in self.deadline.cleaned_data.items() if name != "seen"}
        words = [repr(sorted((name, str(getattr(value, "pk", value))) for name, value in asked.items()))]
        words += [repr((step.title, step.days, step.owner and str(step.owner.pk))) for step in self.steps]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    @property
    def was_seen(self) -> bool:
        return self.deadline.cleaned_data["seen"] == self.fingerprint()


def _number_of_lines(sent: Mapping[str, Any]) -> int:
    """As many as were sent without a gap, and no more than a plan may have."""
    return next((n for n in range(MOST_STEPS) if f"step-{n}-title" not in sent), MOST_STEPS)


def _changed(lines: list[dict[str, Any]], do: str) -> list[dict[str, Any]]:
    verb, _dash, place = do.partition("-")
    empty = dict.fromkeys(STEP_FIELDS, "")
    if verb == "add":
        return [*lines, empty]
    if not (place.isdecimal() and int(place[:3]) < len(lines)):
        return lines
    n = int(place[:3])
    if verb == "remove":
        return lines[:n] + lines[n + 1 :]
    return [*lines[:n], empty, *lines[n:]] if verb == "insert" else lines


class MoveForm(forms.Form):
    """Which milestones move along, all of them to begin with, and at which epoch of the deadline they were looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    move = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What moves along"),
        coerce=UUID,
        error_messages={
            "required": gettext_lazy("Tick at least one, or leave them all where they are."),
            "invalid_choice": gettext_lazy(
                "Some of these dates have moved since you looked. Here they are as they stand now."
            ),
        },
    )

    def __init__(self, *args: Any, choices: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["move"].choices = [(str(pk), str(pk)) for pk in choices]  # type: ignore[attr-defined]
        self.fields["move"].initial = [str(pk) for pk in choices]
