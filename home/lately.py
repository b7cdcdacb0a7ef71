"""What comes next, and what was reached: the parts of home that look ahead and back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.zones import date_in, hour
from campaigns.models import Milestone
from decisions.models import Position, Round
from decisions.models.counting import end_of_running
from home.columns import Found, together
from meetings.models import Meeting

MOST = 6
REACHED = 4
SEASON = timedelta(days=92)


@dataclass(frozen=True)
class Next:
    """One line of what comes: on `day` by the reader's calendar, at `hour` if it has one ("17:00")."""

    day: date
    what: str
    url: str
    hour: str = ""
    is_closing: bool = False


@dataclass(frozen=True)
class Coming:
    """`deadline`: the next one that others set, whatever lies before it."""

    lines: list[Next]
    deadline: Next | None


def coming(user: User, now: datetime) -> Coming:
    """The next meetings, milestones and closings that `user` may see, and the next external deadline; one statement."""
    today = date_in(now, user.person.zone)
    seen = Milestone.objects.visible_to(user)
    meetings, milestones, rounds, deadlines = together(
        [
            (_meetings(user, now), {"key": "pk", "named": "title", "instant": "starts_at"}),
            (
                seen.open().filter(starts_on__gte=today, precision="day").order_by("starts_on", "pk")[:MOST],
                {"key": "pk", "named": "title", "day": "starts_on"},
            ),
            (
                _rounds(user, now),
                {"key": "version__position", "named": "version__position__title", "instant": "end"},
            ),
            (
                seen.external_from(today).order_by("starts_on", "pk")[:1],
                {"key": "pk", "named": "title", "day": "starts_on"},
            ),
        ]
    )
    lines = [
        *[_at(row, user, reverse("meetings:meeting", args=[row.key])) for row in meetings],
        *[_on(row) for row in milestones],
        *[_at(row, user, reverse("decisions:position", args=[row.key]), is_closing=True) for row in rounds],
    ]
    lines.sort(key=lambda line: (line.day, line.hour, line.what, line.url))
    return Coming(lines[:MOST], _on(deadlines[0]) if deadlines else None)


def reached(user: User, now: datetime) -> QuerySet[Milestone]:
    """The milestones reached in the last three months that `user` may see, the newest first."""
    since = (now - SEASON).date()
    found = Milestone.objects.visible_to(user).filter(reached_on__gte=since).select_related("owner", "campaign")
    return found.order_by("-reached_on", "-starts_on", "pk")[:REACHED]


def _meetings(user: User, now: datetime) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(user).planned().upcoming(now).order_by("starts_at", "pk")[:MOST]


def _rounds(user: User, now: datetime) -> QuerySet[Round]:
    seen = Position.objects.visible_to(user)
    rounds = Round.objects.running(now).filter(version__position__in=seen).annotate(end=end_of_running(now))
    return rounds.order_by("end", "pk")[:MOST]


def _at(row: Found, user: User, url: str, *, is_closing: bool = False) -> Next:
    zone = user.person.zone
    return Next(date_in(row.instant, zone), row.named, url, hour(row.instant, zone), is_closing)


def _on(row: Found) -> Next:
    return Next(row.day, row.named, reverse("campaigns:milestone", args=[row.key]))
