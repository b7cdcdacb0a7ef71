from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "decisions"

    def ready(self) -> None:
        from decisions import rules  # noqa: F401 - registers the permissions
        from decisions.kinds import register_kinds
        from decisions.panels import offer_nouns
        from decisions.ways_back import register_ways_back

        register_kinds()
        register_ways_back()
        offer_nouns()
