"""What do we send about campaigns?"""

from campaigns.kinds.facilitators import Reassigned
from campaigns.kinds.milestones import MilestoneDue, MilestoneLate, MilestoneOverdue, MilestoneStuck
from campaigns.kinds.tasks import TaskDue, TaskHanded, TaskLate, TaskStuck
from notices.kind import register


def register_kinds() -> None:
    register(MilestoneDue(), MilestoneOverdue(), MilestoneLate(), MilestoneStuck())
    register(Reassigned(), TaskHanded(), TaskDue(), TaskLate(), TaskStuck())
