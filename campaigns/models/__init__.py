"""What is: campaigns, the dated steps on their way, and the tasks."""

from campaigns.models.campaigns import Campaign
from campaigns.models.milestones import Milestone
from campaigns.models.tasks import Task

__all__ = ["Campaign", "Milestone", "Task"]
