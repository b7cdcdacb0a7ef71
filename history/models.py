"""What happened: one append-only chain of entries per object; and what of it can be taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import Identified, Person, User, Visibility, known
from accounts.rules import classes_seen_by
from history.way_back import WAYS, WayBack


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, subject: models.Model) -> "EntryQuerySet":
        content_type = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=content_type, object_id=subject.pk)

    def changing(self, fields: Iterable[str], *, since: int, of: str = "") -> "EntryQuerySet":
        """Those after entry number `since` that changed one of `fields` of the object itself, or of its part `of`."""
        names = list(fields)  # of people the history keeps the names of fields alone
        changed = Q(details__changes__has_any_keys=names) | Q(details__fields__has_any_keys=names)
        later = self.filter(changed, number__gt=since)
        return later.filter(details__of=of) if of else later.exclude(details__has_key="of")

    def visible_to(self, user: Any, classes: frozenset[str] | None = None) -> "EntryQuerySet":
        """Narrows by the entry's own class only: whoever asks has already been shown the object. `classes`: those that
        `user` sees of this object, if they are others than everywhere.
        """
        return self.filter(Q(visibility=None) | Q(visibility__in=classes_seen_by(user) if classes is None else classes))


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
    anchored = models.PositiveIntegerField(default=0, db_default=0, help_text="The number that the last anchor holds")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id"], name="one_head_per_object")]
        indexes = [
            models.Index(fields=["id"], condition=Q(number__gt=models.F("anchored")), name="head_to_be_anchored"),
        ]

    def __str__(self) -> str:
        return f"{self.object_id} at {self.number}"


class Anchor(Identified):
    """Where the chains of many objects ended at an instant; each anchor holds the hash of the one before it.

    So a chain whose last entries were taken away, its head set back, does not reach its anchor any more. Append-only.
    """

    number = models.PositiveIntegerField(unique=True, help_text="From 1, without a gap")
    at = models.DateTimeField()
    heads = models.JSONField(help_text="Those that had moved: [app.model, object id, number, hash]")
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


class DeedQuerySet(models.QuerySet["Deed"]):
    def visible_to(self, user: Any) -> Self:
        """One's own acts, for staff everybody's; each only while one may see what it was about."""
        seen = Q(object_id=None)  # many at once: its parts are asked about one by one
        for way in WAYS.values():
            seen |= Q(kind=way.key, object_id__in=way.subjects(user).values("pk"))
        return self.filter(seen if Visibility.STAFF in classes_seen_by(user) else seen & Q(by=user.pk))

    def open(self, now: datetime) -> Self:
        """Those that can still be taken back at `now`, unless something has changed since."""
        return self.filter(taken_back_at=None, until__gt=now)


class Deed(Identified):
    """An act that can be taken back until an instant: by the way back of its kind, with what was kept for it.

    One without an object stands for many acts at once, its parts.
    """

    kind = models.CharField(max_length=60, help_text="Key of its way back: history/way_back.py")
    object_id = models.UUIDField(null=True)
    whole = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    kept = models.JSONField(default=dict, help_text="Ids and former values; never personal data")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DeedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["-at", "-id"], condition=Q(taken_back_at=None, whole=None), name="deed_in_order"),
            models.Index(fields=["object_id"], name="deed_by_object"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("at")), name="deed_can_be_taken_back_for_a_while"),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="deed_is_taken_back_by_somebody",
            ),
            models.CheckConstraint(condition=Q(whole=None) | Q(object_id__isnull=False), name="a_part_has_no_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"

    @property
    def way(self) -> WayBack:
        return WAYS[self.kind]

    @property
    def subject(self) -> Any:
        """The row it was about; None for many at once."""
        return None if self.object_id is None else self.way.model._base_manager.get(pk=self.object_id)
