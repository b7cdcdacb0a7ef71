from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from accounts.rules import decide_visibility
        from members import rules
        from members.kinds import register

        decide_visibility(rules.classes_seen_by)
        register()
