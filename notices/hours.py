"""At which hour? Pure arithmetic on instants, zones and quiet hours; nothing here reads a clock or a table."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.weeks import Weekend
from accounts.zones import date_in

MORNING = time(9)  # the hour of a calendar reminder, in the reader's zone (foundations)
DAILY = time(8)  # the hour of the daily mail, in the reader's zone
LEAD = timedelta(days=1)  # what a mail that waits for the end of a weekend leaves its reader at least
MARGIN = timedelta(minutes=5)  # so that a mail which goes before quiet hours is out before they begin


def at_local(day: date, hour: time, zone: str) -> datetime:
    """The instant of `hour` on `day` in `zone`, in UTC.

    An hour the clocks jump over is the first instant after the gap; one they repeat is its first occurrence.
    """
    place = ZoneInfo(zone)
    local = datetime.combine(day, hour, place)
    instant = local.astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # Within a gap the two readings of the hour lie on either side of the jump.
    return _jump_between(local.replace(fold=1).astimezone(UTC), instant, place)


def _jump_between(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def quiet_span(instant: datetime, zone: str, quiet_from: time, quiet_to: time) -> tuple[datetime, datetime] | None:
    """The quiet hours `instant` falls into: (their beginning, their end), or None. The same hour twice means none.

    They end the first time the clock shows `quiet_to`, also in a night in which it shows it twice.
    """
    if quiet_from == quiet_to:
        return None
    today = date_in(instant, zone)
    overnight = timedelta(days=int(quiet_from > quiet_to))
    for began in (today - timedelta(days=1), today):
        start, end = at_local(began, quiet_from, zone), at_local(began + overnight, quiet_to, zone)
        if start <= instant < end:
            return start, end
    return None


def outside_quiet_hours(
    instant: datetime, zone: str, quiet_from: time, quiet_to: time, before: datetime | None = None
) -> datetime:
    """`instant`, or the end of the quiet hours it falls into; if that is not earlier than `before`, their beginning.

    Source: foundations, "Hour of a reminder".
    """
    span = quiet_span(instant, zone, quiet_from, quiet_to)
    if span is None:
        return instant
    start, end = span
    return start - MARGIN if before is not None and end >= before else end


def after_weekend(instant: datetime, zone: str, weekend: Weekend, before: datetime | None = None) -> datetime:
    """`instant`, or 09:00 of the next working day if there it lies in the weekend.

    What would then come less than a day before `before` does not wait: who has an event on Sunday or Monday morning
    is better told on Saturday than too late.
    """
    day = date_in(instant, zone)
    if day.weekday() not in weekend:
        return instant
    while day.weekday() in weekend:
        day += timedelta(days=1)
    morning = at_local(day, MORNING, zone)
    return instant if before is not None and morning + LEAD > before else morning
