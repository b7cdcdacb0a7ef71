"""What we ask of django-allauth, in one place. `User.email` is the truth: allauth's own table of addresses is empty."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils import translation

log = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: one is invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Never from the Host header: whoever asks for a new password must not choose where the link leads."""
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.BASE_URL}{path}"

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """In the person's own language. A mail server that is away must not tell who has an account."""
        language = user.person.language
        try:
            with translation.override(language):
                super().send_password_reset_mail(user, email, context)
        except (OSError, SMTPException):
            log.exception("The mail for a new password could not be handed over")

    def get_password_change_redirect_url(self, request: Any) -> str:
        return reverse("accounts:preferences")
