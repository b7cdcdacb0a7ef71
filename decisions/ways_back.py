"""What can be taken back of what is done to positions? Only what nobody has been asked about."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from decisions.actions.drafting import restore_draft
from decisions.models import Position
from history.way_back import WayBack, register


class DraftWithdrawn(WayBack):
    key = permission = "decisions.withdraw"
    model = Position
    named = "title"
    label = gettext_lazy("Position withdrawn")
    effect = gettext_lazy("It is again what it was, and seen by whoever saw it then.")

    def path(self, subject: Any) -> str:
        return reverse("decisions:position", args=[subject.pk])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        restore_draft(subject, by=by, now=now)


def register_ways_back() -> None:
    register(DraftWithdrawn())
