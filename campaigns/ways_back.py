"""What can be taken back of what is done to campaigns and milestones?"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from campaigns.actions.campaigns import reopen_campaign
from campaigns.actions.milestones import plan_again
from campaigns.models import Campaign, Milestone
from history.way_back import WayBack, register


class CampaignFinished(WayBack):
    key = "campaigns.finish_campaign"
    model = Campaign
    named = "name"
    permission = "campaigns.finish_campaign"
    label = gettext_lazy("Campaign ended")
    effect = gettext_lazy(
        "It is running again, its milestones remind their owners, and who covered a part of it covers it again."
    )

    def path(self, subject: Any) -> str:
        return reverse("campaigns:campaign", args=[subject.pk])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        reopen_campaign(subject, by=by, now=now, assignments=kept.get("assignments", []))


class MilestoneDropped(WayBack):
    key = "campaigns.drop_milestone"
    model = Milestone
    named = "title"
    permission = "campaigns.drop_milestone"
    label = gettext_lazy("Milestone dropped")
    effect = gettext_lazy("It is planned again and reminds its owner.")
    after = Milestone.Status.DROPPED

    def path(self, subject: Any) -> str:
        return reverse("campaigns:milestone", args=[subject.pk])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        plan_again(subject, by=by, now=now, after=self.after)


class MilestoneReached(MilestoneDropped):
    key = permission = "campaigns.reach_milestone"
    label = gettext_lazy("Milestone reached")
    after = Milestone.Status.REACHED


def register_ways_back() -> None:
    register(CampaignFinished(), MilestoneDropped(), MilestoneReached())
