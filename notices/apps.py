from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from notices.daily import Daily
        from notices.kind import register

        register(Daily())
