"""What the browser may send about meetings. Hours are typed as the clock on the wall shows them at the place."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, HourInput, ZoneField
from accounts.models import User
from accounts.zones import city, in_zone, offset
from campaigns.models import Campaign
from history.actions import newest
from history.forms import SeenForm
from meetings.local import occurrences
from meetings.models import Attendance, Meeting
from members.hats import hats
from members.models import Committee
from members.picking import person_label
from members.rules import is_staff

LONGEST = 14 * 24 * 60  # minutes: a conference of two weeks


class MeetingForm(forms.ModelForm, SeenForm):
    """The fields of `meetings.actions.MeetingFields`; `notice` says what was decided about an hour that comes twice."""

    day = DayField(label=gettext_lazy("Day"))
    hour = forms.TimeField(
        label=gettext_lazy("Begins at"),
        widget=HourInput(),
        help_text=gettext_lazy("As the clock shows it in the time zone below."),
    )
    lasts = forms.IntegerField(label=gettext_lazy("Lasts, in minutes"), min_value=5, max_value=LONGEST, initial=60)
    zone = ZoneField(label=gettext_lazy("Time zone of the place"))
    link = forms.URLField(label=gettext_lazy("Link to join"), required=False, max_length=500, assume_scheme="https")
    committee = forms.ModelChoiceField(
        label=gettext_lazy("Committee"),
        queryset=Committee.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("Its representatives, alternates and chairs are invited at once."),
    )
    field_order = [
        "title",
        "day",
        "hour",
        "lasts",
        "zone",
        "place",
        "link",
        "committee",
        "campaign",
        "agenda",
        "visibility",
    ]

    class Meta:
        model = Meeting
        fields = ["title", "place", "campaign", "agenda", "visibility"]
        widgets = {"agenda": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, user: User, now: datetime, meeting: Meeting | None = None, **options: Any) -> None:
        self.notice = ""
        super().__init__(*args, **{"initial": as_typed(meeting) if meeting else {}} | options)
        used = meeting.zone if meeting else user.person.zone
        self.fields["zone"].offer(now, used)  # type: ignore[attr-defined]
        self.standing = meeting.campaign if meeting else None
        self.fields["campaign"].queryset = _campaigns(user, meeting)  # type: ignore[attr-defined]
        self.fields["campaign"].empty_label = _("None")  # type: ignore[attr-defined]
        if self.standing and not self.standing.is_visible_to(user):
            del self.fields["campaign"]  # who may not know it cannot change it, and does not take it away
        if meeting is not None:
            del self.fields["committee"]  # whom a meeting was called for does not change; more people can be invited
        else:
            self._offer_committees(user)

    def _offer_committees(self, user: User) -> None:
        committees = Committee.objects.visible_to(user)
        if not is_staff.test(user):
            committees = committees.filter(pk__in=hats(user).chairs)
            self.fields["committee"].required = True
            self.fields["committee"].empty_label = None  # type: ignore[attr-defined]
        self.fields["committee"].queryset = committees  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = {"campaign": self.standing} | (super().clean() or {})
        day, hour, lasts = (cleaned.pop(name, None) for name in ("day", "hour", "lasts"))
        if day is None or hour is None or lasts is None or "zone" not in cleaned:
            return cleaned
        zone = cleaned["zone"]
        instants = occurrences(day, hour, zone)
        if not instants:
            self.add_error(
                "hour",
                _("This hour does not exist on that day in %(city)s: the clocks go forward over it. Choose another.")
                % {"city": city(zone)},
            )
            return cleaned
        if len(instants) > 1:
            self.notice = _(
                "The clocks in %(city)s go back that day, so this hour comes twice. We took the first: %(when)s, %(offset)s."
            ) % {"city": city(zone), "when": in_zone(instants[0], zone), "offset": offset(zone, instants[0])}
        cleaned["starts_at"], cleaned["ends_at"] = instants[0], instants[0] + timedelta(minutes=lasts)
        return cleaned


class InviteForm(forms.Form):
    """The people found by a search, each with a box."""

    people: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        label=gettext_lazy("Whom do you invite?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one person.")},
    )

    def __init__(self, *args: Any, found: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = found  # type: ignore[attr-defined]
        self.fields["people"].label_from_instance = person_label  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Will you come?"),
        choices=[choice for choice in Attendance.Answer.choices if choice[0] != Attendance.Answer.NONE],
        widget=forms.RadioSelect,
    )


class MinutesForm(SeenForm):
    minutes = forms.CharField(
        label=gettext_lazy("Minutes"),
        widget=forms.Textarea(attrs={"rows": 20}),
        max_length=20_000,
        help_text=gettext_lazy("What was decided, who does what until when. Everybody who sees the meeting reads it."),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it cancelled?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=gettext_lazy("Everybody invited reads it in a mail."),
    )


def as_typed(meeting: Meeting) -> dict[str, Any]:
    """The initial values of its form."""
    there = meeting.starts_at.astimezone(ZoneInfo(meeting.zone))
    return {
        **{name: getattr(meeting, name) for name in ("zone", "title", "place", "link", "agenda", "visibility")},
        "seen": newest(meeting),
        "campaign": meeting.campaign_id,
        "day": there.date(),
        "hour": there.time(),
        "lasts": (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1),
    }


def _campaigns(user: User, meeting: Meeting | None) -> Any:
    """The running ones, and the one it stands on already."""
    visible = Campaign.objects.visible_to(user)
    chosen = visible.filter(pk=meeting.campaign_id) if meeting and meeting.campaign_id else visible.none()
    return visible.running() | chosen
