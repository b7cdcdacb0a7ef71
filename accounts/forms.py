"""What the browser may send about oneself, and the fields every app uses for days, hours and zones."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.zones import city, zone_choices


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO days whatever the language."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


def zone_field(now: datetime, current: str = "") -> forms.ChoiceField:
    """A select of the world's zones by continent; a zone no longer listed stays possible for who has it."""
    groups = zone_choices(now)
    if current and all(current != zone for _continent, zones in groups for zone, _label in zones):
        groups.append((str(_("As before")), [(current, city(current))]))
    return forms.ChoiceField(
        label=_("Time zone"), choices=groups, help_text=_("The city whose clock you live by. Times are shown in it.")
    )


class PreferencesForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Person
        fields = ("display_name", "language", "zone", "quiet_from", "quiet_to", "is_listed")
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "quiet_from": HourInput(),
            "quiet_to": HourInput(),
        }

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = zone_field(now, self.instance.zone)
