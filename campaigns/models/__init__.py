"""What is: campaigns, and the dated steps on their way."""

from campaigns.models.campaigns import Campaign
from campaigns.models.milestones import Milestone

__all__ = ["Campaign", "Milestone"]
