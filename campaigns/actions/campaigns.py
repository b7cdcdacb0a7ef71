"""What can happen to a campaign: it is started, changed, and ends."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from campaigns.actions.assignments import stop_all, take_up_again
from campaigns.models import Campaign, Milestone
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from notices.actions.planning import replan

CAMPAIGN_FIELDS = ("name", "goal", "owner", "visibility")


class CampaignFields(TypedDict):
    name: str
    goal: str
    owner: Person
    visibility: str


@transaction.atomic
def add_campaign(
    *, by: User, now: datetime, started_on: date | None = None, **fields: Unpack[CampaignFields]
) -> Campaign:
    """Start a campaign today, or enter one that began on `started_on`. Raises Refused."""
    require(by, "campaigns.add_campaign")
    campaign = Campaign.objects.create(started_on=started_on or now.date(), **fields)
    record(gettext_noop("Started the campaign"), campaign, by=by, now=now)
    return campaign


@transaction.atomic
def edit_campaign(
    campaign: Campaign, *, by: User, now: datetime, seen: int | None = None, **fields: Unpack[CampaignFields]
) -> Campaign:
    """Change what it is called, wants, who owns it and who sees it; `seen`: the state the typist saw.

    Raises Refused, Stale, or TransitionError once over.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.edit_campaign", campaign)
    refuse_over(campaign)
    refuse_stale(campaign, seen, CAMPAIGN_FIELDS)
    before = snapshot(campaign, CAMPAIGN_FIELDS)
    for name, value in fields.items():
        setattr(campaign, name, value)
    campaign.save()
    changed = changes(before, snapshot(campaign, CAMPAIGN_FIELDS))
    if changed:
        record(gettext_noop("Changed the campaign"), campaign, by=by, now=now, changes=changed)
    if changed.keys() & {"visibility", "owner"}:  # the owners of milestones may see it no more, or again
        _replan_milestones(campaign, now)
    return campaign


@transaction.atomic
def finish_campaign(
    campaign: Campaign, *, by: User, now: datetime, status: str, outcome: str, finished_on: date | None = None
) -> Campaign:
    """End it as won or given up (`status`), today or on `finished_on`: nobody is reminded of it, or facilitates it,
    any more.

    Raises Refused, or TransitionError, also for a day still to come or before it began.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.finish_campaign", campaign)
    campaign.step_to(Campaign.Status(status))
    finished_on = finished_on or now.date()
    if not campaign.started_on <= finished_on <= now.date():
        raise TransitionError(_("A campaign ends after it began, and not in the future."))
    campaign.finished_on, campaign.outcome = finished_on, outcome
    campaign.save()
    verb = gettext_noop("Finished the campaign: %(outcome)s")
    if campaign.status == Campaign.Status.STOPPED:
        verb = gettext_noop("Gave the campaign up: %(outcome)s")
    record(verb, campaign, by=by, now=now, outcome=outcome)
    stopped = stop_all(campaign, by=by, now=now)
    _replan_milestones(campaign, now)
    can_be_taken_back("campaigns.finish_campaign", campaign, by=by, now=now, assignments=stopped)
    return campaign


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, by: User, now: datetime, assignments: Iterable[str] = ()) -> Campaign:
    """Take back that it ended: its milestones remind again, and whoever had a part in hand (`assignments`: their ids)
    has it again. Raises Refused, or TransitionError when it runs.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.finish_campaign", campaign)
    campaign.step_to(Campaign.Status.RUNNING, back=True)
    campaign.finished_on, campaign.outcome = None, ""
    campaign.save()
    record(gettext_noop("Took back that it ended"), campaign, by=by, now=now)
    take_up_again(assignments, by=by, now=now)
    _replan_milestones(campaign, now)
    return campaign


def refuse_over(campaign: Campaign) -> None:
    """Raise TransitionError for a campaign that is over."""
    if not campaign.is_running:
        raise TransitionError(_("This campaign is over: it does not change any more."))


def _replan_milestones(campaign: Campaign, now: datetime) -> None:
    """Bounded: only those still planned and known to the day."""
    rows = campaign.milestones.filter(status=Milestone.Status.PLANNED, precision=Milestone.Precision.DAY)
    for milestone in rows.select_for_update(of=("self",)).select_related("campaign", "owner"):
        replan(milestone, now=now)
