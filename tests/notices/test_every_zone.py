"""Calendar reminders in every zone over every jump of the clocks in ten years, and what the calendar does to quiet hours."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from accounts.clock import database_now
from accounts.models import Person
from notices.actions.claiming import Watch, reserve
from notices.actions.sending import send_due
from notices.hours import MORNING, at_local, quiet_span
from notices.models import Delivery
from notices.occasions import occasions
from tests.notices.errands.kinds import ErrandDue
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, due

FIRST, LAST = datetime(2026, 11, 25, tzinfo=UTC), datetime(2036, 11, 25, tzinfo=UTC)
HOURS = [
    time(0),
    time(0, 30),
    time(1),
    time(1, 30),
    time(2),
    time(2, 30),
    time(3),
    time(8),
    MORNING,
    time(21),
    time(23, 30),
]


@cache
def jumps(zone: str) -> list[datetime]:
    """The instants between FIRST and LAST after which the clocks of `zone` show another offset, to the minute."""
    place, found, at = ZoneInfo(zone), [], FIRST
    while at < LAST:
        then = at + timedelta(days=7)  # no zone jumps there and back within a week
        if at.astimezone(place).utcoffset() != then.astimezone(place).utcoffset():
            found.append(_jump(place, at, then))
        at = then
    return found


def _jump(place: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(place).utcoffset() == before else (low, middle)
    return high


def test_in_every_zone_every_hour_around_every_jump_is_one_instant_with_exactly_that_wall_clock():
    """P10: but for hours that do not exist, which are the first instant after the gap."""
    wrong, jumped = [], 0
    for zone in sorted(available_timezones()):
        place = ZoneInfo(zone)
        for jump in jumps(zone):
            jumped += 1
            day = jump.astimezone(place).date()
            for hour in HOURS:
                for on in (day - timedelta(days=1), day, day + timedelta(days=1)):
                    instant = at_local(on, hour, zone)
                    shown, asked = instant.astimezone(place).replace(tzinfo=None), datetime.combine(on, hour)
                    if shown != asked and not (shown > asked and abs(instant - jump) <= timedelta(minutes=1)):
                        wrong.append((zone, on, hour, shown))

    assert jumped > 2000
    assert wrong == []


def test_in_every_zone_each_day_around_a_jump_has_one_morning_and_they_come_in_order():
    """Nothing missing, nothing double: the mornings of neighbouring days lie 22 to 26 hours apart, but for a zone
    that leaves out a day."""
    wrong = []
    for zone in sorted(available_timezones()):
        for jump in jumps(zone):
            day = jump.astimezone(ZoneInfo(zone)).date()
            mornings = [at_local(day + timedelta(days=number), MORNING, zone) for number in range(-2, 3)]
            gaps = {(later - earlier) / timedelta(hours=1) for earlier, later in pairwise(mornings)}
            wrong += [(zone, day, gaps)] if not all(22 <= gap <= 26 for gap in gaps) else []

    assert wrong == []


def test_in_every_zone_each_occasion_of_a_deadline_at_a_jump_comes_once_and_in_its_order():
    kind, wrong = ErrandDue(), []
    for zone in sorted(available_timezones()):
        person = Person(zone=zone, **AWAKE)
        for jump in jumps(zone)[:4]:
            found = occasions(kind, Errand(day=jump.astimezone(ZoneInfo(zone)).date()), person)
            leaves = [one.send_at for one in found]
            local = {one.send_at.astimezone(ZoneInfo(zone)).time() for one in found}
            is_whole = [one.slot.key for one in found] == ["P14D", "P7D", "P3D", "P1D", "P0D"]
            wrong += [(zone, jump, found)] if not is_whole or leaves != sorted(leaves) or local != {MORNING} else []

    assert wrong == []


def test_in_every_zone_quiet_hours_around_a_jump_end_when_the_clock_first_shows_their_end():
    wrong = []
    for zone in sorted(available_timezones()):
        for jump in jumps(zone):
            span = quiet_span(jump, zone, time(21), time(8))
            if span is not None and span[1].astimezone(ZoneInfo(zone)).time() != time(8):
                wrong.append((zone, jump, span))

    assert wrong == []


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Asia/Kathmandu", datetime(2026, 12, 1, 3, 15, tzinfo=UTC)),  # +05:45
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 19, tzinfo=UTC)),  # +14
        ("Pacific/Chatham", datetime(2026, 11, 30, 19, 15, tzinfo=UTC)),  # +13:45
        ("Etc/GMT+12", datetime(2026, 12, 1, 21, tzinfo=UTC)),  # -12
    ],
)
def test_nine_in_the_morning_in_zones_far_off_and_between_the_hours(zone, instant):
    assert at_local(date(2026, 12, 1), MORNING, zone) == instant


@pytest.mark.django_db
def test_a_clock_that_steps_back_sends_nothing_again(smtp):
    due()
    now = database_now()
    first = send_due(now=now)

    again = [send_due(now=now - timedelta(hours=hours)) for hours in (1, 0)]

    assert (first, again) == (1, [0, 0])
    assert len(smtp.messages) == 1


@pytest.mark.django_db
def test_a_clock_that_steps_back_delays_what_was_reserved_and_loses_nothing(smtp):
    due()
    now = database_now()
    reserve(Watch(now))

    early, later = send_due(now=now - timedelta(seconds=30)), send_due(now=now + timedelta(seconds=2))

    assert (early, later) == (0, 1)
    assert Delivery.objects.get().state == "sent"
