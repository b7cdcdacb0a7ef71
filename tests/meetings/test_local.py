from datetime import UTC, date, datetime, time

from meetings.local import occurrences


def test_an_hour_like_any_other_comes_once():
    found = occurrences(date(2026, 5, 14), time(17), "Asia/Kathmandu")

    assert found == [datetime(2026, 5, 14, 11, 15, tzinfo=UTC)]


def test_an_hour_the_clocks_jump_over_never_comes():
    assert occurrences(date(2026, 3, 29), time(2, 30), "Europe/Zurich") == []


def test_an_hour_the_clocks_repeat_comes_twice_the_summer_one_first():
    found = occurrences(date(2026, 10, 25), time(2, 30), "Europe/Zurich")

    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]


def test_a_day_that_a_country_skipped_has_no_hours():
    assert occurrences(date(2011, 12, 30), time(12), "Pacific/Apia") == []
