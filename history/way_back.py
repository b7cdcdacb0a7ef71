"""What a way back is: the registry of acts that can be taken back, filled by the apps above from their `ways_back.py`."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast
from django.utils.functional import Promise

WAYS: dict[str, "WayBack"] = {}


class WayBack:
    """How one kind of act is taken back: subclass it, register an instance in `AppConfig.ready()`.

    Two weeks are long enough to come back from a journey and see what went wrong, and short enough that what was
    built on the act since is little.
    """

    key: ClassVar[str]  # names the act: "campaigns.drop_milestone"
    model: ClassVar[type[models.Model]]  # what the act was about
    named: ClassVar[str]  # the field, or path of fields, by which readers know it
    permission: ClassVar[str]  # required of whoever takes it back
    label: ClassVar[Promise]  # what was done, as a heading: "Milestone dropped"
    effect: ClassVar[Promise]  # what taking it back does, in one sentence
    lasts: ClassVar[timedelta] = timedelta(days=14)

    def subjects(self, user: Any) -> QuerySet[Any]:
        """Those that `user` may see."""
        return self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]

    def asked_about(self, subject: Any) -> Any:
        """What the permission is asked about."""
        return subject

    def effects(self, subject: Any, kept: dict[str, Any], user: Any) -> list[str]:
        """What taking it back would do now, in sentences."""
        return [str(self.effect)]

    def path(self, subject: Any) -> str:
        """The page where one sees that it is as it was."""
        raise NotImplementedError

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        """Lock, require, refuse what has changed since, change, record, post. Raises Refused, TransitionError."""
        raise NotImplementedError


def register(*ways: WayBack) -> None:
    for way in ways:
        WAYS[way.key] = way


def titles(user: Any, found: dict[str, set[UUID]]) -> dict[tuple[str, UUID], str]:
    """{(key, id): name} of the subjects in `found` ({key: ids}) that `user` may see, in one statement."""
    parts = [
        WAYS[key]
        .subjects(user)
        .filter(pk__in=ids)
        .order_by()
        .annotate(way=models.Value(key, CharField()), named=Cast(F(WAYS[key].named), CharField()))
        .values_list("way", "pk", "named")
        for key, ids in found.items()
    ]
    if not parts:
        return {}
    return {(key, pk): name for key, pk, name in parts[0].union(*parts[1:], all=True)}
