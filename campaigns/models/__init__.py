"""What is: campaigns, the parts of their work with who has each in hand, and the dated steps on their way."""

from campaigns.models.campaigns import Campaign
from campaigns.models.facilitators import Assignment, Scope
from campaigns.models.milestones import Milestone

__all__ = ["Assignment", "Campaign", "Milestone", "Scope"]
