"""A meeting that was cancelled takes place after all: everybody gets exactly the mails that make it true."""

from datetime import UTC, datetime, time, timedelta

import pytest

from history.actions import take_back
from history.models import Deed
from meetings import actions
from notices.actions.sending import send_due
from notices.models import Delivery
from tests.factories import AttendanceFactory, MeetingFactory, PersonFactory, user_with

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def test_a_meeting_that_was_cancelled_takes_place_after_all_and_everybody_who_was_told_is_told(smtp):
    meeting, staff, other = called_off_after_it_was_told(smtp)

    take_back(Deed.objects.get(), by=staff, now=NOW)
    send_due(now=NOW)

    meeting.refresh_from_db()
    mail = smtp.messages[-1]
    text = "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
    assert (meeting.status, meeting.cancel_reason, meeting.sequence) == ("planned", "", 2)
    assert (mail["To"], mail["Subject"].startswith("After all: ")) == (other.email, True)
    assert "METHOD:REQUEST" in text
    assert "SEQUENCE:2" in text
    assert set(Delivery.objects.waiting().values_list("kind", flat=True)) == {"meetings.reminder"}


def test_cancelled_again_it_is_told_again(smtp):
    meeting, staff, _other = called_off_after_it_was_told(smtp)
    take_back(Deed.objects.get(), by=staff, now=NOW)
    send_due(now=NOW)

    actions.cancel_meeting(meeting, by=staff, now=NOW, reason="Still flooded")
    send_due(now=NOW)

    said = [mail["Subject"].split(":")[0] for mail in smtp.messages]
    assert [one for one in said if one != "Meeting"] == ["Cancelled", "After all", "Cancelled"]


def test_a_cancelling_that_is_taken_back_before_its_mail_left_is_told_to_nobody(smtp):
    staff, other = user_with("staff"), PersonFactory(quiet_from=time(0), quiet_to=time(0))
    meeting = MeetingFactory(starts_at=NOW + timedelta(days=3))
    actions.invite_people(meeting, by=staff, now=NOW, people=[other])
    actions.cancel_meeting(meeting, by=staff, now=NOW, reason="A slip")

    take_back(Deed.objects.get(), by=staff, now=NOW)
    send_due(now=NOW)

    assert [mail["Subject"].split(":")[0] for mail in smtp.messages] == ["Invitation"]


def called_off_after_it_was_told(smtp):
    """A meeting of which one person had the invitation long ago and the cancelling just now; who cancelled; the person."""
    staff, other = user_with("staff"), PersonFactory(quiet_from=time(0), quiet_to=time(0))
    meeting = MeetingFactory(starts_at=NOW + timedelta(days=3))
    AttendanceFactory(meeting=meeting, person=other)
    actions.cancel_meeting(meeting, by=staff, now=NOW, reason="The hall is flooded")
    send_due(now=NOW)
    return meeting, staff, other
