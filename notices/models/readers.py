"""What people choose about the notices they get."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person


class NoticePreference(Identified):
    """Whether a person takes the mails of one kind; without a row they do. The inbox gets them either way."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notice_preferences")
    kind = models.CharField(max_length=60)
    takes_mail = models.BooleanField(_("by mail"))
    is_daily = models.BooleanField(_("in the daily mail"), default=False, help_text="What can wait; the rest at once")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["person", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="one_preference_per_person_and_kind"),
            models.CheckConstraint(
                condition=models.Q(is_daily=False) | models.Q(takes_mail=True), name="preference_is_daily_only_by_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"
