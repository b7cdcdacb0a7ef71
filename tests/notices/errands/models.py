"""The simplest thing that is reminded of, so that the tests of this low app need none of the apps above."""

from datetime import date, datetime
from typing import Any, Self

from django.db import models

from accounts.models import Identified, Person


class ErrandQuerySet(models.QuerySet["Errand"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(is_secret=False)


class Errand(Identified):
    """Something to be done, on a day or at an instant, by some people."""

    title = models.CharField(max_length=100)
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    is_secret = models.BooleanField(default=False)
    people = models.ManyToManyField(Person, related_name="+")

    objects = ErrandQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def deadline(self) -> date | datetime | None:
        return None if self.is_done else (self.at or self.day)
