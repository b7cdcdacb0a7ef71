from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = gettext_lazy("Campaigns and tasks")

    def ready(self) -> None:
        from campaigns import rules  # noqa: F401 - registers the permissions
        from campaigns.kinds import register_kinds
        from campaigns.panels import offer_nouns, refuse_to_dismiss
        from campaigns.ways_back import register_ways_back

        register_kinds()
        register_ways_back()
        offer_nouns()
        refuse_to_dismiss()
