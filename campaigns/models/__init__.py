"""What is: campaigns, who has each part of their work in hand, the dated steps on their way, their order, and tasks."""

from campaigns.models.campaigns import Campaign
from campaigns.models.dependencies import Dependency
from campaigns.models.facilitators import Assignment, Scope
from campaigns.models.milestones import Milestone
from campaigns.models.tasks import Task

__all__ = ["Assignment", "Campaign", "Dependency", "Milestone", "Scope", "Task"]
