from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from accounts.zones import city, countdown, day_range, days_left, in_words, in_zone, is_zone, offset, zone_choices

CLOSING = datetime(2026, 5, 14, 15, 0, tzinfo=UTC)


def test_an_hour_is_said_for_the_place_and_then_for_the_reader():
    words = in_words(CLOSING, "Europe/Zurich", "Asia/Vientiane")

    assert words == "Thu 14 May 2026, 17:00 Zurich (22:00 for you, Vientiane)"


def test_the_day_is_named_where_the_readers_day_differs():
    assert in_words(CLOSING, "Europe/Zurich", "Pacific/Auckland").endswith("(Fri 15 May, 03:00 for you, Auckland)")
    assert in_words(datetime(2026, 5, 14, 1, tzinfo=UTC), "Europe/Zurich", "America/Bogota").endswith(
        "03:00 Zurich (Wed 13 May, 20:00 for you, Bogotá)"
    )


def test_hours_that_agree_are_said_once():
    assert in_words(CLOSING, "Europe/Zurich", "Europe/Oslo") == "Thu 14 May 2026, 17:00 Zurich, same for you"
    assert in_words(CLOSING, "Europe/Zurich", "Europe/Zurich") == "Thu 14 May 2026, 17:00 Zurich, same for you"


def test_equal_hours_on_different_days_do_not_agree():
    noon = datetime(2026, 1, 1, 22, 0, tzinfo=UTC)

    words = in_words(noon, "Pacific/Kiritimati", "Pacific/Honolulu")

    assert words == "Fri 2 Jan 2026, 12:00 Kiritimati (Thu 1 Jan, 12:00 for you, Honolulu)"


def test_without_a_reader_only_the_place_is_said():
    assert in_words(CLOSING, "Asia/Kathmandu") == "Thu 14 May 2026, 20:45 Kathmandu"


def test_the_hour_in_utc_follows_when_asked_and_is_not_said_twice():
    assert in_words(CLOSING, "Europe/Zurich", "Asia/Yangon", utc=True).endswith("(21:30 for you, Yangon; 15:00 UTC)")
    assert in_words(CLOSING, "Africa/Accra", utc=True) == "Thu 14 May 2026, 15:00 Accra"
    assert in_words(CLOSING, "Europe/Zurich", "Europe/Oslo", utc=True).endswith(
        "17:00 Zurich, same for you (15:00 UTC)"
    )


def test_the_hour_at_a_place_follows_its_clock_change():
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)

    assert in_zone(before, "Europe/Zurich") == "Sun 29 Mar 2026, 01:59 Zurich"
    assert in_zone(before + timedelta(minutes=1), "Europe/Zurich") == "Sun 29 Mar 2026, 03:00 Zurich"


def test_agreement_is_of_that_instant_not_of_the_zone():
    march = datetime(2026, 3, 15, 12, tzinfo=UTC)  # America has changed its clocks, Europe has not yet

    assert in_words(march, "Africa/Lagos", "Europe/Zurich").endswith("13:00 Lagos, same for you")
    assert in_words(CLOSING, "Africa/Lagos", "Europe/Zurich").endswith("16:00 Lagos (17:00 for you, Zurich)")


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Zurich", "Zurich"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("America/Port-au-Prince", "Port-au-Prince"),
        ("Asia/Katmandu", "Kathmandu"),
        ("Etc/UTC", "UTC"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, name: str):
    assert city(zone) == name


def test_an_offset_may_have_quarters_and_go_up_to_fourteen_hours():
    assert offset("Asia/Kathmandu", CLOSING) == "UTC+05:45"
    assert offset("Pacific/Kiritimati", CLOSING) == "UTC+14:00"
    assert offset("America/St_Johns", CLOSING) == "UTC−02:30"
    assert offset("Africa/Accra", CLOSING) == "UTC"


def test_zones_are_offered_by_continent_with_the_offset_of_today():
    winter = dict(zone_choices(datetime(2026, 1, 10, tzinfo=UTC)))
    summer = dict(zone_choices(CLOSING))

    assert ("Asia/Kathmandu", "Kathmandu (UTC+05:45)") in winter["Asia"]
    assert ("Europe/Zurich", "Zurich (UTC+01:00)") in winter["Europe"]
    assert ("Europe/Zurich", "Zurich (UTC+02:00)") in summer["Europe"]
    assert next(iter(winter)) == "UTC"
    assert sum(len(zones) for zones in winter.values()) > 350


def test_every_zone_offered_is_a_zone_and_nonsense_is_not():
    offered = [zone for _continent, zones in zone_choices(CLOSING) for zone, _label in zones]

    assert all(is_zone(zone) for zone in offered)
    assert len(set(offered)) == len(offered)
    assert is_zone("Asia/Calcutta")  # an old spelling that rosters hold
    assert not is_zone("Europe/Atlantis")


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=1, hours=7, minutes=59, seconds=59), "in 1 day 7 hours"),
        (timedelta(days=2, minutes=59), "in 2 days"),
        (timedelta(days=2) - timedelta(seconds=1), "in 1 day 23 hours"),
        (timedelta(days=180, hours=23), "in 180 days"),
        (timedelta(hours=23), "in 23 hours"),
        (timedelta(hours=1, minutes=1), "in 1 hour 1 minute"),
        (timedelta(minutes=12, seconds=59), "in 12 minutes"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(0), "in less than a minute"),
        (-timedelta(seconds=1), "just now"),
        (-timedelta(minutes=1), "1 minute ago"),
        (-timedelta(hours=3, minutes=59), "3 hours ago"),
        (-timedelta(days=1, hours=23), "1 day ago"),
    ],
)
def test_a_countdown_is_rounded_down(left: timedelta, words: str):
    assert countdown(CLOSING + left, CLOSING) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (3, "in 3 days"), (-1, "yesterday"), (-14, "14 days ago")],
)
def test_days_are_counted_by_the_calendar(days: int, words: str):
    assert days_left(date(2026, 5, 14) + timedelta(days=days), date(2026, 5, 14)) == words


@pytest.mark.parametrize(
    ("start", "end", "precision", "words"),
    [
        (date(2026, 11, 9), date(2026, 11, 13), "day", "9–13 Nov 2026"),
        (date(2026, 11, 30), date(2026, 12, 2), "day", "30 Nov – 2 Dec 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "day", "30 Dec 2026 – 2 Jan 2027"),
        (date(2026, 11, 9), date(2027, 11, 9), "day", "9 Nov 2026 – 9 Nov 2027"),
        (date(2026, 2, 10), None, "day", "10 Feb 2026"),
        (date(2026, 2, 10), date(2026, 2, 10), "day", "10 Feb 2026"),
        (date(2026, 11, 1), None, "month", "November 2026"),
        (date(2026, 10, 1), date(2026, 11, 30), "month", "October–November 2026"),
        (date(2026, 12, 1), date(2027, 1, 31), "month", "December 2026 – January 2027"),
        (date(2026, 1, 1), date(2026, 12, 31), "year", "2026"),
        (date(2026, 1, 1), date(2027, 12, 31), "year", "2026–2027"),
    ],
)
def test_a_range_says_each_part_once_and_no_more_than_is_known(
    start: date, end: date | None, precision: str, words: str
):
    assert day_range(start, end, precision) == words


def test_days_and_months_speak_the_readers_language():
    with translation.override("fr"):
        assert in_zone(CLOSING, "Europe/Zurich").lower() == "jeu 14 mai 2026, 17:00 zurich"
    with translation.override("ar"):
        assert "مايو" in in_zone(CLOSING, "Asia/Beirut")
        assert day_range(date(2026, 11, 9), date(2026, 11, 13)).startswith("9–13 ")
