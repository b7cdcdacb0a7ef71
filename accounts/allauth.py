"""What we ask of django-allauth, in one place."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: one is invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
