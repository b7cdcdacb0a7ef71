"""Who may change campaigns, their milestones, and tasks; and who sees how tasks are spread over people."""

import rules
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import permit
from campaigns.belonging import NOUNS
from campaigns.models import Task
from members.rules import is_staff, sees_members, steers


@rules.predicate
def leads_campaign(user: User, subject: object) -> bool:
    """Owns the campaign, or the campaign of the milestone."""
    campaign = getattr(subject, "campaign", subject)
    return getattr(campaign, "owner_id", None) == user.person_id


@rules.predicate
def owns_milestone(user: User, milestone: object) -> bool:
    return getattr(milestone, "owner_id", None) == user.person_id


@rules.predicate
def gives_tasks_there(user: User, subject: object) -> bool:
    """Whoever leads the work on the object that the tasks belong to, as the object's own app says."""
    noun = NOUNS.get(str(subject._meta.model_name)) if isinstance(subject, models.Model) else None
    return noun is not None and noun.may_give(user, subject)


@rules.predicate
def has_or_asked_for_task(user: User, task: Task) -> bool:
    return user.person_id in {task.owner_id, task.asked_by_id}


@rules.predicate
def gives_tasks_where_it_belongs(user: User, task: Task) -> bool:
    return gives_tasks_there.test(user, task.subject)


LEADERS = _("Only staff and the owner of the campaign change it and its milestones.")

permit("campaigns.add_campaign", is_staff, otherwise=_("Only staff and administrators start a campaign."))
permit("campaigns.edit_campaign", is_staff | leads_campaign, otherwise=LEADERS)
permit("campaigns.finish_campaign", is_staff | leads_campaign, otherwise=LEADERS)
permit("campaigns.add_milestone", is_staff | leads_campaign, otherwise=LEADERS)
permit("campaigns.edit_milestone", is_staff | leads_campaign, otherwise=LEADERS)
permit("campaigns.drop_milestone", is_staff | leads_campaign, otherwise=LEADERS)
permit(
    "campaigns.reach_milestone",
    is_staff | owns_milestone,
    otherwise=_("Only staff and the owner of a milestone mark it as reached."),
)
permit(
    "campaigns.add_task",
    is_staff | gives_tasks_there,
    otherwise=_("Only staff and those who lead the work on something ask for tasks on it."),
)
permit(
    "campaigns.change_task",
    is_staff | has_or_asked_for_task | gives_tasks_where_it_belongs,
    otherwise=_("Only its owner, whoever asked for it, staff and those who lead the work there change a task."),
)
permit("campaigns.take_task", sees_members, otherwise=_("Only members of the coalition take on a task."))
permit(
    "campaigns.see_task_load",
    is_staff | steers,
    otherwise=_("Only staff and the steering committee see who has how many tasks."),
)
