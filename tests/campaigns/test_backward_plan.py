"""Dates over working days: the arithmetic, for many days, weekends and lengths."""

import random
from datetime import date, timedelta

import pytest

from accounts.weeks import weekend_of
from campaigns.backward_plan import TooFarBack, laid_backwards, moved_along, workday_before, workdays_between, works

WEEKENDS = [frozenset(days) for days in ({5, 6}, {4, 5}, {3, 4}, {4}, {6}, set())]
SEEDS = range(60)


def a_case(seed):
    chance = random.Random(seed)
    return chance, WEEKENDS[seed % len(WEEKENDS)], date(2020, 1, 1) + timedelta(days=chance.randrange(4000))


def workdays(first, last, weekend):
    """Counted one by one, both days included."""
    return sum(works(first + timedelta(days=ahead), weekend) for ahead in range((last - first).days + 1))


def test_dublin_on_19_may_2008_is_prepared_from_the_first_of_may():
    laid = laid_backwards(date(2008, 5, 19), [5, 3, 3, 1], frozenset({5, 6}))

    assert [(one.first.isoformat(), one.last.isoformat()) for one in laid] == [
        ("2008-05-01", "2008-05-07"),
        ("2008-05-08", "2008-05-12"),
        ("2008-05-13", "2008-05-15"),
        ("2008-05-16", "2008-05-16"),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_have_their_length_touch_each_other_and_end_before_the_deadline(seed):
    chance, weekend, deadline = a_case(seed)
    lengths = [chance.randint(1, 40) for _step in range(chance.randint(1, 12))]

    laid = laid_backwards(deadline, lengths, weekend)

    assert [workdays(one.first, one.last, weekend) for one in laid] == lengths
    assert all(works(day, weekend) for one in laid for day in (one.first, one.last))
    borders = [one.first for one in laid[1:]] + [deadline]
    assert [workdays_between(one.last, then, weekend) for one, then in zip(laid, borders, strict=True)] == [1] * len(
        laid
    )
    assert all(one.last < then for one, then in zip(laid, borders, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_counting_by_weeks_is_counting_day_by_day(seed):
    chance, weekend, day = a_case(seed)
    other = day + timedelta(days=chance.randrange(800))

    assert workdays_between(day, other, weekend) == workdays(day, other - timedelta(days=1), weekend)
    assert workdays_between(other, day, weekend) == -workdays_between(day, other, weekend)


@pytest.mark.parametrize("seed", SEEDS)
def test_so_many_working_days_before_a_day_are_so_many(seed):
    chance, weekend, day = a_case(seed)
    days = chance.randint(1, 300)

    before = workday_before(day, weekend, days)

    assert works(before, weekend)
    assert workdays_between(before, day, weekend) == days


@pytest.mark.parametrize("seed", SEEDS)
def test_moved_there_and_back_everything_stands_where_it_stood(seed):
    chance, weekend, deadline = a_case(seed)
    laid = laid_backwards(deadline, [chance.randint(1, 9) for _step in range(5)], weekend)
    there = deadline + timedelta(days=chance.randrange(-200, 200))

    moved = [moved_along(one.first, one.last, old=deadline, new=there, weekend=weekend) for one in laid]
    back = [moved_along(first, last, old=there, new=deadline, weekend=weekend) for first, last in moved]

    assert [(first, last or first) for first, last in back] == [(one.first, one.last) for one in laid]
    assert [workdays(first, last or first, weekend) for first, last in moved] == [one.days for one in laid]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_follows_the_deadline_keeps_its_distance_too(seed):
    chance, weekend, deadline = a_case(seed)
    while not works(deadline, weekend):
        deadline += timedelta(days=1)
    there = deadline + timedelta(days=7 * chance.randrange(-20, 20))
    follow_up = deadline + timedelta(days=chance.randrange(1, 90))
    while not works(follow_up, weekend):
        follow_up += timedelta(days=1)

    first, last = moved_along(follow_up, None, old=deadline, new=there, weekend=weekend)

    assert (first - there, last) == (follow_up - deadline, None)


def test_the_calendar_ends_somewhere():
    with pytest.raises(TooFarBack):
        laid_backwards(date(1, 1, 9), [5, 5], frozenset({5, 6}))
    with pytest.raises(TooFarBack):
        workday_before(date.min, frozenset(), 250)
    with pytest.raises(TooFarBack):
        moved_along(date(2026, 5, 20), None, old=date(2026, 5, 1), new=date.max, weekend=frozenset())


def test_late_is_what_would_have_begun_before_today():
    (step,) = laid_backwards(date(2026, 5, 19), [5], frozenset({5, 6}))  # 12 to 18 May

    days = [date(2026, 5, 12), date(2026, 5, 13), date(2026, 5, 18), date(2026, 5, 19)]
    assert [step.is_late(today) for today in days] == [False, True, True, True]
    assert [step.is_over(today) for today in days] == [False, False, False, True]


@pytest.mark.parametrize(
    ("zone", "weekend"),
    [
        ("Europe/Dublin", {5, 6}),
        ("Africa/Cairo", {4, 5}),
        ("Asia/Kabul", {3, 4}),
        ("Asia/Tehran", {4}),
        ("Asia/Dubai", {5, 6}),
        ("UTC", {5, 6}),
        ("Asia/Calcutta", {5, 6}),  # an old spelling, of which no country is known
    ],
)
def test_weekends_are_those_of_the_place(zone, weekend):
    assert weekend_of(zone) == weekend
