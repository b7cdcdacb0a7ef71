"""What do we show on other pages? The tasks of an object, on its page; and that our own objects have tasks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import allows
from campaigns.belonging import Noun, noun_of, offer
from campaigns.models import Campaign, Milestone, Task
from campaigns.rules import covers_scope, leads_campaign, owns_milestone

SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A task as a list says it; `days` until it is due by the reader's calendar."""

    task: Task
    days: int


@dataclass(frozen=True)
class TaskPanel:
    """`add_url` is empty for whoever may not ask for tasks there."""

    lines: list[Line]
    has_more: bool
    add_url: str


def task_panel(subject: models.Model, user: User, today: date) -> TaskPanel:
    """The tasks on `subject`, a page that `user` sees: at most SHOWN, the open ones first; in one statement.

    Give it to the template `campaigns/task_panel.html` as `tasks`. Raises KeyError for an object without tasks.
    """
    rows = list(Task.objects.shown_on(subject, user).for_reader(user)[: SHOWN + 1])
    may_add = allows(user, "campaigns.add_task", subject)
    return TaskPanel(
        lines=[Line(row, (row.due_on - today).days) for row in rows[:SHOWN]],
        has_more=len(rows) > SHOWN,
        add_url=reverse("campaigns:add_task", args=[noun_of(subject).key, subject.pk]) if may_add else "",
    )


def _leads(user: Any, subject: Any) -> bool:
    return bool((leads_campaign | owns_milestone | covers_scope).test(user, subject))


def offer_nouns() -> None:
    offer(
        Noun(Campaign, _("Campaign"), "name", "campaigns:campaign", "pk", leads_campaign.test),
        Noun(Milestone, _("Milestone"), "title", "campaigns:milestone", "campaign", _leads),
    )
