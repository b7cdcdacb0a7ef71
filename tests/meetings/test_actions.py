from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError

from accounts.models import TransitionError
from accounts.rules import Refused
from meetings import actions
from meetings.models import Attendance, Meeting
from notices.models import Delivery
from tests.factories import (
    AttendanceFactory,
    CommitteeFactory,
    CommitteeOfficeFactory,
    MeetingFactory,
    PersonFactory,
    SeatHolderFactory,
    SeatTermFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)
START = datetime(2026, 6, 10, 12, tzinfo=UTC)


def fields(**others):
    return {
        "title": "Steering call",
        "campaign": None,
        "starts_at": START,
        "ends_at": others.get("starts_at", START) + timedelta(hours=1),
        "zone": "Europe/Zurich",
        "place": "",
        "link": "",
        "agenda": "",
        "visibility": "group",
    } | others


def call(by, committee=None, now=NOW, **others):
    return actions.call_meeting(by=by, now=now, committee=committee, **fields(**others))


def invite(meeting, *people, now=NOW):
    return actions.invite_people(meeting, by=user_with("staff"), now=now, people=people)


def waiting(meeting, person, kind="meetings.reminder"):
    rows = Delivery.objects.by_mail().about(meeting).waiting().filter(person=person, kind=kind).order_by("send_at")
    return [(row.slot, row.send_at.isoformat()) for row in rows]


def test_calling_a_committee_invites_its_holders_alternates_and_chairs_and_nobody_of_the_past():
    committee = CommitteeFactory()
    term = SeatTermFactory(seat__committee=committee)
    holder = SeatHolderFactory(term=term)
    alternate = SeatHolderFactory(term=term, capacity="alternate")
    chair = CommitteeOfficeFactory(committee=committee)
    SeatHolderFactory(term__seat__committee=committee, until=date(2021, 1, 1))
    SeatHolderFactory(term__seat__committee=committee, term__until=date(2021, 1, 1))

    meeting = call(user_with("staff"), committee)

    invited = set(meeting.attendances.values_list("person", flat=True))
    assert invited == {holder.person_id, alternate.person_id, chair.person_id}
    posted = Delivery.objects.by_mail().filter(kind="meetings.invitation")
    assert set(posted.values_list("person", flat=True)) == invited


def test_a_chair_calls_only_their_own_committee():
    chair = user_with("chair")

    with pytest.raises(Refused, match="a chair a meeting of their committee"):
        call(chair, CommitteeFactory())

    assert not Meeting.objects.exists()


def test_a_meeting_is_not_called_into_the_past():
    with pytest.raises(TransitionError, match="lies ahead"):
        call(user_with("staff"), starts_at=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("zone", "seven_days", "a_day"),
    [
        # 17:45 there: 9 in the morning a week before; a day before at its own hour
        ("Asia/Kathmandu", "2026-06-03T03:15:00+00:00", "2026-06-09T12:00:00+00:00"),
        # 11 June 02:00 there; a day before falls into the quiet hours and waits until 08:00
        ("Pacific/Kiritimati", "2026-06-03T19:00:00+00:00", "2026-06-09T18:00:00+00:00"),
    ],
)
def test_reminders_go_a_week_a_day_and_an_hour_before(zone, seven_days, a_day):
    person, meeting = PersonFactory(zone=zone), call(user_with("staff"))

    invite(meeting, person)
    actions.replan(meeting, now=START - timedelta(days=7, hours=12))

    rows = dict(waiting(meeting, person))
    assert (rows["P7D"], rows["PT24H"]) == (seven_days, a_day)
    assert "PT1H" in rows


def test_an_hour_before_stays_an_hour_when_the_clocks_go_back_in_the_night():
    start = datetime(2026, 10, 25, 12, tzinfo=UTC)  # the clocks in Zurich go back at 01:00 UTC
    person = PersonFactory(zone="Europe/Zurich")
    meeting = call(user_with("staff"), starts_at=start)
    invite(meeting, person)

    actions.replan(meeting, now=start - timedelta(days=6))

    assert waiting(meeting, person)[-2:] == [
        ("PT24H", "2026-10-24T12:00:00+00:00"),
        ("PT1H", "2026-10-25T11:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("hours", "slots"),
    [(23, ["PT1H"]), (24.5, ["PT1H"]), (25, ["PT24H", "PT1H"]), (1.5, []), (7 * 24 - 1, ["PT24H", "PT1H"])],
)
def test_no_reminder_comes_within_an_hour_of_the_invitation(hours, slots):
    person = PersonFactory(quiet_from=time(0), quiet_to=time(0))
    meeting = call(user_with("staff"), starts_at=NOW + timedelta(hours=hours))

    invite(meeting, person)

    assert [slot for slot, _at in waiting(meeting, person)] == slots


def test_an_invitation_that_waits_for_the_morning_takes_the_reminder_s_place_there():
    evening = datetime(2026, 6, 8, 22, tzinfo=UTC)
    person = PersonFactory(zone="UTC")
    meeting = call(user_with("staff"), now=evening, starts_at=evening + timedelta(hours=31))

    invite(meeting, person, now=evening)

    assert [slot for slot, _at in waiting(meeting, person)] == ["PT1H"]
    assert [at for _slot, at in waiting(meeting, person, "meetings.invitation")] == ["2026-06-09T08:00:00+00:00"]


def test_a_meeting_moved_to_tomorrow_is_told_and_not_reminded_in_the_same_minute():
    person = PersonFactory(quiet_from=time(0), quiet_to=time(0))
    meeting = call(user_with("staff"), starts_at=NOW + timedelta(days=9))
    invite(meeting, person)

    actions.edit_meeting(meeting, by=user_with("staff"), now=NOW, **fields(starts_at=NOW + timedelta(hours=20)))

    assert [slot for slot, _at in waiting(meeting, person)] == ["PT1H"]
    assert len(waiting(meeting, person, "meetings.moved")) == 1


def test_who_is_invited_later_is_not_reminded_of_what_lay_before():
    early, late = PersonFactory(), PersonFactory()
    meeting = call(user_with("staff"), now=START - timedelta(days=20))
    invite(meeting, early, now=START - timedelta(days=20))

    invite(meeting, late, now=START - timedelta(days=3))

    assert [slot for slot, _at in waiting(meeting, early)] == ["P7D", "PT24H", "PT1H"]
    assert [slot for slot, _at in waiting(meeting, late)] == ["PT24H", "PT1H"]


def test_declining_stops_the_reminders_of_that_person_only_and_yes_brings_them_back():
    user, other = user_with("member"), PersonFactory()
    meeting = call(user_with("staff"), starts_at=NOW + timedelta(days=3))
    invite(meeting, user.person, other)

    actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO)
    after_no = waiting(meeting, user.person)
    actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.YES)

    assert after_no == []
    assert [slot for slot, _at in waiting(meeting, user.person)] == ["PT24H", "PT1H"]
    assert [slot for slot, _at in waiting(meeting, other)] == ["PT24H", "PT1H"]


def test_a_scheduler_s_tick_does_not_remind_who_declined():
    user = user_with("member")
    meeting = call(user_with("staff"), starts_at=NOW + timedelta(days=3))
    invite(meeting, user.person)
    actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO)

    actions.replan(meeting, now=NOW)

    assert waiting(meeting, user.person) == []


def test_nobody_answers_for_somebody_who_was_not_invited():
    meeting = call(user_with("staff"))

    with pytest.raises(Refused, match="only their own invitation"):
        actions.answer_invitation(meeting, by=user_with("staff"), now=NOW, answer=Attendance.Answer.YES)


def test_answers_close_when_it_begins():
    user = user_with("member")
    meeting = AttendanceFactory(person=user.person, meeting__starts_at=NOW).meeting

    with pytest.raises(TransitionError, match="answers are closed"):
        actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.YES)


def test_a_move_of_an_hour_starts_the_reminders_afresh_and_tells_the_invited():
    person = PersonFactory()
    staff = user_with("staff")
    meeting = call(staff, starts_at=NOW + timedelta(days=3))
    invite(meeting, person)

    later = NOW + timedelta(days=3, hours=1)
    actions.edit_meeting(meeting, by=staff, now=NOW, **fields(starts_at=later))

    meeting.refresh_from_db()
    assert (meeting.epoch, meeting.sequence) == (1, 1)
    assert waiting(meeting, person)[0] == ("PT24H", "2026-05-15T13:00:00+00:00")
    assert len(waiting(meeting, person, "meetings.moved")) == 1
    assert Delivery.objects.by_mail().filter(kind="meetings.reminder", epoch=0).waiting().count() == 0


def test_a_move_of_half_an_hour_keeps_the_epoch_but_tells_the_invited_and_shifts_the_reminders():
    person = PersonFactory()
    staff = user_with("staff")
    meeting = call(staff, starts_at=NOW + timedelta(days=3))
    invite(meeting, person)

    actions.edit_meeting(meeting, by=staff, now=NOW, **fields(starts_at=NOW + timedelta(days=3, minutes=30)))

    meeting.refresh_from_db()
    assert (meeting.epoch, meeting.sequence) == (0, 1)
    assert waiting(meeting, person)[0] == ("PT24H", "2026-05-15T12:30:00+00:00")
    assert len(waiting(meeting, person, "meetings.moved")) == 1


def test_half_an_hour_over_midnight_is_another_day():
    staff = user_with("staff")
    meeting = call(staff, starts_at=datetime(2026, 6, 10, 21, 45, tzinfo=UTC))  # 23:45 in Zurich

    actions.edit_meeting(meeting, by=staff, now=NOW, **fields(starts_at=datetime(2026, 6, 10, 22, 15, tzinfo=UTC)))

    meeting.refresh_from_db()
    assert meeting.epoch == 1


def test_two_changes_before_the_first_mail_left_make_one_mail():
    person = PersonFactory()
    staff = user_with("staff")
    meeting = call(staff, starts_at=NOW + timedelta(days=3))
    invite(meeting, person)

    for days in (4, 5):
        actions.edit_meeting(meeting, by=staff, now=NOW, **fields(starts_at=NOW + timedelta(days=days)))

    assert [slot for slot, _at in waiting(meeting, person, "meetings.moved")] == ["change-2"]


def test_a_new_agenda_is_no_news_for_the_calendar():
    person = PersonFactory()
    staff = user_with("staff")
    meeting = call(staff)
    invite(meeting, person)

    actions.edit_meeting(meeting, by=staff, now=NOW, **fields(agenda="1. Quorum"))

    meeting.refresh_from_db()
    assert (meeting.agenda, meeting.sequence) == ("1. Quorum", 0)
    assert waiting(meeting, person, "meetings.moved") == []


def test_cancelling_tells_everybody_even_those_who_declined_and_leaves_nothing_else_waiting():
    user, other = user_with("member"), PersonFactory()
    staff = user_with("staff")
    meeting = call(staff, starts_at=NOW + timedelta(days=3))
    invite(meeting, user.person, other)
    actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO)

    actions.cancel_meeting(meeting, by=staff, now=NOW, reason="The hall is flooded")

    meeting.refresh_from_db()
    rows = Delivery.objects.by_mail().about(meeting).waiting().values_list("kind", "person")
    assert set(rows) == {("meetings.cancelled", user.person_id), ("meetings.cancelled", other.pk)}
    assert (meeting.status, meeting.sequence) == ("cancelled", 1)
    actions.replan(meeting, now=NOW)
    assert Delivery.objects.by_mail().about(meeting).waiting().count() == 2


def test_inviting_twice_invites_once():
    person, meeting = PersonFactory(), call(user_with("staff"))

    counts = [invite(meeting, person), invite(meeting, person)]

    assert counts == [1, 0]
    assert Delivery.objects.by_mail().filter(kind="meetings.invitation").count() == 1


def test_minutes_wait_for_the_beginning_and_then_say_that_it_was_held():
    staff = user_with("staff")
    meeting = MeetingFactory(starts_at=START)

    with pytest.raises(TransitionError, match="has not begun"):
        actions.write_minutes(meeting, by=staff, now=START - timedelta(minutes=1), minutes="Decided.")
    actions.write_minutes(meeting, by=staff, now=START, minutes="Decided.")

    meeting.refresh_from_db()
    assert (meeting.status, meeting.minutes) == ("held", "Decided.")


def test_a_cancelled_meeting_has_no_minutes():
    meeting = MeetingFactory(starts_at=START, status="cancelled", cancel_reason="x")

    with pytest.raises(TransitionError, match="“Cancelled” cannot become “Held”"):
        actions.write_minutes(meeting, by=user_with("staff"), now=START, minutes="Decided.")


def test_the_database_refuses_minutes_of_a_meeting_that_was_not_held():
    with pytest.raises(IntegrityError, match="minutes_only_of_a_meeting_that_was_held"):
        MeetingFactory(minutes="Decided.")


def test_the_database_refuses_an_answer_without_its_hour():
    with pytest.raises(IntegrityError, match="answered_at_exactly_when_answered"):
        AttendanceFactory(answer="yes")


def test_a_meeting_for_the_group_is_seen_by_its_committee_the_invited_and_its_caller():
    committee = CommitteeFactory()
    seat, guest, stranger = user_with("seat", committee), user_with("member"), user_with("member")
    caller = user_with("facilitator")
    meeting = MeetingFactory(committee=committee, visibility="group", called_by=caller.person)
    AttendanceFactory(meeting=meeting, person=guest.person)
    users = [seat, guest, caller, user_with("staff"), stranger, user_with("nobody")]

    seen = [Meeting.objects.visible_to(user).exists() for user in users]

    assert seen == [True, True, True, True, False, False]


def test_a_restricted_meeting_is_seen_by_the_invited_only():
    guest = user_with("member")
    meeting = MeetingFactory(visibility="restricted")
    AttendanceFactory(meeting=meeting, person=guest.person)

    seen = [Meeting.objects.visible_to(user).exists() for user in (guest, user_with("staff"), user_with("admin"))]

    assert seen == [True, False, False]


def test_what_waits_for_an_answer_is_what_can_still_be_answered():
    person = PersonFactory()
    open_one = AttendanceFactory(person=person, meeting__starts_at=NOW + timedelta(days=1))
    AttendanceFactory(person=person, meeting__starts_at=NOW - timedelta(days=1))
    AttendanceFactory(
        person=person,
        meeting__starts_at=NOW + timedelta(days=1),
        meeting__status="cancelled",
        meeting__cancel_reason="x",
    )
    AttendanceFactory(person=person, meeting__starts_at=NOW + timedelta(days=1), answer="no", answered_at=NOW)

    assert list(Attendance.objects.unanswered_by(person, NOW)) == [open_one]
