"""What do we show on other pages? The tasks of an object; that our own have tasks; what a facilitator has in hand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import allows
from campaigns.belonging import Noun, noun_of, offer
from campaigns.models import Assignment, Campaign, Milestone, Scope, Task
from campaigns.rules import covers_scope, leads_campaign, owns_milestone
from members.models import Appointment
from members.standing_work import ask_before_ending

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


def in_hand_by(appointment: Appointment, by: User) -> str:
    """What `appointment` gave them or lets them cover, and where that is given to somebody else; "" for nothing."""
    if appointment.role != Appointment.Role.FACILITATOR:
        return ""
    where = {"scope__region": appointment.region, "scope__own_region": appointment.own_region_id}
    held = Assignment.objects.filter(Q(appointment=appointment) | Q(**where), person=appointment.person, until=None)
    shown = Scope.objects.visible_to(by).filter(assignments__in=held).select_related("campaign", "own_region").first()
    if shown is not None:
        return gettext(
            "%(name)s has “%(scope)s” of the campaign “%(campaign)s” in hand. Give it to somebody else, or end it, on the page of that campaign’s facilitators first."
        ) % {"name": appointment.person, "scope": shown, "campaign": shown.campaign}
    if held.exists():
        return gettext(
            "%(name)s has part of a campaign in hand that you may not see. Ask whoever leads that campaign to give it to somebody else first."
        ) % {"name": appointment.person}
    return ""


def refuse_to_dismiss() -> None:
    ask_before_ending(in_hand_by)
