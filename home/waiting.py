"""What waits for a person now: answers, invitations, milestones and tasks, earliest deadline first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Milestone, Task
from decisions.models import Elector
from meetings.models import Attendance
from notices.hours import at_local

MONTH = timedelta(days=30)
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Item:
    """One thing to do: `due` is when it is over (UTC), `zone` the place whose hour counts; both for display."""

    what: str
    why: str
    url: str
    due: datetime
    zone: str
    day: date | None = None  # set when a day is due, not an hour


def waiting(user: User, now: datetime) -> list[Item]:
    """Everything that waits for `user`, each once, only what is open now. At most 50 of each kind."""
    items = [*_answers(user, now), *_invitations(user, now), *_milestones(user, now), *_tasks(user, now)]
    return sorted(items, key=lambda item: item.due)


def waiting_count(user: User, now: datetime) -> int:
    """How many things wait for `user`, in one statement."""
    parts: list[Any] = [
        Elector.objects.unanswered_by(user.person, now),
        Attendance.objects.unanswered_by(user.person, now),
        _own_milestones(user, now),
        _own_tasks(user, now),
    ]
    counts = [
        part.order_by().annotate(part=Value(number)).values("part").annotate(n=Count("pk", distinct=True)).values("n")
        for number, part in enumerate(parts)
    ]
    return sum(row["n"] for row in counts[0].union(*counts[1:], all=True))


def _answers(user: User, now: datetime) -> Iterable[Item]:
    electors = Elector.objects.unanswered_by(user.person, now).select_related(
        "round__version__position", "organisation"
    )
    for elector in electors[:50]:
        position = elector.round.version.position
        yield Item(
            what=_("Answer “%(title)s”") % {"title": position.title},
            why=_("For %(organisation)s. Version %(number)s is open for approval.")
            % {"organisation": elector.organisation.name, "number": elector.round.version.number},
            url=reverse("decisions:position", args=[position.pk]) + "#answer",
            due=elector.round.closes_at,
            zone=elector.round.zone,
        )


def _invitations(user: User, now: datetime) -> Iterable[Item]:
    for attendance in Attendance.objects.unanswered_by(user.person, now).select_related("meeting")[:50]:
        meeting = attendance.meeting
        yield Item(
            what=_("Say whether you come to “%(title)s”") % {"title": meeting.title},
            why=_("You are invited. Others plan by your answer."),
            url=reverse("meetings:meeting", args=[meeting.pk]) + "#answer",
            due=meeting.starts_at,
            zone=meeting.zone,
        )


def _own_milestones(user: User, now: datetime) -> Any:
    """Overdue or within a month: what lies further ahead waits for nobody yet."""
    soon = (now + MONTH).date()
    return Milestone.objects.owned_by(user.person).open().filter(starts_on__lte=soon).visible_to(user)


def _milestones(user: User, now: datetime) -> Iterable[Item]:
    for milestone in _own_milestones(user, now).select_related("campaign")[:50]:
        yield Item(
            what=milestone.title,
            why=_("A milestone of “%(campaign)s” that you own. Mark it when it is reached.")
            % {"campaign": milestone.campaign.name},
            url=reverse("campaigns:milestone", args=[milestone.pk]),
            due=at_local(milestone.starts_on, LAST_SECOND, milestone.zone),
            zone=milestone.zone,
            day=milestone.starts_on,
        )


def _own_tasks(user: User, now: datetime) -> Any:
    """As with milestones. Whoever has a task sees it whatever it belongs to."""
    return Task.objects.owned_by(user.person).open().due_by((now + MONTH).date())


def _tasks(user: User, now: datetime) -> Iterable[Item]:
    for task in _own_tasks(user, now).select_related("asked_by")[:50]:
        why = _("Your task, asked for by %(person)s.") % {"person": task.asked_by}
        yield Item(
            what=task.title,
            why=_("A task you set yourself.") if task.asked_by_id == user.person_id else why,
            url=reverse("campaigns:task", args=[task.pk]),
            due=at_local(task.due_on, LAST_SECOND, task.zone),
            zone=task.zone,
            day=task.due_on,
        )
