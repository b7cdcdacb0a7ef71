"""What the browser may send for days, hours and zones: fields that every app uses."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.zones import city, zone_choices

CLOSING = re.compile(r"\s*</(?:option|optgroup)>\s*")


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO days whatever the language."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class DayField(forms.DateField):
    """A day that a calendar of ours can reach: beyond, counting days back or on leaves what computers know."""

    widget = DayInput
    FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        sentence = _("Choose a day between the years 1900 and 2200.")
        self.validators += [MinValueValidator(self.FIRST, sentence), MaxValueValidator(self.LAST, sentence)]


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class ZoneSelect(forms.Select):
    """Four hundred choices without the closing tags that HTML lets one leave out: 5 kB lighter."""

    def render(self, *args: Any, **options: Any) -> SafeString:
        whole = super().render(*args, **options)
        return mark_safe(CLOSING.sub("", whole))  # noqa: S308 - as it was, escaped; within text there is no such tag


class ZoneField(forms.ChoiceField):
    """A time zone, by city; call `offer` in the form, which knows the hour and the zone in use."""

    widget = ZoneSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Time zone")} | options)

    def offer(self, now: datetime, used: str) -> None:
        """List the zones as of `now`; an old spelling in use ("Asia/Calcutta") stays choosable."""
        groups: list[Any] = list(zone_choices(now))
        if all(used != zone for _continent, zones in groups for zone, _label in zones):
            groups.insert(0, (used, city(used)))
        self.choices = groups
        self.initial = used
