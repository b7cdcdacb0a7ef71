"""Faults of other products' reminders that their users reported: none of them is ours.

The numbers are those of the survey's acceptance checks. Some stand as tests elsewhere:
 1. who has voted gets no closing reminder (Loomio 6113): tests/decisions/test_answering.py,
    test_an_answer_ends_the_reminders_of_its_seat_and_of_no_other; and P15 of test_properties.py;
 2. a worker killed in the middle of a batch (CiviCRM 31600): here, and tests/chaos with real processes;
 3. something moved after its reminder (CiviCRM 8025): here for a meeting; for a day in test_planning.py,
    test_a_deadline_that_moves_after_a_reminder_gives_one_mail_that_says_so;
 4. a scheduler that stopped (Loomio 9765, Tendenci 491): tests/home/test_pages.py,
    test_a_watchdog_and_staff_hear_when_a_process_has_been_silent_for_15_minutes; and P20 of test_properties.py;
12. a reminder to someone who may not see its object (CiviCRM 27081): here, and tests/test_canaries.py,
    test_every_mail_holds_only_what_its_reader_may_read.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse

from decisions.actions.drafting import draft_position, newest_text, withdraw_position, write_version
from meetings import actions
from meetings.models import Meeting
from members.actions.committees import name_holder
from notices import tasks
from notices.actions.planning import plan
from notices.actions.sending import Run
from notices.compose import compose
from notices.mail import Relay
from notices.models import Delivery
from tests.decisions.making import committee_of, opened
from tests.factories import NOON, MeetingFactory, RepresentationFactory, UserFactory, user_with
from tests.notices.errands.models import Errand
from tests.notices.fallible import Clock, ClockWatch, fallible
from tests.notices.given import AWAKE, errand

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def server(tmp_path, clock, settings, monkeypatch):
    """A mail server that remembers, with its journal."""
    with fallible(tmp_path, clock, settings, monkeypatch) as mind:
        settings.RELAY_JOURNAL = str(mind.journal)
        yield mind


def reader(zone="UTC", **fields):
    return UserFactory(person__zone=zone, **{f"person__{name}": value for name, value in (AWAKE | fields).items()})


def a_meeting(*users, zone="Europe/Zurich", starts_at=NOON + 3 * DAY, now=NOON, **fields):
    meeting = MeetingFactory(
        zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), scheduled_at=now, **fields
    )
    actions.invite_people(meeting, by=user_with("staff"), now=now, people=[user.person for user in users])
    return meeting


def edited(meeting, *, now, **changed):
    names = ("title", "campaign", "starts_at", "ends_at", "zone", "place", "link", "agenda", "visibility")
    fields = {name: getattr(meeting, name) for name in names}
    actions.edit_meeting(meeting, by=user_with("staff"), now=now, **fields | changed)


def reminders_of(user):
    rows = Delivery.objects.by_mail().waiting().filter(person=user.person).exclude(kind__startswith="meetings.moved")
    return sorted(f"{row.kind} {row.slot}" for row in rows)


def mail_to(user, kind):
    row = Delivery.objects.by_mail().get(person=user.person, kind=kind)
    return compose(row, row.subject, user.person.email, NOON)


def test_2_a_worker_that_is_killed_in_the_middle_of_a_batch_leaves_nobody_with_two_and_nobody_without(server, clock):
    people = [reader().person for _each in range(10)]
    errand(*people, day=clock.now.date() + DAY)
    clock.now = clock.now.replace(hour=9)  # an hour at which it is due
    plan(now=clock.now)
    with Relay() as relay:
        killed = Run(relay, None, ClockWatch(clock))
        killed.send_all(killed.reserve(10)[:4])  # the fourth answer is never written down, six rows stand reserved

    for _turn in range(20):
        clock.go(minutes=1)
        tasks.send_due()

    mails = Delivery.objects.by_mail().filter(slot="P1D")
    assert server.copies == Counter(mails.values_list("message_id", flat=True))
    assert set(mails.values_list("state", flat=True)) == {"sent"}
    assert len(server.copies) == 20  # of two kinds


def test_3_a_meeting_that_moves_after_its_reminder_gives_one_mail_that_says_so(server, clock):
    user = reader()
    meeting = a_meeting(user)
    for _hour in range(60):
        clock.go(hours=1)
        tasks.send_due()
    before = len(server.taken)

    edited(meeting, now=clock.now, starts_at=meeting.starts_at + DAY, ends_at=meeting.ends_at + DAY)
    for _turn in range(5):
        tasks.plan()
        tasks.send_due()
        clock.go(minutes=1)

    sent = [Delivery.objects.get(message_id=message).kind for message, _to in server.taken]
    assert "meetings.reminder" in sent[:before]
    assert sent[before:] == ["meetings.moved"]
    assert "now Sun 17 May 2026" in mail_to(user, "meetings.moved").subject


def test_5_what_is_not_published_yet_or_no_longer_gives_no_mail():
    """Decidim 5125."""
    staff, committee = user_with("staff"), committee_of(3)
    position = draft_position(by=staff, title="Survivors", body="One.", committee=committee, now=NOON)
    write_version(position, by=staff, body="One, two.", seen=newest_text(position).sha256, now=NOON)

    plan(now=NOON)
    drafted = Delivery.objects.count()
    withdraw_position(position, by=staff, reason="Not yet", now=NOON)

    assert (drafted, Delivery.objects.count()) == (0, 0)


# Zurich puts its clocks back on 25 October, New York on 1 November.
@pytest.mark.parametrize("day", [24, 25, 26, 31])
def test_6_mail_page_and_calendar_file_say_the_same_instant_on_both_sides_of_a_change_of_clocks(client, day):
    """CiviCRM 28853, Zetkin 3492, Tendenci 779, IETF 11616: each of them called before the change."""
    user = reader("America/New_York")
    starts_at = datetime(2026, 10, day, 15, tzinfo=ZoneInfo("Europe/Zurich")).astimezone(UTC)
    meeting = a_meeting(user, starts_at=starts_at)

    message = mail_to(user, "meetings.invitation")
    client.force_login(user)
    page = client.get(reverse("meetings:meeting", args=[meeting.pk])).content.decode()

    name, content, _type = message.attachments[0]
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    there = f"{starts_at.astimezone(ZoneInfo('America/New_York')):%H:%M}"
    assert (name, event.decoded("dtstart")) == ("meeting.ics", starts_at)
    assert f"15:00 Zurich ({there} for you" in " ".join(message.body.split())
    assert f'datetime="{starts_at:%Y-%m-%dT%H:%M}Z"' in page
    assert there in re.sub(r"<[^>]+>", "", page)


def test_7_every_hour_in_a_mail_names_its_zone():
    """Indico 5564, Tendenci 1324, IETF 5285."""
    user = reader("Asia/Kathmandu")
    a_meeting(user)
    asked = opened(committee_of(1))
    speaker = asked.holders().get().user

    for message in (mail_to(user, "meetings.invitation"), mail_to(speaker, "decisions.round_opened")):
        text = f"{message.subject}\n{message.body}"
        hours = re.findall(r"\d\d:\d\d(?:\s+\S+){0,2}", text)
        assert hours
        assert [hour for hour in hours if not re.search(r"\d\d:\d\d\s+(Zurich|Kathmandu|UTC|for you)", hour)] == []


def test_12_whoever_may_not_see_it_any_more_is_not_reminded_of_it(server, clock):
    """CiviCRM 27081: planned while they could, due when they cannot."""
    insider, other = reader(), reader()
    subject = errand(insider.person, other.person, day=clock.now.date() + DAY)
    clock.now = clock.now.replace(hour=9)
    plan(now=clock.now)

    Errand.objects.get().people.remove(other.person)  # without a word to the planner
    tasks.send_due()

    assert {to for _message, (to,) in server.taken} == {insider.person.email}
    gone = Delivery.objects.by_mail().about(subject).filter(person=other.person, slot="P1D")
    assert set(gone.values_list("state", "reason")) == {("cancelled", "no longer asked")}


def test_13_whoever_has_an_account_and_gets_a_seat_is_asked_and_not_invited_again():
    """Decidim 8445, 9897: they are reminded as an alternate is, and no mail asks them to sign in."""
    asked = opened(committee_of(1))
    term, user = asked.electors.get().term, UserFactory(person__zone="UTC")
    RepresentationFactory(person=user.person, organisation=term.organisation)

    name_holder(term, by=user_with("admin"), person=user.person, capacity="alternate", now=NOON)
    plan(now=asked.closes_at - timedelta(hours=25))

    assert reminders_of(user) == ["decisions.answer_due PT4H"]
    assert not Delivery.objects.filter(kind="members.invitation").exists()


def test_14_whoever_is_invited_at_the_last_hour_still_gets_how_to_join(server, clock):
    """Zetkin 2433."""
    early, late = reader(), reader()
    meeting = a_meeting(early, link="https://meet.example/room")
    clock.now = meeting.starts_at - timedelta(minutes=40)

    actions.invite_people(meeting, by=user_with("staff"), now=clock.now, people=[late.person])
    tasks.send_due()

    message = mail_to(late, "meetings.invitation")
    assert [late.person.email] in [to for _message, to in server.taken]
    assert "https://meet.example/room" in message.body
    assert [part[0] for part in message.attachments] == ["meeting.ics"]


def test_21_editing_a_meeting_keeps_its_reminders():
    """Decidim 15428."""
    user = reader()
    meeting = a_meeting(user)
    before = reminders_of(user)

    edited(meeting, now=NOON, title="Another title", agenda="1. Quorum")
    plan(now=NOON)

    assert Meeting.objects.get().title == "Another title"
    assert reminders_of(user) == before
    assert "meetings.reminder PT24H" in before
