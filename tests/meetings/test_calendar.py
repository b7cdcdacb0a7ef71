from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from accounts.clock import database_now
from meetings import actions
from meetings.calendar import calendar_file
from meetings.kinds import Cancelled, Invited
from notices.actions.sending import send_due
from tests.factories import AttendanceFactory, MeetingFactory, PersonFactory, user_with

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 13, 12, tzinfo=UTC)


def read(text):
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_file_reads_back_as_the_meeting_in_its_own_zone():
    person = PersonFactory(display_name="Ñoño, Müller; “Ana”")
    meeting = MeetingFactory(
        title="Réunion, mai; 1", zone="Asia/Kathmandu", agenda="1. Quorum\n2. Lusaka", place="Hall 3, Geneva"
    )

    calendar, event = read(calendar_file(meeting, NOW, method="REQUEST", person=person))

    there = ZoneInfo("Asia/Kathmandu")
    assert (calendar["method"], calendar["version"]) == ("REQUEST", "2.0")
    assert event.decoded("dtstart") == meeting.starts_at.astimezone(there)
    assert event["dtstart"].params["TZID"] == "Asia/Kathmandu"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Kathmandu"]
    assert (str(event["summary"]), int(event["sequence"])) == ("Réunion, mai; 1", 0)
    assert str(event["location"]) == "Hall 3, Geneva"
    assert "2. Lusaka" in str(event["description"])
    assert str(event["organizer"]).startswith("mailto:noreply@")
    assert str(event["attendee"]) == f"mailto:{person.email}"
    assert event["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("zone", "offsets"),
    [
        ("Asia/Kathmandu", {timedelta(hours=5, minutes=45)}),
        ("Europe/Zurich", {timedelta(hours=1), timedelta(hours=2)}),
        ("Pacific/Kiritimati", {timedelta(hours=14)}),
    ],
)
def test_the_zone_in_the_file_has_its_rules(zone, offsets):
    meeting = MeetingFactory(zone=zone)

    calendar, _event = read(calendar_file(meeting, NOW, method="PUBLISH"))

    (described,) = calendar.walk("VTIMEZONE")
    assert {rule["tzoffsetto"].td for rule in described.subcomponents} == offsets


def test_a_meeting_in_utc_needs_no_rules():
    calendar, event = read(calendar_file(MeetingFactory(zone="UTC"), NOW, method="PUBLISH"))

    assert calendar.walk("VTIMEZONE") == []
    assert event["dtstart"].to_ical() == b"20260601T120000Z"


def test_a_moved_meeting_keeps_its_uid_and_raises_its_sequence():
    staff = user_with("staff")
    meeting = MeetingFactory(starts_at=NOW + timedelta(days=3))
    _calendar, before = read(calendar_file(meeting, NOW, method="REQUEST"))

    actions.edit_meeting(
        meeting,
        by=staff,
        now=NOW,
        title=meeting.title,
        campaign=None,
        starts_at=meeting.starts_at + timedelta(days=1),
        ends_at=meeting.ends_at + timedelta(days=1),
        zone=meeting.zone,
        place="",
        link="",
        agenda="",
        visibility="group",
    )

    meeting.refresh_from_db()
    _calendar, after = read(calendar_file(meeting, NOW, method="REQUEST"))
    assert after["uid"] == before["uid"]
    assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)


def test_the_file_of_a_cancelled_meeting_takes_it_out_of_the_calendar():
    person = PersonFactory()
    meeting = MeetingFactory(status="cancelled", cancel_reason="Flood", sequence=1)
    AttendanceFactory(meeting=meeting, person=person)

    (part,) = Cancelled().attachments(meeting, person, NOW)

    calendar, event = read(part.content)
    assert (calendar["method"], str(event["status"]), part.mimetype) == (
        "CANCEL",
        "CANCELLED",
        "text/calendar; method=CANCEL",
    )


def test_the_file_travels_over_smtp_as_a_request_that_calendars_understand(smtp):
    person = PersonFactory(zone="UTC", quiet_from="00:00", quiet_to="00:00")
    meeting = MeetingFactory(
        title="Réunion du comité de pilotage avec un très long titre qui dépasse une ligne",
        starts_at=datetime(2100, 1, 1, 12, tzinfo=UTC),
    )
    AttendanceFactory(meeting=meeting, person=person)
    actions.post(Invited.key, meeting, [person], now=NOW)

    send_due(now=database_now())

    (mail,) = smtp.to(person.email)
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_params()[1:] == [("method", "REQUEST"), ("charset", "utf-8")]
    _calendar, event = read(part.get_content())
    assert str(event["summary"]) == meeting.title
    assert "Say here whether you come" in mail.get_body(("plain",)).get_content()
