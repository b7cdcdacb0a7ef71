"""The calendar file: what a meeting is to the calendars of the invited (RFC 5545, RFC 5546)."""

from datetime import date, datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from meetings.models import Attendance, Meeting

PARTSTAT = {
    Attendance.Answer.NONE: "NEEDS-ACTION",
    Attendance.Answer.YES: "ACCEPTED",
    Attendance.Answer.MAYBE: "TENTATIVE",
    Attendance.Answer.NO: "DECLINED",
}


def calendar_file(
    meeting: Meeting, now: datetime, *, method: str, person: Person | None = None, answer: str = "none"
) -> str:
    """The text of an .ics file (CRLF lines). `method`: REQUEST or CANCEL to `person`, PUBLISH to nobody in particular.

    The UID never changes, so that a moved or cancelled meeting replaces itself in every calendar.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Coalition//meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = _event(meeting, now)
    if person is not None and person.email:
        event.add("attendee", _attendee(person, answer))
    if meeting.zone != "UTC":
        calendar.add_component(_time_zone(meeting))
    calendar.add_component(event)
    return calendar.to_ical().decode()


def page_of_meeting(meeting: Meeting) -> str:
    return settings.BASE_URL + reverse("meetings:meeting", args=[meeting.pk])


def _time_zone(meeting: Meeting) -> icalendar.Timezone:
    """The zone's rules from the year before to the year after: with less it might hold no rule, and be invalid."""
    first, last = date(meeting.starts_at.year - 1, 1, 1), date(meeting.ends_at.year + 2, 1, 1)
    return icalendar.Timezone.from_tzid(meeting.zone, first_date=first, last_date=last)


def _event(meeting: Meeting, now: datetime) -> icalendar.Event:
    place, link = ZoneInfo(meeting.zone), page_of_meeting(meeting)
    event = icalendar.Event()
    event.add("uid", f"{meeting.pk}@{settings.ALLOWED_HOSTS[0]}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at.astimezone(place))
    event.add("dtend", meeting.ends_at.astimezone(place))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if meeting.status == Meeting.Status.CANCELLED else "CONFIRMED")
    event.add("url", link)
    event.add("description", "\n\n".join(part for part in (meeting.agenda, meeting.link, link) if part))
    if meeting.place or meeting.link:
        event.add("location", meeting.place or meeting.link)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = icalendar.vCalAddress(f"mailto:{address}")
    organizer.params["cn"] = icalendar.vText(name or settings.COALITION_NAME)
    event["organizer"] = organizer
    return event


def _attendee(person: Person, answer: str) -> icalendar.vCalAddress:
    attendee = icalendar.vCalAddress(f"mailto:{person.email}")
    attendee.params["cn"] = icalendar.vText(person.display_name)
    attendee.params["partstat"] = icalendar.vText(PARTSTAT[Attendance.Answer(answer)])
    attendee.params["rsvp"] = icalendar.vText("FALSE")  # answers are given on the page: nobody reads replies by mail
    return attendee
