"""Times in templates: thin tags over `accounts.zones`.

The reader's zone and the hour come from the context (`reader_zone`, `now`: see `home.context`); without a zone, UTC.
An include with `only` does not see them. Tags give HTML with <time>; filters and `in_words` give plain text, for mails.
"""

from datetime import UTC, date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import zones

register = template.Library()
Context = template.Context


def _reader(context: Context, zone: str | None = None) -> str:
    return zone or context.get("reader_zone") or "UTC"


def _today(context: Context) -> date:
    return zones.date_in(context["now"], _reader(context))


def _machine(instant: datetime) -> str:
    """What a <time> says to programs: "2026-05-14T15:00Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _time(value: datetime | date, words: str) -> SafeString:
    machine = _machine(value) if isinstance(value, datetime) else value.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, words)


@register.simple_tag(takes_context=True)
def instant(
    context: Context, value: datetime | None, zone: str, reader: str | None = None, *, utc: bool = False
) -> str:
    """An instant at its place and for the reader: "Thu 14 May 2026, 17:00 Zurich (22:00 for you, Vientiane)"."""
    if value is None:
        return ""
    others = zones.for_you(value, zone, _reader(context, reader), utc=utc)
    return format_html("{}{}", _time(value, zones.in_zone(value, zone)), others)


@register.simple_tag(takes_context=True)
def for_reader(context: Context, value: datetime | None, zone: str | None = None, *, short: bool = False) -> str:
    """An instant in the reader's zone, which the footer names: "Thu 14 May 2026, 22:00"; `short`: "14 May, 22:00"."""
    if value is None:
        return ""
    reader = _reader(context, zone)
    return _time(value, zones.short_moment(value, reader, context.get("now")) if short else zones.moment(value, reader))


@register.simple_tag(takes_context=True)
def days_left(context: Context, value: date) -> str:
    """How far away a day is by the reader's calendar: "tomorrow", "in 3 days"."""
    return zones.days_left(value, _today(context))


@register.simple_tag
def day(value: date | None) -> str:
    """A day with its weekday: "Thu 14 May 2026"."""
    return "" if value is None else _time(value, zones.day(value))


@register.simple_tag
def short_day(value: date) -> str:
    """A day of these weeks: "Thu 14 May"."""
    return _time(value, zones.short_day(value))


@register.simple_tag
def day_range(start: date | None, end: date | None = None, precision: str = "day") -> str:
    """A day or days, no more exact than known: "9–13 Nov 2026", "November 2026"."""
    if start is None:
        return ""
    letters = {"year": 4, "month": 7}.get(precision, 10)
    return format_html(
        '<time datetime="{}">{}</time>', start.isoformat()[:letters], zones.day_range(start, end, precision)
    )


@register.simple_tag(takes_context=True)
def zones_of(context: Context, value: datetime, zone: str) -> list[tuple[str, SafeString]]:
    """An instant where it happens, for the reader, and in UTC, each once: [("In Zurich, where it is called", <time>)]."""
    reader = _reader(context)
    labels = {zone: _("In %(city)s, where it is called") % {"city": zones.city(zone)}}
    if zone == reader:
        labels[zone] = _("In %(city)s, where it is called, and for you") % {"city": zones.city(zone)}
    labels.setdefault(reader, _("For you, in %(city)s") % {"city": zones.city(reader)})
    labels.setdefault("UTC", "UTC")
    return [(label, _time(value, zones.moment(value, place))) for place, label in labels.items()]


@register.simple_tag
def in_words(value: datetime, zone: str, reader: str | None = None, *, utc: bool = False) -> str:
    """As `instant`, in plain text: for mails."""
    return zones.in_words(value, zone, reader, utc=utc)


@register.filter
def in_zone(value: datetime, zone: str) -> str:
    """Plain text: "Thu 14 May 2026, 17:00 Zurich"."""
    return zones.in_zone(value, zone)


@register.filter
def hour_in(value: datetime, zone: str) -> str:
    """Plain text: "17:00"."""
    return zones.hour(value, zone)


@register.filter
def countdown(value: datetime, now: datetime) -> str:
    """How far away an instant is, rounded down: "in 1 day 7 hours", "3 hours ago"."""
    return zones.countdown(value, now)


@register.filter
def hours(count: int) -> str:
    """So many hours, as people say them: "3 days" for 72."""
    return zones.so_many_hours(count)


@register.filter
def city(zone: str | None) -> str:
    """The city that stands for a zone; "UTC" for none."""
    return zones.city(zone or "UTC")
