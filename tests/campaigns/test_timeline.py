from datetime import date
from itertools import pairwise

import pytest

from campaigns.models import Milestone
from campaigns.rows import Row
from campaigns.timeline import timeline as drawing_of
from campaigns.window import Window, window


def milestone(*days, **fields):
    start, end = (*days, None)[:2]
    return Milestone(starts_on=start, ends_on=end, title="Zero draft", **fields)


def timeline(milestones, today, *rest, **options):
    return drawing_of([Row(number, one) for number, one in enumerate(milestones, 1)], today, *rest, **options)


def labels(drawing):
    return [tick.label for tick in drawing.ticks if tick.label]


def test_x_is_the_share_of_days_from_month_to_month():
    drawing = timeline([milestone(date(2026, 2, 10)), milestone(date(2027, 2, 3))], date(2026, 1, 13))

    assert (drawing.first, drawing.last) == (date(2026, 1, 1), date(2027, 2, 28))
    assert [mark.x for mark in drawing.marks] == ["9.43", "93.87"]


def test_right_to_left_mirrors_x():
    rows = [milestone(date(2026, 2, 10)), milestone(date(2026, 4, 14), date(2026, 4, 17))]

    plain, mirrored = timeline(rows, date(2026, 1, 13)), timeline(rows, date(2026, 1, 13), mirrored=True)

    for one, other in zip(plain.marks, mirrored.marks, strict=True):
        assert float(one.x) + float(other.x) == 100
    assert float(mirrored.marks[1].span_to) < float(mirrored.marks[1].x)


def test_numbers_are_those_of_the_table_and_a_dropped_one_is_not_drawn():
    rows = [
        milestone(date(2026, 2, 10), status="dropped", drop_reason="x"),
        milestone(date(2026, 3, 10), status="reached"),
        milestone(date(2026, 4, 10), is_external=True),
    ]

    drawing = timeline(rows, date(2026, 1, 13))

    assert [(mark.number, mark.tone) for mark in drawing.marks] == [(2, "done"), (3, "ext")]


def test_two_close_milestones_stand_one_above_the_other():
    drawing = timeline([milestone(date(2026, 2, 10)), milestone(date(2026, 2, 12))], date(2026, 1, 13))

    assert [mark.y for mark in drawing.marks] == [66, 28]


def test_thirty_years_have_at_most_seven_labels():
    drawing = timeline([milestone(date(1997, 12, 3)), milestone(date(2027, 12, 3))], date(2026, 1, 13))

    assert len(labels(drawing)) <= 7


def test_nothing_to_draw_draws_nothing():
    assert timeline([], date(2026, 1, 13)) is None


def test_a_month_stands_in_its_middle_and_shows_how_long_it_is():
    (mark,) = timeline([milestone(date(2026, 4, 1), precision="month")], date(2026, 1, 13)).marks

    assert (mark.is_vague, mark.span_x, mark.x, mark.span_to) == (True, "49.72", "58.01", "66.30")


def test_a_vague_date_keeps_its_level_for_itself_as_long_as_it_lasts():
    year = milestone(date(2026, 1, 1), precision="year")

    drawing = timeline([year, milestone(date(2026, 11, 5))], date(2026, 1, 13))

    assert drawing.marks[0].y != drawing.marks[1].y


def test_a_finished_campaign_is_drawn_without_the_years_since():
    drawing = timeline(
        [milestone(date(2007, 2, 22)), milestone(date(2008, 5, 19))], date(2026, 1, 13), with_today=False
    )

    assert (drawing.first, drawing.last, drawing.today) == (date(2007, 2, 1), date(2008, 5, 31), "")


@pytest.mark.parametrize("number", [200, 400])
def test_hundreds_of_milestones_never_touch_on_a_phone(number):
    rows = [milestone(date.fromordinal(date(2026, 1, 1).toordinal() + day * 700 // number)) for day in range(number)]

    drawing = timeline(rows, date(2026, 1, 13))

    by_level = {}
    for mark in drawing.marks:
        by_level.setdefault(mark.y, []).append(float(mark.x))
    stacked = [float(stack.x) for stack in drawing.stacks]
    gaps = [b - a for line in [*by_level.values(), stacked] for a, b in pairwise(line)]
    assert min(gaps) >= 7.19
    assert len(drawing.marks) + sum(stack.count for stack in drawing.stacks) == number
    assert drawing.height <= 420


def test_what_cannot_stand_alone_is_counted_in_a_stack():
    drawing = timeline([milestone(date(2026, 2, 10)) for _one in range(15)], date(2026, 1, 13))

    assert [stack.numbers for stack in drawing.stacks] == [[13, 14, 15]]


def test_a_line_leads_from_what_comes_first_to_what_comes_after_it():
    first, then = milestone(date(2026, 2, 10)), milestone(date(2026, 4, 10))
    rows = [Row(1, first), Row(2, then, after=[1], blocked_by=[1]), Row(3, then, after=[1, 99])]

    drawing = drawing_of(rows, date(2026, 1, 13))

    assert [(one.x1, one.x2, one.is_late) for one in drawing.arrows] == [
        (drawing.marks[0].x, drawing.marks[1].x, True),
        (drawing.marks[0].x, drawing.marks[2].x, False),
    ]


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"zoom": "year"}, (date(2026, 1, 1), date(2026, 12, 31))),
        ({"zoom": "quarter"}, (date(2026, 4, 1), date(2026, 6, 30))),
        ({"zoom": "month", "from": "2028-02-29"}, (date(2028, 2, 1), date(2028, 2, 29))),
        ({"from": "2026-03-02", "to": "2026-03-02"}, (date(2026, 3, 2), date(2026, 3, 2))),
        ({"from": "2026-03-02"}, (date(2026, 3, 2), None)),
        ({"zoom": "month", "from": "9999-12-31"}, (date(9999, 12, 1), date.max)),
        ({}, (None, None)),
    ],
)
def test_the_question_is_a_window(asked, days):
    found = window(asked, date(2026, 5, 13))

    assert ((found.first, found.last), found.ignored) == (days, [])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"zoom": "decade"}, "“decade” is no zoom: choose year, quarter or month."),
        ({"from": "31 May"}, "“31 May” is no day: write it as 2026-05-31. It is left out."),
        ({"to": "2026-02-30"}, "“2026-02-30” is no day: write it as 2026-05-31. It is left out."),
        (
            {"from": "2026-05-02", "to": "2026-05-01"},
            "The last day asked for comes before the first: everything is shown.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_left_out(asked, sentence):
    found = window(asked, date(2026, 5, 13))

    assert (found.is_whole, found.ignored) == (True, [sentence])


@pytest.mark.parametrize("zoom", ["year", "quarter", "month"])
def test_earlier_and_later_meet_without_a_gap(zoom):
    here = window({"zoom": zoom}, date(2026, 5, 13))

    before, after = window(here.earlier, date.max), window(here.later, date.max)

    assert [
        (one.toordinal(), other.toordinal()) for one, other in ((before.last, here.first), (here.last, after.first))
    ] == [
        (here.first.toordinal() - 1, here.first.toordinal()),
        (here.last.toordinal(), here.last.toordinal() + 1),
    ]
    assert window(before.later, date.max) == here


@pytest.mark.parametrize("asked", [{"from": "0001-01-01", "to": "0001-01-09"}, {"zoom": "year", "from": "0001-05-01"}])
def test_before_the_first_day_there_is_no_earlier(asked):
    assert window(asked, date(2026, 5, 13)).earlier == {}


@pytest.mark.parametrize("asked", [{"from": "9999-12-31", "to": "9999-12-31"}, {"zoom": "year", "from": "9999-12-31"}])
def test_the_last_days_of_the_calendar_are_drawn_and_have_no_later(asked):
    last = window(asked, date(2026, 5, 13))

    drawing = timeline([milestone(date.max)], date(2026, 5, 13), last)

    assert (last.later, len(drawing.marks)) == ({}, 1)


def test_all_of_the_calendar_has_few_labels():
    drawing = timeline([milestone(date.min), milestone(date.max)], date(2026, 1, 13))

    assert len(labels(drawing)) <= 7


def test_what_began_before_the_window_stands_at_its_edge():
    rows = [milestone(date(2026, 3, 20), date(2026, 4, 10))]

    drawing = timeline(rows, date(2026, 4, 13), Window("", date(2026, 4, 1), date(2026, 4, 30)))

    assert [(mark.x, mark.span_x, mark.span_to) for mark in drawing.marks] == [("0.00", "0.00", "33.33")]
    assert drawing.today == "40.00"
