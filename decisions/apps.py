from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DecisionsConfig(AppConfig):
    name = "decisions"
    verbose_name = gettext_lazy("Positions and consultations")

    def ready(self) -> None:
        from decisions import rules  # noqa: F401 - registers the permissions
        from decisions.kinds import register_kinds
        from decisions.panels import offer_nouns
        from decisions.proof import answers_not_as_given
        from decisions.ways_back import register_ways_back
        from history.verifying import WITNESSES

        register_kinds()
        WITNESSES.append(answers_not_as_given)
        register_ways_back()
        offer_nouns()
