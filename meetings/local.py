"""Which instant is an hour on the wall? On the days when clocks change, none or two."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def occurrences(day: date, hour: time, zone: str) -> list[datetime]:
    """The instants (UTC, earliest first) at which calendars and clocks in `zone` show `day` and `hour`: 0, 1 or 2."""
    wall, place = datetime.combine(day, hour), ZoneInfo(zone)
    instants = {wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in instants if one.astimezone(place).replace(tzinfo=None) == wall)
