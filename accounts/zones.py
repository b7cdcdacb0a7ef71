"""Hours and places as people say them: a city, never "CET"; the place's hour first, then the reader's.

Instants are aware datetimes, zones are IANA names ("Asia/Kathmandu"). Every function speaks the active language;
patterns with the context "date format" are Django's date letters, which translators may put in another order.
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path

from django.utils.dateformat import format as django_format
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

# Where the last part of the IANA name is not what people call the place.
CITIES = {
    "Africa/Lome": "Lomé",
    "Africa/Ndjamena": "N’Djamena",
    "Africa/Sao_Tome": "São Tomé",
    "America/Argentina/Cordoba": "Córdoba",
    "America/Argentina/Tucuman": "Tucumán",
    "America/Asuncion": "Asunción",
    "America/Bogota": "Bogotá",
    "America/Cancun": "Cancún",
    "America/Ciudad_Juarez": "Ciudad Juárez",
    "America/Mazatlan": "Mazatlán",
    "America/Merida": "Mérida",
    "America/Sao_Paulo": "São Paulo",
    "America/St_Johns": "St. John’s",
    "Antarctica/DumontDUrville": "Dumont d’Urville",
    "Asia/Calcutta": "Kolkata",
    "Asia/Ho_Chi_Minh": "Ho Chi Minh City",
    "Asia/Katmandu": "Kathmandu",
    "Asia/Rangoon": "Yangon",
    "Asia/Saigon": "Ho Chi Minh City",
    "Atlantic/Reykjavik": "Reykjavík",
    "Europe/Kiev": "Kyiv",
    "Indian/Reunion": "Réunion",
    "Pacific/Noumea": "Nouméa",
    "UTC": "UTC",
}
CONTINENTS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("Americas"),
    "Antarctica": gettext_lazy("Antarctica"),
    "Arctic": gettext_lazy("Arctic"),
    "Asia": gettext_lazy("Asia"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Australia": gettext_lazy("Australia"),
    "Europe": gettext_lazy("Europe"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific"),
}


def is_zone(name: str) -> bool:
    """True for a zone name that this machine knows, old spellings ("Asia/Calcutta") included."""
    return name in zoneinfo.available_timezones()


def date_in(instant: datetime, zone: str) -> date:
    """Which day it is at that place at `instant`."""
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).date()


def city(zone: str) -> str:
    """The city that stands for a zone: "Europe/Zurich" → "Zurich", "Etc/UTC" → "UTC"."""
    return CITIES.get(zone) or zone.rpartition("/")[2].replace("_", " ")


def offset(zone: str, at: datetime) -> str:
    """What a zone is ahead of UTC at an instant: "UTC+05:45", "UTC−03:00", "UTC"."""
    ahead = at.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or timedelta()
    if not ahead:
        return "UTC"
    minutes = abs(ahead) // timedelta(minutes=1)
    sign = "+" if ahead > timedelta() else "−"
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def zone_choices(now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones for a select, grouped by continent: [("Asia", [("Asia/Kathmandu", "Kathmandu (UTC+05:45)"), …]), …].

    `now` decides between summer and winter offsets.
    """
    groups = [(str(CONTINENTS[continent]), list(zones)) for continent, zones in _choices(now.astimezone(UTC).date())]
    return [("UTC", [("UTC", "UTC")]), *groups]


@lru_cache(maxsize=2)
def _choices(day: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Opening 400 zone files takes a tenth of a second: once a day is enough."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    groups: dict[str, list[tuple[str, str]]] = {continent: [] for continent in CONTINENTS}
    for zone in _listed_zones():
        continent = zone.partition("/")[0]
        groups[continent].append((zone, f"{city(zone)} ({offset(zone, noon)})"))
    return [(continent, sorted(zones, key=lambda pair: pair[1])) for continent, zones in groups.items() if zones]


def only_zone_of(country: str) -> str:
    """The zone of a country (ISO 3166, two letters) that has one only; empty where somebody must choose."""
    zones = [zone for code, zone in _table() if code == country]
    return zones[0] if len(zones) == 1 else ""


def country_of(zone: str) -> str:
    """The country (ISO 3166, two letters) in which a zone lies; empty for UTC and old spellings."""
    return next((code for code, listed in _table() if listed == zone), "")


def _listed_zones() -> list[str]:
    """The current names, one or more per country; aliases are not among them."""
    return sorted({zone for _country, zone in _table()} & zoneinfo.available_timezones())


@lru_cache(maxsize=1)
def _table() -> list[tuple[str, str]]:
    """(country, zone) from the zone database's own zone.tab."""
    try:
        table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        table = Path("/usr/share/zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return [(row[0], row[2]) for row in rows]


def hour(instant: datetime, zone: str) -> str:
    """The hour on the wall there: "17:00"."""
    return date_format(_there(instant, zone), pgettext("date format", "H:i"))


def day(value: date) -> str:
    """A day with its weekday: "Thu 14 May 2026"."""
    return date_format(value, pgettext("date format", "D j M Y"))


def short_day(value: date) -> str:
    """A day without the year, where the year is clear: "Fri 15 May"."""
    return date_format(value, pgettext("date format", "D j M"))


def moment(instant: datetime, zone: str) -> str:
    """Day and hour in a zone, without its name: "Thu 14 May 2026, 17:00"."""
    return _("%(day)s, %(hour)s") % {"day": day(_there(instant, zone)), "hour": hour(instant, zone)}


def short_moment(instant: datetime, zone: str, now: datetime | None = None) -> str:
    """Day and hour: "14 May, 17:00", with the year where it is not this one: "14 May 2025, 17:00"."""
    there = _there(instant, zone)
    this_year = now is not None and there.year == _there(now, zone).year
    form = pgettext("date format", "j M") if this_year else pgettext("date format", "j M Y")
    return _("%(day)s, %(hour)s") % {"day": date_format(there, form), "hour": hour(there, zone)}


def in_a_file(instant: datetime) -> str:
    """In UTC, as a file says it to whoever opens it anywhere: "2026-05-14 15:00 UTC"."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def in_zone(instant: datetime, zone: str) -> str:
    """Day, hour and place: "Thu 14 May 2026, 17:00 Zurich"."""
    return _("%(moment)s %(city)s") % {"moment": moment(instant, zone), "city": city(zone)}


def for_you(instant: datetime, zone: str, reader: str | None, *, utc: bool = False) -> str:
    """What follows the place's own hour: " (22:00 for you, Vientiane)", ", same for you", or nothing without reader.

    The day is named where the reader's differs: " (Fri 15 May, 02:00 for you, Auckland)". `utc` adds the hour in UTC.
    """
    same = reader is not None and _wall(instant, zone) == _wall(instant, reader)
    elsewhere = []
    if reader is not None and not same:
        elsewhere.append(
            _("%(when)s for you, %(city)s") % {"when": _beside(instant, zone, reader), "city": city(reader)}
        )
    if utc and _wall(instant, zone) != _wall(instant, "UTC"):
        elsewhere.append(_("%(when)s UTC") % {"when": _beside(instant, zone, "UTC")})
    text = _(", same for you") if same else ""
    return text + (_(" (%(hours)s)") % {"hours": "; ".join(elsewhere)} if elsewhere else "")


def in_words(instant: datetime, zone: str, reader: str | None = None, *, utc: bool = False) -> str:
    """An instant at its place and for its reader: "Thu 14 May 2026, 17:00 Zurich (22:00 for you, Vientiane)"."""
    return in_zone(instant, zone) + for_you(instant, zone, reader, utc=utc)


def countdown(instant: datetime, now: datetime) -> str:
    """How far away an instant is, rounded down: "in 1 day 7 hours", "in 12 days", "3 hours ago", "just now"."""
    if instant < now:
        gone = now - instant
        return _("just now") if gone < timedelta(minutes=1) else _("%(span)s ago") % {"span": _span(gone, units=1)}
    left = instant - now
    if left < timedelta(minutes=1):
        return _("in less than a minute")
    return _("in %(span)s") % {"span": _span(left, units=1 if left >= timedelta(days=7) else 2)}


def so_many_hours(count: int) -> str:
    """As people say them: "12 hours", "3 days", "1 day 12 hours"."""
    return _span(timedelta(hours=count), units=2)


def days_left(value: date, today: date) -> str:
    """How far away a day is by the reader's calendar: "today", "tomorrow", "in 3 days", "2 days ago"."""
    days = (value - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


def day_range(start: date, end: date | None = None, precision: str = "day") -> str:
    """A day or a span of days, no more exact than it is known: "9–13 Nov 2026", "November 2026", "2026–2027".

    `precision` is "day", "month" or "year".
    """
    end = end or start
    if precision == "year":
        first_form = last_form = pgettext("date format", "Y")
    elif precision == "month":
        last_form = pgettext("date format", "F Y")
        first_form = pgettext("date format", "F") if start.year == end.year else last_form
    else:
        last_form = pgettext("date format", "j M Y")
        first_form = _first_day_form(start, end) or last_form
    first, last = date_format(start, first_form), date_format(end, last_form)
    if date_format(start, last_form) == last:
        return last
    return f"{first} – {last}" if " " in first else f"{first}–{last}"


def _first_day_form(start: date, end: date) -> str:
    """Date letters for the first of two days: only what the last one does not say as well."""
    if start.year != end.year:
        return ""
    return pgettext("date format", "j") if start.month == end.month else pgettext("date format", "j M")


def date_format(value: date, letters: str) -> str:
    """What Django's date letters make of what calendar and clock show, in the active language."""
    wall = value.replace(tzinfo=None) if isinstance(value, datetime) else value  # one instant has many walls
    return _formatted(wall, letters, get_language())


@lru_cache(maxsize=2000)  # a page and a mail run say the same few instants again and again
def _formatted(wall: date, letters: str, _language: str | None) -> str:
    return django_format(wall, letters)


def _there(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(zoneinfo.ZoneInfo(zone))


def _wall(instant: datetime, zone: str) -> datetime:
    """What calendar and clock on the wall show there."""
    return _there(instant, zone).replace(tzinfo=None)


def _beside(instant: datetime, zone: str, other: str) -> str:
    """The hour elsewhere, with its day where that differs from the day at `zone`."""
    there = _there(instant, other)
    if there.date() == _there(instant, zone).date():
        return hour(instant, other)
    return _("%(day)s, %(hour)s") % {"day": short_day(there), "hour": hour(instant, other)}


def _span(length: timedelta, *, units: int) -> str:
    """The largest one or two units of a length, the rest dropped: a deadline is never said to be later than it is."""
    minutes = length // timedelta(minutes=1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(count)s day", "%(count)s days", days) % {"count": days}),
        (hours, ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}),
        (minutes, ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}),
    ]
    first = next(place for place, (count, _words) in enumerate(parts) if count)
    return " ".join(words for count, words in parts[first : first + units] if count)
