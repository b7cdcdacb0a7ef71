"""Real threads on PostgreSQL: an answer and the worker that is about to remind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from meetings import actions
from meetings.models import Attendance
from notices.actions.planning import replan
from notices.actions.sending import Watch, claim_next
from notices.models import Delivery
from tests.factories import AttendanceFactory, MeetingFactory, user_with

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def in_threads(*calls):
    """Run `calls` at the same moment; their results in order."""
    together = Barrier(len(calls))

    def one(call):
        together.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=20) for future in [pool.submit(one, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(5))
def test_a_no_and_a_reminder_at_the_same_moment_never_remind_after_the_no(_turn):
    user = user_with("member")
    meeting = MeetingFactory(starts_at=NOW + timedelta(hours=24))
    AttendanceFactory(meeting=meeting, person=user.person)
    replan(meeting, now=NOW)

    (_found, claim), _answer = in_threads(
        lambda: claim_next(Watch(NOW)),
        lambda: actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO),
    )

    row = Delivery.objects.get(slot="PT24H")
    # Either the worker was first and the mail is on its way, or the no was first and nothing goes out.
    assert row.state == ("sending" if claim else "cancelled")
    assert Attendance.objects.get().answer == "no"
    assert Delivery.objects.waiting().count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(5))
def test_yes_and_no_at_the_same_moment_leave_the_plan_of_the_last_answer(_turn):
    user = user_with("member")
    meeting = MeetingFactory(starts_at=NOW + timedelta(days=3))
    AttendanceFactory(meeting=meeting, person=user.person)
    replan(meeting, now=NOW)

    in_threads(
        lambda: actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.YES),
        lambda: actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO),
    )

    waits = Delivery.objects.waiting().exists()
    assert waits == (Attendance.objects.get().answer == "yes")
