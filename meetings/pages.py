"""What the page of a meeting shows to whom."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User, Visibility
from accounts.rules import allows, classes_seen_by
from accounts.zones import date_in
from campaigns.panels import task_panel
from history.deeds import standing
from history.panels import history
from meetings.forms import AnswerForm
from meetings.models import Attendance, Meeting
from members.hats import may_know

MOST_NAMED = 100


def meeting_page(meeting: Meeting, user: User, now: datetime, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The context of the page; `asked`: the query string. Who was invited is named only to the invited, to staff and to the committee."""
    mine = meeting.attendances.filter(person=user.person_id).first() if user.person_id else None
    may_edit = allows(user, "meetings.edit_meeting", meeting)
    named = mine is not None or may_edit or Visibility.STEERING in classes_seen_by(user)
    ahead = meeting.is_planned and meeting.starts_at > now
    form = AnswerForm(initial={"answer": mine.answer} if mine else None)
    return {
        "meeting": meeting,
        "one_day": _day(meeting.starts_at, meeting) == _day(meeting.ends_at, meeting),
        "mine": mine,
        "ahead": ahead,
        "running": meeting.is_planned and meeting.starts_at <= now < meeting.ends_at,
        "answer_form": form if mine is not None and ahead else None,
        "may_edit": may_edit and meeting.is_planned,
        "may_invite": may_edit and ahead,
        "may_cancel": may_edit and meeting.is_planned and meeting.ends_at > now,
        "may_write": _may_write(meeting, user, now),
        "counts": _counts(meeting),
        "invited": list(_invited(meeting)[: MOST_NAMED + 1]) if named else [],
        "most_named": MOST_NAMED,
        "campaign": meeting.campaign if meeting.campaign and meeting.campaign.is_visible_to(user) else None,
        "committee": meeting.committee if meeting.committee and may_know(user, meeting.committee) else None,
        "entries": history(meeting, user, asked),
        "undo": standing(meeting, user, now) if meeting.cancel_reason and meeting.starts_at > now else None,
        "tasks": task_panel(meeting, user, date_in(now, user.person.zone)),
    }


def _day(instant: datetime, meeting: Meeting) -> date:
    return date_in(instant, meeting.zone)


def _may_write(meeting: Meeting, user: User, now: datetime) -> bool:
    begun = meeting.starts_at <= now and meeting.status != Meeting.Status.CANCELLED
    return begun and allows(user, "meetings.write_minutes", meeting)


def _counts(meeting: Meeting) -> list[tuple[str, int]]:
    """(answer in words, how many) in the order of the answers, those that nobody gave left out."""
    found = dict(meeting.attendances.order_by().values_list("answer").annotate(Count("pk")))
    answers = Attendance.Answer
    words = [
        (answers.YES, _("yes")),
        (answers.MAYBE, _("perhaps")),
        (answers.NO, _("no")),
        (answers.NONE, _("not answered yet")),
    ]
    return [(said, found[answer]) for answer, said in words if answer in found]


def _invited(meeting: Meeting) -> Any:
    return meeting.attendances.select_related("person").order_by("person__display_name", "pk")
