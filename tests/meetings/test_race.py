"""Real threads on PostgreSQL: an answer and the worker that is about to remind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from meetings import actions
from meetings.models import Attendance
from notices.actions.claiming import Watch
from notices.actions.planning import replan
from notices.models import Delivery
from tests.factories import AttendanceFactory, MeetingFactory, user_with
from tests.notices.given import claim_next
from tests.threads import alone, together, wait_until_blocked

NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_worker_about_to_remind_waits_for_a_no_on_its_way_and_then_sends_nothing():
    user = user_with("member")
    meeting = MeetingFactory(starts_at=NOW + timedelta(hours=24))
    AttendanceFactory(meeting=meeting, person=user.person)
    replan(meeting, now=NOW)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            # Held by the test: the answer stops half-way, after it has locked the meeting.
            Attendance.objects.select_for_update().get()
            answer = pool.submit(alone, lambda: say_no(meeting, user))
            wait_until_blocked(1)
            claim = pool.submit(alone, lambda: claim_next(Watch(NOW)))
            wait_until_blocked(2)
        answer.result(timeout=20)
        claimed = claim.result(timeout=20)

    assert claimed is None
    assert Delivery.objects.by_mail().get(slot="PT24H").state == "cancelled"


def say_no(meeting, user):
    return actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.NO)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(5))
def test_yes_and_no_at_the_same_moment_leave_the_plan_of_the_last_answer(_turn):
    user = user_with("member")
    meeting = MeetingFactory(starts_at=NOW + timedelta(days=3))
    AttendanceFactory(meeting=meeting, person=user.person)
    replan(meeting, now=NOW)

    together(
        lambda: actions.answer_invitation(meeting, by=user, now=NOW, answer=Attendance.Answer.YES),
        lambda: say_no(meeting, user),
    )

    waits = Delivery.objects.by_mail().waiting().exists()
    assert waits == (Attendance.objects.get().answer == "yes")
