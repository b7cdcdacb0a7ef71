"""What may a task belong to? A registry that the apps above fill for their own nouns in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.functional import Promise

NOUNS: dict[str, "Noun"] = {}


@dataclass(frozen=True)
class Place:
    """An object that has tasks, as its reader may know it."""

    label: str
    name: str
    url: str


@dataclass(frozen=True)
class Noun:
    """A model whose objects have tasks; its manager knows `visible_to`.

    `title`: the field that names one. `page`: the name of its address. `campaign`: the field that leads to its
    campaign. `may_give`: whether this user may ask for tasks on this object; staff always may.
    """

    model: type[models.Model]
    label: Promise | str
    title: str
    page: str
    campaign: str
    may_give: Callable[[Any, Any], bool]

    @property
    def key(self) -> str:
        """What addresses call it: "meeting"."""
        return str(self.model._meta.model_name)

    @property
    def content_type(self) -> ContentType:
        return ContentType.objects.get_for_model(self.model)

    def rows(self) -> Any:
        return self.model._default_manager.all()

    def place(self, pk: UUID, name: str) -> "Place":
        return Place(str(self.label), name, reverse(self.page, args=[pk]))


def offer(*nouns: Noun) -> None:
    """Let tasks belong to objects of these nouns."""
    for noun in nouns:
        NOUNS[noun.key] = noun


def noun_of(subject: models.Model) -> Noun:
    """Raises KeyError for an object that has no tasks."""
    return NOUNS[str(subject._meta.model_name)]


def on_what_is_seen_by(user: Any) -> Q:
    """Tasks on objects that `user` may see."""
    seen = Q(pk__in=[])
    for noun in NOUNS.values():
        seen |= Q(content_type=noun.content_type, object_id__in=noun.rows().visible_to(user).values("pk"))
    return seen


def in_campaign(campaign: UUID) -> Q:
    """Tasks on the campaign itself and on whatever belongs to it today."""
    within = Q(pk__in=[])
    for noun in NOUNS.values():
        ids = noun.rows().filter(**{noun.campaign: campaign}).values("pk")
        within |= Q(content_type=noun.content_type, object_id__in=ids)
    return within


def places(tasks: Iterable[Any], user: Any) -> dict[UUID, Place]:
    """{id of the object: its place} for those objects of `tasks` that `user` may see, in one statement."""
    wanted: dict[int, set[UUID]] = {}
    for task in tasks:
        wanted.setdefault(task.content_type_id, set()).add(task.object_id)
    queries = [
        noun.rows()
        .visible_to(user)
        .filter(pk__in=wanted[noun.content_type.pk])
        .order_by()
        .annotate(noun=Value(key))
        .values_list("noun", "pk", noun.title)
        for key, noun in NOUNS.items()
        if noun.content_type.pk in wanted
    ]
    rows = queries[0].union(*queries[1:], all=True) if queries else []
    return {pk: NOUNS[key].place(pk, name) for key, pk, name in rows}
