"""What is: the order in which milestones of one campaign can happen."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified
from campaigns.models.campaigns import Campaign
from campaigns.models.milestones import Milestone


class Dependency(Identified):
    """One milestone comes after another of its campaign. No circles: the action sees to it, with the campaign locked."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="dependencies")
    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="dependencies", verbose_name=_("what comes later")
    )
    after = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="dependents", verbose_name=_("what comes first")
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "after"], name="dependency_is_said_once"),
            models.CheckConstraint(condition=~Q(milestone=F("after")), name="dependency_is_between_two_milestones"),
            # "dependency_milestone_in_its_campaign" and "dependency_after_in_its_campaign" are keys in the migration.
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} after {self.after_id}"


def reachable(start: UUID, ways: dict[UUID, set[UUID]]) -> set[UUID]:
    """`start` and everything that leads on from it."""
    found, waiting = {start}, [start]
    while waiting:
        ahead = ways.get(waiting.pop(), set()) - found
        found |= ahead
        waiting += ahead
    return found


def hanging_on(deadline: Milestone) -> list[Milestone]:
    """What leads to `deadline` and what follows from it, near and far, by date: our own planned days, no other kind.

    A date that others set, or that is done, dropped or vague, does not move along, and nothing beyond it does.
    """
    day, planned = Milestone.Precision.DAY, Milestone.Status.PLANNED
    movable = {
        one.pk: one
        for one in deadline.campaign.milestones.filter(is_external=False, precision=day, status=planned)
        if one.pk != deadline.pk
    }
    earlier: dict[UUID, set[UUID]] = {}
    later: dict[UUID, set[UUID]] = {}
    for milestone, after in Dependency.objects.filter(campaign=deadline.campaign_id).values_list("milestone", "after"):
        if after in movable:
            earlier.setdefault(milestone, set()).add(after)
        if milestone in movable:
            later.setdefault(after, set()).add(milestone)
    found = (reachable(deadline.pk, earlier) | reachable(deadline.pk, later)) - {deadline.pk}
    return sorted((movable[pk] for pk in found), key=lambda one: (one.starts_on, one.pk))
