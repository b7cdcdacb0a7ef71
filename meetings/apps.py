from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = gettext_lazy("Meetings")

    def ready(self) -> None:
        from meetings import rules  # noqa: F401 - registers the permissions
        from meetings.kinds import register_kinds
        from meetings.panels import offer_nouns
        from meetings.ways_back import register_ways_back

        register_kinds()
        register_ways_back()
        offer_nouns()
