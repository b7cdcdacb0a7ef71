from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from accounts.rules import decide_countries, decide_visibility
        from members import rules  # noqa: F401 - registers the permissions
        from members.hats import classes_seen_by, countries_kept_by
        from members.kinds import register
        from members.ways_back import register_ways_back

        decide_visibility(classes_seen_by)
        decide_countries(countries_kept_by)
        register()
        register_ways_back()
