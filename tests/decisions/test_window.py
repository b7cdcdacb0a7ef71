"""Does a window leave every seat the time to answer? Nights, days of rest, zones far ahead, clocks that change."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person
from decisions.actions.asking import base_of, zones_of
from decisions.actions.drafting import newest_text
from decisions.models import Level, Position, Round
from decisions.window import ends_on_day_of_rest, waking_time, worries
from decisions.words import consultation_missing
from members.models import SeatHolder
from tests.decisions.making import alternate_of, chair_of, committee_of, opened
from tests.factories import PositionFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def at(day: str, hour: int, zone: str = "UTC", minute: int = 0) -> datetime:
    there = datetime.combine(date.fromisoformat(day), time(hour, minute), ZoneInfo(zone))
    return there.astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "hours"),
    [
        ("Europe/Zurich", ("2026-05-13", 9), ("2026-05-13", 17), 8),
        ("Europe/Zurich", ("2026-05-13", 20), ("2026-05-14", 8), 0),  # a night
        ("Europe/Zurich", ("2026-05-15", 12), ("2026-05-18", 12), 12),  # a weekend between
        ("Africa/Cairo", ("2026-05-14", 12), ("2026-05-17", 12), 12),  # there it is Friday and Saturday
        ("Asia/Kolkata", ("2026-05-16", 8), ("2026-05-18", 8), 12),  # there Sunday alone
        ("Asia/Tehran", ("2026-05-14", 8), ("2026-05-16", 8), 12),  # there Friday alone
        ("Pacific/Kiritimati", ("2026-05-13", 8), ("2026-05-14", 20), 24),
    ],
)
def test_only_waking_hours_of_working_days_there_are_counted(zone, opens, closes, hours):
    assert waking_time(at(*opens, zone), at(*closes, zone), zone) == hours * HOUR


def test_one_window_is_a_working_day_for_one_seat_and_a_night_for_another():
    """From 9 to 17 in Zurich it is 21 to 5 on Kiritimati, fourteen hours ahead of UTC."""
    opens, closes = at("2026-05-13", 9, "Europe/Zurich"), at("2026-05-13", 17, "Europe/Zurich")

    assert waking_time(opens, closes, "Europe/Zurich") == 8 * HOUR
    assert waking_time(opens, closes, "Pacific/Kiritimati") == timedelta()


@pytest.mark.parametrize(("day", "length"), [("2026-10-26", 84), ("2026-03-30", 82)])
def test_clocks_that_change_over_the_weekend_take_and_give_no_waking_hour(day, length):
    """From Friday 9:00 to Monday 20:00 there: 11 hours and 12, whichever way the clocks go on the Sunday."""
    monday = date.fromisoformat(day)
    opens, closes = at(f"{monday - timedelta(days=3)}", 9, "Europe/Zurich"), at(day, 20, "Europe/Zurich")

    assert closes - opens == length * HOUR
    assert waking_time(opens, closes, "Europe/Zurich") == 23 * HOUR


def test_a_working_day_of_25_hours_has_as_many_waking_hours_as_any_other():
    """In Jerusalem they work on Sundays, and the clocks go back on one."""
    opens, closes = at("2026-10-25", 0, "Asia/Jerusalem"), at("2026-10-26", 0, "Asia/Jerusalem")

    assert closes - opens == 25 * HOUR
    assert waking_time(opens, closes, "Asia/Jerusalem") == 12 * HOUR


@pytest.mark.parametrize(
    ("zone", "rests"),
    [
        ("Europe/Zurich", {"Sat", "Sun"}),
        ("Africa/Cairo", {"Fri", "Sat"}),
        ("Asia/Kabul", {"Thu", "Fri"}),
        ("Asia/Tehran", {"Fri"}),
        ("Africa/Kampala", {"Sun"}),
        ("Pacific/Kiritimati", {"Sat", "Sun"}),
    ],
)
def test_each_seat_rests_on_the_days_of_its_country(zone, rests):
    week = [at(f"2026-05-{day}", 17, zone) for day in range(11, 18)]

    assert {f"{one.astimezone(ZoneInfo(zone)):%a}" for one in week if ends_on_day_of_rest(one, zone)} == rests


def test_it_is_the_day_there_and_not_here_that_counts():
    """Friday 17:00 in New York is Saturday on Kiritimati; Sunday 23:00 in London is Monday there."""
    assert ends_on_day_of_rest(at("2026-05-15", 17, "America/New_York"), "Pacific/Kiritimati")
    assert not ends_on_day_of_rest(at("2026-05-17", 23, "Europe/London"), "Pacific/Kiritimati")


def test_a_seat_with_too_few_hours_and_one_at_rest_are_each_named_with_place_and_hour():
    """From Wednesday 18:00 to Friday 12:00 in Zurich."""
    opens, closes = at("2026-05-13", 20, "Europe/Zurich"), at("2026-05-15", 12, "Europe/Zurich")
    seats = [
        ("Alps", ["Europe/Zurich"]),
        ("Nile", ["Africa/Cairo"]),
        ("Kush", ["Asia/Kabul"]),
        ("Nobody", []),
    ]

    assert worries(seats, opens, closes) == [
        "For Nile it ends on a day of rest: Fri 15 May 2026, 13:00 in Cairo.",
        "Kush (Kabul) has only 0 waking hours of working days to answer.",
    ]


def test_one_of_two_who_speak_for_a_seat_is_enough():
    opens, closes = at("2026-05-13", 20, "Europe/Zurich"), at("2026-05-15", 12, "Europe/Zurich")

    assert worries([("Both", ["Asia/Kabul", "Europe/Zurich"])], opens, closes) == []


def seated_in(*zones: str):
    """A committee with a seat for each zone; the chair reads UTC."""
    committee = committee_of(len(zones))
    for number, zone in enumerate(zones, start=1):
        Person.objects.filter(
            seats_held__term__seat__committee=committee, seats_held__term__seat__number=number
        ).update(zone=zone)
    return committee


def opening(client, committee, closes_at, **fields):
    """Opening the round from the page, until `closes_at`; what the page says, or nothing once it is open."""
    Level.objects.update(consultation_days=0)  # of this the page says something, too
    client.force_login(chair_of(committee))
    position = Position.objects.filter(committee=committee).first() or PositionFactory(committee=committee)
    there = closes_at.astimezone(UTC)
    sent = {"procedure": "explicit", "quorum": "half", "threshold": "half", "zone": "UTC"}
    sent |= {"closes_on": f"{there:%Y-%m-%d}", "closes_hour": f"{there:%H:%M}"}
    sent |= {"version": position.versions.get().pk, "seen": newest_text(position).sha256}
    response = client.post(reverse("decisions:open_round", args=[position.pk]), sent | fields)
    return " ".join(response.content.decode().split())


def next_day(now: datetime, weekday: int, hour: int) -> datetime:
    """The next `weekday` (Monday is 0) at least three days away, at `hour` UTC."""
    days = (day for day in (now + timedelta(days=number) for number in range(3, 11)) if day.weekday() == weekday)
    return next(days).replace(hour=hour, minute=0, second=0, microsecond=0)


def test_the_page_says_once_whose_day_of_rest_it_is_and_opens_when_it_is_wanted_all_the_same(client):
    committee = seated_in("Europe/Zurich", "Africa/Cairo")
    friday = next_day(database_now(), 4, 9)
    nile = committee.seats.get(number=2).terms.get().organisation.name

    warned = opening(client, committee, friday)

    assert f"For {nile} it ends on a day of rest: Fri" in warned
    assert "in Cairo." in warned
    assert not Round.objects.exists()
    opening(client, committee, friday, despite="on")
    assert Round.objects.get().closes_at == friday


def test_the_page_warns_for_a_seat_that_sleeps_through_the_window(client):
    committee = seated_in("Europe/Zurich", "Pacific/Kiritimati")

    warned = opening(client, committee, database_now() + 5 * HOUR)

    assert re.search(r"\(Kiritimati\) has only [0-5] waking hours of working days to answer\.", warned)
    assert not Round.objects.exists()


def test_what_is_known_from_the_start_stands_on_the_page_before_anything_is_sent(client):
    committee = seated_in("Europe/Zurich")
    position = PositionFactory(committee=committee)
    Level.objects.update(consultation_days=10)
    client.force_login(chair_of(committee))

    page = client.get(reverse("decisions:open_round", args=[position.pk]))

    said = " ".join(page.content.decode().split())
    assert page.context["form"].known_worries == consultation_missing(position)
    assert "the members are consulted for 10 days first; nobody has been." in said
    assert page.context["form"].fields["despite"].widget.is_hidden


def test_a_usual_closing_on_a_day_of_rest_is_known_from_the_start(client):
    """The window of the level ends on a Saturday: 17:00 is the usual hour."""
    committee = seated_in("Europe/Zurich")
    position = PositionFactory(committee=committee)
    window = next_day(database_now(), 5, 16) - database_now()
    Level.objects.update(consultation_days=0, window_hours=window // HOUR, least_hours=1)
    client.force_login(chair_of(committee))

    page = client.get(reverse("decisions:open_round", args=[position.pk]))

    said = " ".join(page.content.decode().split())
    assert "it ends on a day of rest: Sat" in said
    assert "To know before you send it:" in said


def test_a_window_that_suits_every_seat_opens_without_a_word(client):
    committee = seated_in("Europe/Zurich", "Pacific/Kiritimati", "America/New_York")
    wednesday = next_day(database_now(), 2, 15) + timedelta(days=7)

    opening(client, committee, wednesday)

    assert Round.objects.get().closes_at == wednesday


def test_the_zones_asked_for_are_those_of_everybody_who_speaks_for_a_seat_today():
    asked = opened(seated_in("Europe/Zurich", "Africa/Cairo"))
    other = alternate_of(asked.electors.get(term__seat__number=1))
    Person.objects.filter(pk=other.person_id).update(zone="Asia/Kathmandu")
    SeatHolder.objects.filter(term__seat__number=2).update(until=date(2025, 1, 1))

    found = [set(zones) for _name, zones in zones_of(base_of(asked.committee))]

    assert found == [{"Europe/Zurich", "Asia/Kathmandu"}, set()]
