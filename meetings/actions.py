"""What can happen to a meeting: called, moved, answered, cancelled, written down."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User, Visibility
from accounts.rules import require
from campaigns.models import Campaign
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from meetings.models import Attendance, Meeting
from members.models import Committee, CommitteeOffice, SeatHolder, SeatTerm
from notices.actions.planning import cancel, post, replan, revive

MOVED = timedelta(hours=1)  # foundations: a move that raises the epoch
FIELDS = ("title", "campaign", "starts_at", "ends_at", "zone", "place", "link", "agenda", "visibility")
IN_CALENDAR = {"title", "starts_at", "ends_at", "zone", "place", "link"}  # what people have written down
CALLED_OFF = gettext_noop("the meeting was cancelled")
SAID = {
    Attendance.Answer.YES: gettext_noop("Said yes to the invitation"),
    Attendance.Answer.MAYBE: gettext_noop("Said perhaps to the invitation"),
    Attendance.Answer.NO: gettext_noop("Said no to the invitation"),
}


class MeetingFields(TypedDict):
    title: str
    campaign: Campaign | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    link: str
    agenda: str
    visibility: str


@transaction.atomic
def call_meeting(*, by: User, now: datetime, committee: Committee | None, **fields: Unpack[MeetingFields]) -> Meeting:
    """Call a meeting and invite the chairs and the holders of the current seats of its committee.

    Raises Refused, or TransitionError when it would begin in the past.
    """
    meeting = Meeting(committee=committee, called_by=by.person, scheduled_at=now, **fields)
    require(by, "meetings.call_meeting", meeting)
    _refuse_past(meeting.starts_at, now)
    meeting.save(force_insert=True)
    record(gettext_noop("Called the meeting"), meeting, by=by, now=now)
    if committee is not None:
        _invite(meeting, members_of(committee), now)
    return meeting


@transaction.atomic
def edit_meeting(
    meeting: Meeting, *, by: User, now: datetime, seen: int | None = None, **fields: Unpack[MeetingFields]
) -> Meeting:
    """Change or move a meeting; the invited are told when what they have written down is no longer true.

    A move of an hour or more, or to another day, starts the reminders afresh. `seen`: the state the typist saw.
    Raises Refused, Stale, TransitionError.
    """
    meeting = _locked(meeting)
    require(by, "meetings.edit_meeting", meeting)
    _refuse_unless_planned(meeting)
    refuse_stale(meeting, seen, FIELDS)
    before, old_start = snapshot(meeting, FIELDS), meeting.starts_at
    for name, value in fields.items():
        setattr(meeting, name, value)
    changed = changes(before, snapshot(meeting, FIELDS))
    if "starts_at" in changed:
        _refuse_past(old_start, now)
        _refuse_past(meeting.starts_at, now)
    if changed:
        _take_changes(meeting, changed, old_start, by, now)
    return meeting


@transaction.atomic
def invite_people(meeting: Meeting, *, by: User, now: datetime, people: Iterable[Person]) -> int:
    """Invite more people; who was invited before is not asked again. Returns how many are new.

    Raises Refused, or TransitionError when it has begun or will not be.
    """
    meeting = _locked(meeting)
    require(by, "meetings.invite_people", meeting)
    _refuse_unless_planned(meeting)
    _refuse_past(meeting.starts_at, now)
    new = _invite(meeting, people, now)
    if new:
        record(gettext_noop("Invited %(count)s more"), meeting, by=by, now=now, count=new)
    return new


@transaction.atomic
def answer_invitation(meeting: Meeting, *, by: User, now: datetime, answer: Attendance.Answer) -> Attendance:
    """Say yes, perhaps or no for oneself, again and again until it begins; a no stops this person's reminders.

    Raises Refused for whoever was not invited, TransitionError once it has begun or was cancelled.
    """
    # The meeting is locked before the answer: a worker that is about to remind waits for it and asks again.
    meeting = _locked(meeting)
    attendance = meeting.attendances.select_for_update().filter(person=by.person_id).first()
    require(by, "meetings.answer_invitation", attendance)
    assert attendance is not None  # noqa: S101 - for mypy: nobody may answer for None
    _refuse_unless_planned(meeting)
    if meeting.starts_at <= now:
        raise TransitionError(_("The meeting has begun: answers are closed."))
    declined_before = attendance.answer == Attendance.Answer.NO
    attendance.answer, attendance.answered_at = answer, now
    attendance.save(update_fields=["answer", "answered_at"])
    if attendance.answer == Attendance.Answer.NO:
        cancel(meeting, reason=gettext_noop("declined"), now=now, kinds=["meetings.reminder"], people=_only(by))
    elif declined_before:
        replan(meeting, now=now)
    record(SAID[attendance.answer], meeting, by=by, now=now, visibility=_for_answers(meeting))
    return attendance


@transaction.atomic
def write_minutes(meeting: Meeting, *, by: User, now: datetime, minutes: str, seen: int | None = None) -> Meeting:
    """Write or correct the minutes; the first ones say that it was held. `seen`: the state the typist saw.

    Raises Refused, Stale, TransitionError.
    """
    meeting = _locked(meeting)
    require(by, "meetings.write_minutes", meeting)
    if meeting.starts_at > now:
        raise TransitionError(_("The meeting has not begun: minutes are written after it."))
    refuse_stale(meeting, seen, ("minutes",))
    if meeting.status != Meeting.Status.HELD:
        meeting.step_to(Meeting.Status.HELD)
    before = snapshot(meeting, ("minutes",))
    meeting.minutes = minutes
    meeting.save()
    changed = changes(before, snapshot(meeting, ("minutes",)))
    record(gettext_noop("Wrote the minutes"), meeting, by=by, now=now, changes=changed)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, by: User, now: datetime, reason: str) -> Meeting:
    """It will not be: everybody invited is told, and nobody reminded. Raises Refused, TransitionError."""
    meeting = _locked(meeting)
    require(by, "meetings.cancel_meeting", meeting)
    if meeting.ends_at <= now:
        raise TransitionError(_("The meeting is over: it cannot be cancelled any more."))
    meeting.step_to(Meeting.Status.CANCELLED)
    meeting.cancel_reason = reason
    meeting.sequence += 1
    meeting.save()
    record(gettext_noop("Cancelled: %(reason)s"), meeting, by=by, now=now, reason=reason)
    cancel(meeting, reason=CALLED_OFF, now=now)
    slot = f"change-{meeting.sequence}"
    post("meetings.cancelled", meeting, _invited(meeting), now=now, slot=slot, not_after=meeting.ends_at)
    can_be_taken_back("meetings.cancel_meeting", meeting, by=by, now=now)
    return meeting


@transaction.atomic
def restore_meeting(meeting: Meeting, *, by: User, now: datetime) -> Meeting:
    """Take back that it was cancelled: whoever was told is told again, whoever was not gets what was held back.

    Raises Refused, or TransitionError when it would have begun by now or is not cancelled.
    """
    meeting = _locked(meeting)
    require(by, "meetings.cancel_meeting", meeting)
    meeting.step_to(Meeting.Status.PLANNED, back=True)
    if meeting.starts_at <= now:
        raise TransitionError(_("It would have begun by now. Call a new meeting instead."))
    meeting.cancel_reason = ""
    meeting.sequence += 1
    meeting.save()
    record(gettext_noop("Takes place after all"), meeting, by=by, now=now)
    spared = cancel(meeting, reason=gettext_noop("it takes place after all"), now=now, kinds=["meetings.cancelled"])
    held_back = revive(meeting, kinds=["meetings.invitation", "meetings.moved"], reason=CALLED_OFF, now=now)
    told = _invited(meeting).exclude(pk__in=spared | held_back)
    slot = f"change-{meeting.sequence}"
    post("meetings.restored", meeting, told, now=now, slot=slot, not_after=meeting.starts_at)
    replan(meeting, now=now)
    return meeting


def members_of(committee: Committee) -> models.QuerySet[Person]:
    """Who is invited with a committee: representatives and alternates of its current seats, and its chairs."""
    terms = SeatTerm.objects.current().filter(seat__committee=committee)
    holders = SeatHolder.objects.current().filter(term__in=terms)
    offices = CommitteeOffice.objects.current().filter(committee=committee)
    return Person.objects.filter(Q(pk__in=holders.values("person")) | Q(pk__in=offices.values("person")))


def _locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("committee", "campaign", "called_by")
    return rows.get(pk=meeting.pk)


def _refuse_unless_planned(meeting: Meeting) -> None:
    if not meeting.is_planned:
        raise TransitionError(
            _("This meeting is “%(state)s”: it does not change any more.") % {"state": meeting.get_status_display()}
        )


def _refuse_past(start: datetime, now: datetime) -> None:
    if start <= now:
        raise TransitionError(_("The beginning of a meeting lies ahead: this one is past."))


def _take_changes(
    meeting: Meeting, changed: dict[str, list[Any]], old_start: datetime, by: User, now: datetime
) -> None:
    if _is_move(old_start, meeting):
        meeting.epoch += 1
        meeting.scheduled_at = now
    if changed.keys() & IN_CALENDAR:
        meeting.sequence += 1
    meeting.save()
    verb = gettext_noop("Moved the meeting") if "starts_at" in changed else gettext_noop("Changed the meeting")
    record(verb, meeting, by=by, now=now, changes=changed)
    if changed.keys() & IN_CALENDAR:
        # Two changes before the first mail left make one mail: it is rendered when it goes out.
        cancel(meeting, reason=gettext_noop("it changed again"), now=now, kinds=["meetings.moved"])
        slot = f"change-{meeting.sequence}"
        post("meetings.moved", meeting, _invited(meeting), now=now, slot=slot, not_after=meeting.starts_at)
    if "starts_at" in changed:
        replan(meeting, now=now)


def _is_move(old_start: datetime, meeting: Meeting) -> bool:
    """By an hour or more, or to another day where it is called."""
    place = ZoneInfo(meeting.zone)
    days = old_start.astimezone(place).date(), meeting.starts_at.astimezone(place).date()
    return abs(meeting.starts_at - old_start) >= MOVED or days[0] != days[1]


def _invite(meeting: Meeting, people: Iterable[Person], now: datetime) -> int:
    asked = set(meeting.attendances.values_list("person", flat=True))
    new = [person for person in people if person.pk not in asked]
    Attendance.objects.bulk_create(Attendance(meeting=meeting, person=person, invited_at=now) for person in new)
    post("meetings.invitation", meeting, new, now=now, not_after=meeting.starts_at)
    replan(meeting, now=now)
    return len(new)


def _invited(meeting: Meeting) -> models.QuerySet[Person]:
    return Person.objects.filter(attendances__meeting=meeting)


def _for_answers(meeting: Meeting) -> str | None:
    """Who comes is not for everybody who sees the meeting: the page names people to the committee and staff only."""
    wide = {Visibility.PUBLIC, Visibility.MEMBERS, Visibility.GROUP}
    return Visibility.STEERING if meeting.visibility in wide else None


def _only(user: User) -> list[Person]:
    return [user.person]
