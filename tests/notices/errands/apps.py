from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    name = "tests.notices.errands"
    label = "errands"

    def ready(self) -> None:
        from notices.kind import register
        from tests.notices.errands.kinds import ErrandDue, ErrandGiven

        register(ErrandDue(), ErrandGiven())
