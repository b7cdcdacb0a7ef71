"""The daily mail: at 08:00 of its reader it takes along what can wait. A notice like every other, with parts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Person
from notices.hours import at_local
from notices.kind import Kind
from notices.models import Delivery

DAILY = "notices.digest"


@dataclass(frozen=True)
class Part:
    """One notice within a daily mail: its first line, its deadline in words or "", its page."""

    title: str
    when: str
    link: str


class Daily(Kind):
    """Its subject is its reader; its slot the day. `claiming.reserve` sets `parts` on the subject."""

    key = DAILY
    label = gettext_lazy("Daily mail")
    model = Person
    template = "notices/emails/daily.txt"
    has_inbox = False
    because = gettext_lazy("You get this because you chose to get what can wait in one mail a day.")
    act = gettext_lazy("Open your inbox")
    may_be_left = True  # then all that it takes along ends

    def audience(self, subject: Any) -> list[Person]:
        return [subject]

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        return {"parts": subject.parts}

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        """Nothing to add to whom it goes to."""
        return dict.fromkeys(ids, "")

    def path(self, subject: Any) -> str:
        return reverse("home:inbox")


def in_daily_mail(daily: Delivery, now: datetime) -> Q:
    """Which parts it takes along: what is due, and what would be later on its day, should it leave early."""
    over = at_local(date.fromisoformat(daily.slot) + timedelta(days=1), time(0), daily.person.zone)
    return Q(send_at__lte=now) | Q(state=Delivery.State.PLANNED, send_at__lt=over)
