"""What the browser may send about oneself, and the fields every app uses for days, hours and zones."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.zones import city, zone_choices


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


class ZoneField(forms.ChoiceField):
    """A time zone, by city; call `offer` in the form, which knows the hour and the zone in use."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("Time zone")} | options)

    def offer(self, now: datetime, used: str) -> None:
        """List the zones as of `now`; an old spelling in use ("Asia/Calcutta") stays choosable."""
        groups: list[Any] = list(zone_choices(now))
        if all(used != zone for _continent, zones in groups for zone, _label in zones):
            groups.insert(0, (used, city(used)))
        self.choices = groups
        self.initial = used


class PreferencesForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = ZoneField(help_text=_("The city whose clock you live by. Times are shown in it."))

    class Meta:
        model = Person
        fields = (
            "display_name",
            "language",
            "zone",
            "quiet_from",
            "quiet_to",
            "keeps_weekend",
            "is_discreet",
            "is_listed",
        )
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "quiet_from": HourInput(),
            "quiet_to": HourInput(),
        }

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].offer(now, self.instance.zone)  # type: ignore[attr-defined]
