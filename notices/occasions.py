"""Which occasions does a deadline give a person, and when does each leave? Pure: reads no clock and no table."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import Person
from accounts.weeks import weekend_of
from accounts.zones import date_in
from notices.hours import DAILY, MORNING, after_weekend, at_local, outside_quiet_hours
from notices.kind import MOVED, Kind, Slot

# How long before its deadline was set a slot may lie and still be sent in arrears: "3 days before" a milestone made in
# the afternoon of that day is worth a mail, "14 days before" one made last minute is not.
ARREARS = timedelta(hours=24)
# How long after an invitation the first reminder leaves: "24 h before" a meeting called 23 hours ahead says nothing new.
APART = timedelta(hours=1)
WITHIN_A_DAY = timedelta(days=1)  # a slot so near its deadline does not wait for the daily mail


@dataclass(frozen=True)
class Occasion:
    """One slot of one subject for one person: when it leaves and until when it makes sense."""

    slot: Slot
    send_at: datetime
    not_after: datetime


def occasions(kind: Kind, subject: Any, person: Person, *, knows_another: bool = False) -> list[Occasion]:
    """The occasions of `subject` for `person`, earliest first, whatever the hour is now.

    `knows_another`: they were reminded of a deadline that has moved since. Then the first one says so.

    One makes sense until the next one leaves, so that after an outage only the latest is sent, once; and one that
    lies before the deadline not beyond it. The last one after a deadline makes sense until its day is over.
    """
    anchor = kind.anchor(subject)
    if anchor is None:
        return []
    slots = kind.slots_for(person)
    nominal = sorted(((_nominal(slot, anchor, person.zone), slot) for slot in slots), key=lambda pair: pair[0])
    deadline, last = _ends(kind, anchor, person.zone)
    ended = [(instant, slot, deadline if slot.before >= timedelta(0) else last) for instant, slot in nominal]
    ended = [(instant, slot, end) for instant, slot, end in ended if instant < end]
    leaves = [in_open_hours(kind, person, instant, end) for instant, _slot, end in ended]
    since = kind.since_for(subject, person)
    told = in_open_hours(kind, person, since, deadline) if since and (kind.told_at_once or knows_another) else None
    moved = [Occasion(Slot(MOVED, timedelta(0)), told, deadline)] if told and knows_another and told < deadline else []
    return moved + [
        Occasion(slot, send_at, min(end, following))
        for (instant, slot, end), send_at, following in zip(ended, leaves, [*leaves[1:], last], strict=False)
        if since is None or (send_at >= told + APART if told else instant >= since - ARREARS)
    ]


def in_open_hours(kind: Kind, person: Person, instant: datetime, before: datetime | None) -> datetime:
    """When a mail due at `instant` leaves: after the person's quiet hours, or before them if it would be too late.

    And after the weekend of their country, as far as it can wait so long.
    """
    if kind.must_send:
        return instant
    awake = outside_quiet_hours(instant, person.zone, person.quiet_from, person.quiet_to, before)
    if not person.keeps_weekend:
        return awake
    working = after_weekend(awake, person.zone, weekend_of(person.zone), before)
    if working == awake:
        return awake
    return outside_quiet_hours(working, person.zone, person.quiet_from, person.quiet_to, before)


def _ends(kind: Kind, anchor: date | datetime, zone: str) -> tuple[datetime, datetime]:
    """Until when slots before the deadline make sense, and those after it: the end of the day of the last of these."""
    day = date_in(anchor, zone) if isinstance(anchor, datetime) else anchor
    deadline = anchor if isinstance(anchor, datetime) else at_local(day + timedelta(days=1), time(0), zone)
    overdue = max(timedelta(0), *(-slot.before for slot in kind.slots))
    return deadline, at_local(day + overdue + timedelta(days=1), time(0), zone) if overdue else deadline


def _nominal(slot: Slot, anchor: date | datetime, zone: str) -> datetime:
    if not slot.calendar:
        if not isinstance(anchor, datetime):
            raise TypeError(f"{slot.key} counts hours, but the anchor is a day")
        return anchor - slot.before
    day = date_in(anchor, zone) if isinstance(anchor, datetime) else anchor
    return at_local(day - slot.before, MORNING, zone)


def daily_mail_after(person: Person, instant: datetime) -> datetime:
    """The first hour of a daily mail at or after `instant`: 08:00 of a working day, or when quiet hours end after it."""
    day = date_in(instant, person.zone)
    while (hour := _daily_mail_on(person, day)) is None or hour < instant:
        day += timedelta(days=1)
    return hour


def daily_mail_with(kind: Kind, person: Person, occasion: Occasion) -> datetime | None:
    """The hour of the daily mail that takes `occasion` along, always the same; None when it does not wait for one."""
    if occasion.slot.before <= WITHIN_A_DAY or not kind.digestable:
        return None
    hour = _daily_mail_on(person, date_in(occasion.send_at, person.zone))
    return hour if hour is not None and hour < occasion.not_after else None


def _daily_mail_on(person: Person, day: date) -> datetime | None:
    if person.keeps_weekend and day.weekday() in weekend_of(person.zone):
        return None
    return outside_quiet_hours(at_local(day, DAILY, person.zone), person.zone, person.quiet_from, person.quiet_to)
