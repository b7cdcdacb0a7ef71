"""What people choose about the notices they get."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person


class NoticePreference(Identified):
    """Whether a person takes the mails of one kind; without a row they do. The inbox gets them either way."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notice_preferences")
    kind = models.CharField(max_length=60)
    takes_mail = models.BooleanField(_("by mail"))
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["person", "kind"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_preference_per_person_and_kind")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"
