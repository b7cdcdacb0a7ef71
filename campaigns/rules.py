"""Who may change campaigns and their milestones."""

import rules
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import permit
from members.rules import is_staff


@rules.predicate
def leads_campaign(user: User, subject: object) -> bool:
    """Owns the campaign, or the campaign of the milestone."""
    campaign = getattr(subject, "campaign", subject)
    return getattr(campaign, "owner_id", None) == user.person_id


@rules.predicate
def owns_milestone(user: User, milestone: object) -> bool:
    return getattr(milestone, "owner_id", None) == user.person_id


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
