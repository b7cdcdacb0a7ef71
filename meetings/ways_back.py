"""What can be taken back of what is done to meetings?"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from history.way_back import WayBack, register
from meetings.actions import restore_meeting
from meetings.models import Meeting


class MeetingCancelled(WayBack):
    key = permission = "meetings.cancel_meeting"
    model = Meeting
    named = "title"
    label = gettext_lazy("Meeting cancelled")
    effect = gettext_lazy("It takes place after all: everybody who was told gets a mail that says so.")

    def path(self, subject: Any) -> str:
        return reverse("meetings:meeting", args=[subject.pk])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        restore_meeting(subject, by=by, now=now)


def register_ways_back() -> None:
    register(MeetingCancelled())
