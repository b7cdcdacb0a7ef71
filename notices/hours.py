"""At which hour? Pure arithmetic on instants, zones and quiet hours; nothing here reads a clock or a table."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)  # the hour of a calendar reminder, in the reader's zone (foundations)


def at_local(day: date, hour: time, zone: str) -> datetime:
    """The instant of `hour` on `day` in `zone`, in UTC.

    An hour the clocks jump over is the first instant after the gap; one they repeat is its first occurrence.
    """
    local = datetime.combine(day, hour, ZoneInfo(zone))
    instant = local.astimezone(ZoneInfo("UTC"))
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap, fold=0 reads the hour with the offset before it: the jump is the difference of the two offsets.
    after = local.replace(fold=1).utcoffset() or timedelta()
    before = local.utcoffset() or timedelta()
    return _first_instant_after_gap(local, before, after)


def _first_instant_after_gap(local: datetime, before: timedelta, after: timedelta) -> datetime:
    low = (local.replace(tzinfo=ZoneInfo("UTC")) - max(before, after)).astimezone(ZoneInfo("UTC"))
    high = (local.replace(tzinfo=ZoneInfo("UTC")) - min(before, after)).astimezone(ZoneInfo("UTC"))
    zone, offset = local.tzinfo, low.astimezone(local.tzinfo).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def is_quiet(instant: datetime, zone: str, quiet_from: time, quiet_to: time) -> bool:
    """Whether `instant` falls into the person's quiet hours; the same hour twice means none."""
    hour = instant.astimezone(ZoneInfo(zone)).time()
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to


def outside_quiet_hours(
    instant: datetime, zone: str, quiet_from: time, quiet_to: time, before: datetime | None = None
) -> datetime:
    """`instant`, or the end of the quiet hours it falls into; if that is not earlier than `before`, their beginning.

    Source: foundations, "Hour of a reminder".
    """
    if not is_quiet(instant, zone, quiet_from, quiet_to):
        return instant
    local = instant.astimezone(ZoneInfo(zone))
    # The evening of a night that began yesterday, seen after midnight.
    began = local.date() if local.time() >= quiet_from else local.date() - timedelta(days=1)
    ends = began if quiet_from < quiet_to else began + timedelta(days=1)
    end = at_local(ends, quiet_to, zone)
    if before is not None and end >= before:
        # A minute early, so that the mail is out before the silence begins.
        return at_local(began, quiet_from, zone) - timedelta(minutes=1)
    return end
