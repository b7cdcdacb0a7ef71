"""What is: campaigns, who has each part of their work in hand, the dated steps on their way, and the order of these."""

from campaigns.models.campaigns import Campaign
from campaigns.models.dependencies import Dependency
from campaigns.models.facilitators import Assignment, Scope
from campaigns.models.milestones import Milestone

__all__ = ["Assignment", "Campaign", "Dependency", "Milestone", "Scope"]
