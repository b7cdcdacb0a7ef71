from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from meetings import rules  # noqa: F401 - registers the permissions
        from meetings.kinds import register_kinds
        from meetings.panels import offer_nouns

        register_kinds()
        offer_nouns()
