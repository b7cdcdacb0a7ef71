"""At which hour a mail leaves: clock changes, odd zones, quiet hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.weeks import weekend_of
from notices.hours import MARGIN, after_weekend, at_local, outside_quiet_hours, quiet_span

ODD = ["Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe"]
ZONES = st.sampled_from(["UTC", "Europe/Zurich", "Africa/Casablanca", "Asia/Beirut", "America/Santiago", *ODD])
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
DAYS = st.dates(date(2011, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2011, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "instant"),
    [
        (date(2026, 5, 14), time(9), "Asia/Kathmandu", utc(2026, 5, 14, 3, 15)),
        (date(2026, 5, 14), time(9), "Pacific/Kiritimati", utc(2026, 5, 13, 19)),
        # The clocks jump from 02:00 to 03:00 at 01:00 UTC.
        (date(2026, 3, 29), time(2, 30), "Europe/Zurich", utc(2026, 3, 29, 1)),
        # They go back from 03:00 to 02:00 at 01:00 UTC: the first 02:30 counts.
        (date(2026, 10, 25), time(2, 30), "Europe/Zurich", utc(2026, 10, 25, 0, 30)),
        # Samoa had no 30 December 2011.
        (date(2011, 12, 30), time(9), "Pacific/Apia", utc(2011, 12, 30, 10)),
    ],
)
def test_an_hour_of_a_day_is_one_instant(day, hour, zone, instant):
    assert at_local(day, hour, zone) == instant


@given(DAYS, HOURS, ZONES)
@settings(max_examples=200, deadline=None)
def test_an_hour_that_exists_is_met_and_one_that_does_not_is_the_first_after_the_gap(day, hour, zone):
    instant = at_local(day, hour, zone)

    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    just_before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    wanted = datetime.combine(day, hour)
    assert shown == wanted or just_before < wanted < shown


@pytest.mark.parametrize(
    ("instant", "leaves"),
    [
        (utc(2026, 5, 14, 20, 59), utc(2026, 5, 14, 20, 59)),
        (utc(2026, 5, 14, 21, 0), utc(2026, 5, 15, 8)),  # they begin today
        (utc(2026, 5, 15, 3, 0), utc(2026, 5, 15, 8)),  # they began yesterday
        (utc(2026, 5, 15, 8, 0), utc(2026, 5, 15, 8)),
    ],
)
def test_quiet_hours_hold_a_mail_back_to_their_end(instant, leaves):
    assert outside_quiet_hours(instant, "UTC", time(21), time(8)) == leaves


def test_quiet_hours_within_a_day_end_the_same_day():
    assert outside_quiet_hours(utc(2026, 5, 14, 13, 30), "UTC", time(13), time(15)) == utc(2026, 5, 14, 15)


def test_the_same_hour_twice_means_no_quiet_hours():
    assert outside_quiet_hours(utc(2026, 5, 14, 3), "UTC", time(8), time(8)) == utc(2026, 5, 14, 3)


def test_a_mail_that_would_come_after_its_event_goes_before_the_quiet_hours():
    meeting = utc(2026, 5, 15, 7)

    leaves = outside_quiet_hours(meeting - timedelta(hours=1), "UTC", time(21), time(8), before=meeting)

    assert leaves == utc(2026, 5, 14, 21) - MARGIN


def test_quiet_hours_end_the_first_time_the_clock_shows_their_end():
    second_quarter_past_two = utc(2026, 10, 25, 1, 15)  # 02:15 for the second time

    assert quiet_span(second_quarter_past_two, "Europe/Zurich", time(21), time(2, 30)) is None


@given(INSTANTS, ZONES, HOURS, HOURS)
@settings(max_examples=300, deadline=None)
def test_a_mail_is_never_early_never_in_quiet_hours_and_waits_less_than_two_days(instant, zone, quiet_from, quiet_to):
    leaves = outside_quiet_hours(instant, zone, quiet_from, quiet_to)

    assert instant <= leaves < instant + timedelta(hours=49)
    assert quiet_span(leaves, zone, quiet_from, quiet_to) is None or quiet_to == quiet_from


@given(INSTANTS, ZONES, HOURS, HOURS, st.timedeltas(timedelta(minutes=1), timedelta(days=1)))
@settings(max_examples=300, deadline=None)
def test_a_mail_never_comes_after_its_event(instant, zone, quiet_from, quiet_to, ahead):
    event = instant + ahead

    assert outside_quiet_hours(instant, zone, quiet_from, quiet_to, before=event) < event


@pytest.mark.parametrize(
    ("zone", "instant", "leaves"),
    [
        ("Europe/Zurich", utc(2026, 5, 15, 12), utc(2026, 5, 15, 12)),  # a Friday
        ("Europe/Zurich", utc(2026, 5, 16, 12), utc(2026, 5, 18, 7)),  # Saturday: Monday at 09:00
        ("Africa/Cairo", utc(2026, 5, 15, 12), utc(2026, 5, 17, 6)),  # Friday: Sunday at 09:00
        ("Africa/Cairo", utc(2026, 5, 17, 12), utc(2026, 5, 17, 12)),  # works on Sunday
        ("Asia/Kabul", utc(2026, 5, 14, 12), utc(2026, 5, 16, 4, 30)),  # Thursday: Saturday
        ("Asia/Tehran", utc(2026, 5, 15, 12), utc(2026, 5, 16, 5, 30)),  # rests on Friday only
        ("Asia/Kolkata", utc(2026, 5, 16, 12), utc(2026, 5, 16, 12)),  # rests on Sunday only
        ("Pacific/Kiritimati", utc(2026, 5, 15, 12), utc(2026, 5, 17, 19)),  # it is Saturday there
        ("America/Los_Angeles", utc(2026, 5, 18, 3), utc(2026, 5, 18, 16)),  # still Sunday there
    ],
)
def test_a_mail_waits_for_the_working_morning_after_the_weekend_of_the_place(zone, instant, leaves):
    assert after_weekend(instant, zone, weekend_of(zone)) == leaves


@pytest.mark.parametrize(("event", "waits"), [(utc(2026, 5, 19, 7), True), (utc(2026, 5, 19, 6, 59), False)])
def test_what_would_leave_less_than_a_day_does_not_wait_for_the_end_of_the_weekend(event, waits):
    saturday = utc(2026, 5, 16, 12)

    leaves = after_weekend(saturday, "Europe/Zurich", weekend_of("Europe/Zurich"), before=event)

    assert leaves == (utc(2026, 5, 18, 7) if waits else saturday)


@given(INSTANTS, ZONES)
@settings(max_examples=200, deadline=None)
def test_a_mail_that_waits_leaves_on_a_working_day_within_three_days(instant, zone):
    leaves = after_weekend(instant, zone, weekend_of(zone))

    assert instant <= leaves <= instant + timedelta(days=3)
    assert leaves.astimezone(ZoneInfo(zone)).weekday() not in weekend_of(zone)
