"""What waits for a person now, earliest deadline first; what has none comes last, the oldest first.

One more thing to wait for is one more Source: its rows, their columns, and how it is said. All are read in one
statement, and counted in one.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaigns.models import Milestone, Task
from home.columns import Found, together
from home.waiting_decisions import OF_DECISIONS
from home.waiting_items import LAST_SECOND, SOON, Item, Source
from home.waiting_members import CONSULTATIONS
from meetings.models import Attendance, Meeting
from members.hats import hats
from members.models import ImportBatch
from notices.hours import at_local
from notices.models import Delivery, Heartbeat, Suppression

MONTH = timedelta(days=30)
MOST = 50  # of each kind
COUNTED = 99  # of each kind
HEARD, LATE = -1, -2  # in place of a kind's number: signs of life, the oldest late mail
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Counts:
    """For the frame. `heard`: the last sign of life of each process; `late_since`: of the oldest mail that is late."""

    waiting: int
    unread: int
    heard: dict[str, datetime]
    late_since: datetime | None


def waiting(user: User, now: datetime) -> list[Item]:
    """Everything that waits for `user`, each once, only what is open now; in one statement. At most 50 of each kind."""
    found = together([(source.rows(user, now)[:MOST], source.columns) for source in SOURCES])
    items = [_marked(source.item(row), now) for source, rows in zip(SOURCES, found, strict=True) for row in rows]
    return sorted(items, key=lambda item: (item.due or NEVER, item.since or NEVER, item.url))


def _marked(item: Item, now: datetime) -> Item:
    return replace(item, is_soon=item.due is not None and item.due - now <= SOON)


def counts(user: User, now: datetime) -> Counts:
    """What the frame of every page says, in one statement. Of each kind at most COUNTED + 1: "more than that"."""
    parts = [source.rows(user, now) for source in SOURCES] + [Delivery.objects.in_inbox_of(user.person).unread()]
    bounded = [_counted(rows.order_by(), number).distinct()[: COUNTED + 1] for number, rows in enumerate(parts)]
    oldest = Delivery.objects.late(now).order_by("send_at", "id")[:1]
    signs = [_counted(Heartbeat.objects.order_by(), HEARD, "at"), _counted(oldest, LATE, "send_at")]
    found = list(bounded[0].union(*bounded[1:], *signs, all=True))
    heard = {process: at for number, process, at in found if number == HEARD}
    late = [since for number, _one, since in found if number == LATE]
    unread = sum(number == len(SOURCES) for number, _one, _at in found)
    waits = len(found) - unread - len(heard) - len(late)
    return Counts(waits, unread, heard, late[0] if late else None)


def _counted(rows: QuerySet[Any], number: int, instant: str = "") -> QuerySet[Any, Any]:
    at = Cast(F(instant) if instant else Value(None), DateTimeField())
    return rows.annotate(part=Value(number), one=Cast("pk", TextField()), instant=at).values_list(
        "part", "one", "instant"
    )


def _invitations(user: User, now: datetime) -> QuerySet[Any]:
    return Attendance.objects.unanswered_by(user.person, now).order_by("meeting__starts_at", "pk")


def _invitation(row: Found) -> Item:
    return Item(
        what=_("Say whether you come to “%(title)s”") % {"title": row.named},
        why=_("You are invited. Others plan by your answer."),
        url=reverse("meetings:meeting", args=[row.key]) + "#answer",
        due=row.instant,
        zone=row.place,
    )


def _milestones(user: User, now: datetime) -> QuerySet[Any]:
    """Overdue or within a month: what lies further ahead waits for nobody yet."""
    soon = (now + MONTH).date()
    own = Milestone.objects.owned_by(user.person).open().filter(starts_on__lte=soon).visible_to(user)
    return own.order_by("starts_on", "pk")


def _milestone(row: Found) -> Item:
    return Item(
        what=row.named,
        why=_("A milestone of “%(campaign)s” that you own. Mark it when it is reached.") % {"campaign": row.about},
        url=reverse("campaigns:milestone", args=[row.key]),
        due=at_local(row.day, LAST_SECOND, row.place),
        zone=row.place,
        day=row.day,
    )


def _tasks(user: User, now: datetime) -> QuerySet[Any]:
    """As with milestones. Whoever has a task sees it whatever it belongs to."""
    own = Task.objects.owned_by(user.person).open().due_by((now + MONTH).date())
    asker = Case(When(asked_by=user.person, then=Value("")), default=F("asked_by__display_name"))
    return own.annotate(asker=asker).order_by("due_on", "pk")


def _task(row: Found) -> Item:
    asked = _("Your task, asked for by %(person)s.") % {"person": row.about}
    return Item(
        what=row.named,
        why=asked if row.about else _("A task you set yourself."),
        url=reverse("campaigns:task", args=[row.key]),
        due=at_local(row.day, LAST_SECOND, row.place),
        zone=row.place,
        day=row.day,
    )


def _imports(user: User, now: datetime) -> QuerySet[Any]:
    """For who keeps the roster: files that were read and neither applied nor discarded."""
    return ImportBatch.objects.visible_to(user).open().with_rows_to_decide().order_by("uploaded_at", "pk")


def _import(row: Found) -> Item:
    decide = ngettext("Decide %(count)d row of “%(file)s”", "Decide %(count)d rows of “%(file)s”", row.number)
    return Item(
        what=(decide if row.number else _("Finish the import of “%(file)s”"))
        % {"count": row.number, "file": row.named},
        why=_("Nothing of this file is on the list before you apply it."),
        url=reverse("members:import", args=[row.key]),
        due=None,
        since=row.instant,
    )


def _minutes(user: User, now: datetime) -> QuerySet[Any]:
    """Meetings of the last month without minutes, for who may write them: staff, and the chair of its committee."""
    over = Meeting.objects.visible_to(user).without_minutes(now - MONTH, now).order_by("ends_at", "pk")
    return over if hats(user).is_staff else over.filter(committee__in=hats(user).chairs)


def _minutes_of(row: Found) -> Item:
    return Item(
        what=_("Write the minutes of “%(title)s”") % {"title": row.named},
        why=_("It is over, and nobody has written down what was agreed."),
        url=reverse("meetings:write_minutes", args=[row.key]),
        due=None,
        since=row.instant,
    )


def _returned(user: User, now: datetime) -> QuerySet[Any]:
    """For staff: people from whose address mail came back."""
    return Suppression.objects.visible_to(user).standing().of_primary_addresses().order_by("since", "pk")


def _returned_mail(row: Found) -> Item:
    return Item(
        what=_("Find an address for %(person)s") % {"person": row.named},
        why=_("A mail came back, so nothing more goes to %(email)s.") % {"email": row.about},
        url=reverse("notices:unreachable"),
        due=None,
        since=row.instant,
    )


SOURCES = (
    Source(
        _invitations,
        {"key": "meeting", "named": "meeting__title", "instant": "meeting__starts_at", "place": "meeting__zone"},
        _invitation,
    ),
    Source(
        _milestones,
        {"key": "pk", "named": "title", "about": "campaign__name", "day": "starts_on", "place": "zone"},
        _milestone,
    ),
    Source(_tasks, {"key": "pk", "named": "title", "about": "asker", "day": "due_on", "place": "zone"}, _task),
    Source(
        _imports, {"key": "pk", "named": "file_name", "number": "rows_to_decide", "instant": "uploaded_at"}, _import
    ),
    Source(
        _returned,
        {"key": "pk", "named": "person__display_name", "about": "email", "instant": "since"},
        _returned_mail,
    ),
    Source(_minutes, {"key": "pk", "named": "title", "instant": "ends_at"}, _minutes_of),
    *OF_DECISIONS,
    *CONSULTATIONS,
)
