from datetime import date

from campaigns.models import Milestone
from campaigns.timeline import timeline


def milestone(*days, **fields):
    start, end = (*days, None)[:2]
    return Milestone(starts_on=start, ends_on=end, title="Zero draft", **fields)


def test_x_is_the_share_of_days_from_month_to_month():
    drawing = timeline([milestone(date(2026, 2, 10)), milestone(date(2027, 2, 3))], date(2026, 1, 13))

    assert (drawing.first, drawing.last) == (date(2026, 1, 1), date(2027, 3, 1))
    assert [mark.x for mark in drawing.marks] == ["9.43", "93.87"]


def test_right_to_left_mirrors_x():
    rows = [milestone(date(2026, 2, 10)), milestone(date(2026, 4, 14), date(2026, 4, 17))]

    plain, mirrored = timeline(rows, date(2026, 1, 13)), timeline(rows, date(2026, 1, 13), mirrored=True)

    for one, other in zip(plain.marks, mirrored.marks, strict=True):
        assert float(one.x) + float(other.x) == 100
    assert float(mirrored.marks[1].span_x) < float(mirrored.marks[1].x)


def test_numbers_are_those_of_the_table_and_a_dropped_one_is_not_drawn():
    rows = [
        milestone(date(2026, 2, 10), status="dropped", drop_reason="x"),
        milestone(date(2026, 3, 10), status="reached"),
        milestone(date(2026, 4, 10), is_external=True),
    ]

    drawing = timeline(rows, date(2026, 1, 13))

    assert [(mark.number, mark.tone) for mark in drawing.marks] == [(2, "done "), (3, "ext")]


def test_two_close_milestones_stand_one_above_the_other():
    drawing = timeline([milestone(date(2026, 2, 10)), milestone(date(2026, 2, 12))], date(2026, 1, 13))

    assert [mark.y for mark in drawing.marks] == [66, 28]


def test_thirty_years_have_at_most_seven_labels():
    drawing = timeline([milestone(date(1997, 12, 3)), milestone(date(2027, 12, 3))], date(2026, 1, 13))

    assert len([tick for tick in drawing.ticks if tick.label]) <= 7


def test_nothing_to_draw_draws_nothing():
    assert timeline([], date(2026, 1, 13)) is None
