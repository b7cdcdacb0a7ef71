"""Does a window leave every seat the time to answer? Pure: instants and zones in, sentences out.

Source: reliability, T6 (a deadline set at night or on a holiday, so that silence is taken for consent).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.weeks import weekend_of
from accounts.zones import city, day, hour

AWAKE_FROM, AWAKE_TO = time(8), time(20)
FEW = timedelta(hours=8)  # a working day


def waking_time(opens_at: datetime, closes_at: datetime, zone: str) -> timedelta:
    """How much of the window falls between 08:00 and 20:00 of working days in `zone`."""
    place, rest = ZoneInfo(zone), weekend_of(zone)
    total = timedelta()
    date = opens_at.astimezone(place).date()
    while date <= closes_at.astimezone(place).date():
        if date.weekday() not in rest:
            begins = max(opens_at, datetime.combine(date, AWAKE_FROM, place))
            ends = min(closes_at, datetime.combine(date, AWAKE_TO, place))
            # In UTC: between two hours of one place the clocks may change.
            total += max(timedelta(), ends.astimezone(ZoneInfo("UTC")) - begins.astimezone(ZoneInfo("UTC")))
        date += timedelta(days=1)
    return total


def ends_on_day_of_rest(closes_at: datetime, zone: str) -> bool:
    return closes_at.astimezone(ZoneInfo(zone)).weekday() in weekend_of(zone)


def worries(seats: Iterable[tuple[str, Sequence[str]]], opens_at: datetime, closes_at: datetime) -> list[str]:
    """A sentence for each seat (name, zones of those who speak for it) that has too little time, or none to spare.

    One of its people with enough time is enough. A seat nobody speaks for is worried about elsewhere.
    """
    found = []
    for name, zones in seats:
        if not zones:
            continue
        most, zone = max((waking_time(opens_at, closes_at, zone), zone) for zone in zones)
        there = {"seat": name, "city": city(zone), "hours": most // timedelta(hours=1)}
        if most < FEW:
            found.append(_("%(seat)s (%(city)s) has only %(hours)s waking hours of working days to answer.") % there)
        elif all(ends_on_day_of_rest(closes_at, one) for one in zones):
            local = closes_at.astimezone(ZoneInfo(zone))
            there |= {"when": _("%(day)s, %(hour)s") % {"day": day(local.date()), "hour": hour(closes_at, zone)}}
            found.append(_("For %(seat)s it ends on a day of rest: %(when)s in %(city)s.") % there)
    return found
