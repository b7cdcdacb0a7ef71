"""What happened: one append-only chain of entries per object."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import Identified, Person, Visibility, known
from accounts.rules import classes_seen_by


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, subject: models.Model) -> "EntryQuerySet":
        content_type = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=content_type, object_id=subject.pk)

    def changing(self, fields: Iterable[str], *, since: int) -> "EntryQuerySet":
        """Those after entry number `since` that changed one of `fields` of the object itself, not of a part of it."""
        later = self.filter(number__gt=since, details__changes__has_any_keys=list(fields))
        return later.exclude(details__has_key="of")

    def visible_to(self, user: Any) -> "EntryQuerySet":
        """Narrows by the entry's own class only: whoever asks has already been shown the object."""
        return self.filter(Q(visibility=None) | Q(visibility__in=classes_seen_by(user)))


class Entry(Identified):
    """One thing that happened to one object. Written once by `record`, never changed: triggers refuse it."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.UUIDField()
    number = models.PositiveIntegerField(help_text="Place in the object's own chain, from 1")
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=200, help_text="The English sentence, translated when shown")
    details = models.JSONField(default=dict, help_text="Ids, numbers and texts of the coalition; never personal data")
    visibility = models.CharField(max_length=12, choices=Visibility, null=True)  # noqa: DJ001 - null: as the object
    previous = models.CharField(max_length=64, help_text="Hash of the entry before it; empty for the first")
    hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "number"], name="entries_form_one_chain"),
            known("entry", "visibility", *Visibility.values),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.verb}"

    @property
    def sentence(self) -> str:
        return self.say()

    def say(self, **words: str) -> str:
        """The sentence in the active language; `words` take the place of details that are only ids."""
        return gettext(self.verb) % (self.details | words)


class Head(Identified):
    """The end of an object's chain, locked while an entry is added, so that objects do not wait for each other."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.UUIDField()
    number = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id"], name="one_head_per_object")]

    def __str__(self) -> str:
        return f"{self.object_id} at {self.number}"
