"""Who may change campaigns, their milestones, their tasks and who covers what in them; who sees how tasks are spread."""

import rules
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import permit
from campaigns.belonging import NOUNS
from campaigns.models import Assignment, Scope, Task
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
def covers_scope(user: User, subject: object) -> bool:
    """Has the scope in hand now, or the scope of the milestone, as lead or backup."""
    scope = subject if isinstance(subject, Scope) else getattr(subject, "scope_id", None)
    return scope is not None and Assignment.objects.filter(scope=scope, person=user.person_id, until=None).exists()


@rules.predicate
def leads_scope(user: User, scope: object) -> bool:
    if not isinstance(scope, Scope):
        return False
    lead = Assignment.objects.filter(scope=scope, capacity=Assignment.Capacity.LEAD, until=None)
    return lead.filter(person=user.person_id).exists()


@rules.predicate
def is_assigned(user: User, assignment: object) -> bool:
    return getattr(assignment, "person_id", None) == user.person_id


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
permit(
    "campaigns.edit_milestone",
    is_staff | leads_campaign | covers_scope,
    otherwise=_("Only staff, the owner of the campaign and the facilitators it belongs to change a milestone."),
)
permit("campaigns.drop_milestone", is_staff | leads_campaign, otherwise=LEADERS)
permit(
    "campaigns.reach_milestone",
    is_staff | owns_milestone | covers_scope,
    otherwise=_("Only staff, the owner of a milestone and the facilitators it belongs to mark it as reached."),
)
permit(
    "campaigns.see_coverage",
    sees_members | leads_campaign,
    otherwise=_("Only members of the coalition see who covers what."),
)
# Staff alone: whoever is given a region edits the organisations in it.
permit("campaigns.keep_scopes", is_staff, otherwise=_("Only staff and administrators say who covers what."))
permit(
    "campaigns.hand_over",
    is_staff | leads_scope,
    otherwise=_("Only the lead hands over to the backup, or staff for them."),
)
permit(
    "campaigns.write_note",
    is_staff | is_assigned,
    otherwise=_("Only staff and whoever has it in hand write the handover note."),
)
permit(
    "campaigns.read_notes",
    is_staff | covers_scope,
    otherwise=_("Only staff and whoever has it in hand read the handover notes."),
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
