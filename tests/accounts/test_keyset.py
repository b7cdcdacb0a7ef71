"""Pages by cursor, over the sorts of values that lists are in order of."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from accounts.pages import keyset_page
from campaigns.models import Campaign, Milestone
from decisions.models import Position
from meetings.models import Meeting
from tests.factories import CampaignFactory, MeetingFactory, MilestoneFactory, PositionFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 13, 12, 0, 0, 123456, tzinfo=UTC)


def campaigns():
    for number in range(7):
        CampaignFactory(name=f"~ Campaign {number}")
    return Campaign.objects.all(), "name", "-name"


def milestones():
    for number in range(7):
        MilestoneFactory(starts_on=date(2026, 6, 1 + number // 2))  # two on a day: the id decides
    return Milestone.objects.all(), "starts_on", "-starts_on"


def meetings():
    for number in range(7):
        MeetingFactory(starts_at=NOON + timedelta(microseconds=number // 2))
    return Meeting.objects.all(), "starts_at", "-starts_at"


def positions():
    for number in range(7):
        PositionFactory(status="open" if number < 3 else "draft", changed_at=NOON + timedelta(microseconds=number // 2))
    return Position.objects.with_standing(NOON), "standing", "-standing"


LISTS = [campaigns, milestones, meetings, positions]


def walk(rows, order, way):
    """The ids on all pages of two, from the first (or, "before", from the last back)."""
    page, pages = keyset_page(rows, {}, order=order, size=2), []
    while way == "before" and page.after:
        page = keyset_page(rows, {"after": page.after}, order=order, size=2)
    while page:
        pages.append([row.pk for row in page.rows])
        cursor = getattr(page, way)
        page = cursor and keyset_page(rows, {way: cursor}, order=order, size=2)
    return pages


@pytest.mark.parametrize("make", LISTS)
@pytest.mark.parametrize("falling", [False, True])
def test_pages_follow_each_other_through_the_whole_list_and_back(make, falling):
    rows, rising, down = make()
    order = down if falling else rising
    signs = (down, "-id") if falling else (rising, "id")

    there, back = walk(rows, order, "after"), walk(rows, order, "before")

    assert [pk for page in there for pk in page] == [row.pk for row in rows.order_by(*signs)]
    assert back == there[::-1]


@pytest.mark.parametrize("make", LISTS)
@pytest.mark.parametrize(
    "value", ["", "~", "\0", "x", "2026-01-01", "2026-01-01T00:00", "0001-01-01T00:00+14:00", "NaN"]
)
def test_a_broken_cursor_shows_a_page_all_the_same(make, value):
    rows, order, _down = make()
    expected = len(keyset_page(rows, {}, order=order).rows)

    for way in ("after", "before"):
        keyset_page(rows, {way: f"{value}~{UUID(int=0)}"}, order=order)  # some of these can be read: a page, no error
        assert len(keyset_page(rows, {way: value}, order=order).rows) == expected
