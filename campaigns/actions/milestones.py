"""What can happen to a milestone: it is added, changed or moved, reached, dropped.

Every action locks the campaign first, then the milestone: whoever ends a campaign goes through all its milestones.
"""

from datetime import date, datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from accounts.zones import date_in, day
from campaigns.actions.campaigns import refuse_over
from campaigns.models import Campaign, Milestone, Scope
from campaigns.models.milestones import MOST
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from notices.actions.planning import replan

MILESTONE_FIELDS = (
    "title",
    "kind",
    "starts_on",
    "ends_on",
    "precision",
    "zone",
    "is_external",
    "owner",
    "scope",
    "note",
    "place",
    "claim",
    "source",
    "unverified",
)
UNDONE_BY = {
    Milestone.Status.REACHED: "campaigns.reach_milestone",
    Milestone.Status.DROPPED: "campaigns.drop_milestone",
}


class MilestoneFields(TypedDict):
    """`starts_on` and `ends_on` may be any day of the month or year that `precision` names."""

    title: str
    kind: str
    starts_on: date
    ends_on: date | None
    precision: str
    zone: str
    is_external: bool
    owner: Person | None
    scope: NotRequired[Scope | None]  # left out: as it was
    note: str
    place: NotRequired[str]
    claim: NotRequired[str]
    source: NotRequired[str]
    unverified: NotRequired[str]


@transaction.atomic
def add_milestone(campaign: Campaign, *, by: User, now: datetime, **fields: Unpack[MilestoneFields]) -> Milestone:
    """Add a dated step. Raises Refused, or TransitionError when the campaign is over or full."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.add_milestone", campaign)
    refuse_over(campaign)
    refuse_full(campaign)
    _refuse_foreign(campaign, fields.get("scope"))
    milestone = Milestone(campaign=campaign, **_as_known(fields))
    enter(milestone, by=by, now=now)
    return milestone


def enter(milestone: Milestone, *, by: User, now: datetime) -> None:
    """Save and record a new one and plan its reminders. Part of an action that has locked the campaign."""
    milestone.scheduled_at = now
    milestone.save(force_insert=True)
    record(gettext_noop("Added the milestone"), milestone, by=by, now=now)
    record(gettext_noop("Added the milestone “%(title)s”"), milestone.campaign, by=by, now=now, title=milestone.title)
    replan(milestone, now=now)


@transaction.atomic
def edit_milestone(
    milestone: Milestone, *, by: User, now: datetime, seen: int | None = None, **fields: Unpack[MilestoneFields]
) -> Milestone:
    """Change or move it; a new first day starts its reminders afresh. `seen`: the state the typist saw.

    Raises Refused, Stale, or TransitionError when it was dropped or the campaign is over.
    """
    milestone = locked(milestone)
    require(by, "campaigns.edit_milestone", milestone)
    refuse_over(milestone.campaign)
    if milestone.status == Milestone.Status.DROPPED:
        raise TransitionError(_("This milestone was dropped: add a new one instead."))
    refuse_stale(milestone, seen, MILESTONE_FIELDS)
    if fields.get("scope", milestone.scope) != milestone.scope:
        require(by, "campaigns.add_milestone", milestone.campaign)
    _refuse_foreign(milestone.campaign, fields.get("scope"))
    before = snapshot(milestone, MILESTONE_FIELDS)
    for name, value in _as_known(fields).items():
        setattr(milestone, name, value)
    save_changes(milestone, before, by=by, now=now)
    return milestone


def save_changes(milestone: Milestone, before: dict[str, Any], *, by: User, now: datetime) -> None:
    """Save what differs from `before`, a snapshot, and record it; a new first day starts its reminders afresh."""
    changed = changes(before, snapshot(milestone, MILESTONE_FIELDS))
    if "starts_on" in changed:
        milestone.epoch += 1
    if changed.keys() & {"starts_on", "precision"}:
        milestone.scheduled_at = now
    milestone.save()
    if changed:
        moved = gettext_noop("Moved the milestone")
        verb = moved if "starts_on" in changed else gettext_noop("Changed the milestone")
        record(verb, milestone, by=by, now=now, changes=changed)
        replan(milestone, now=now)


@transaction.atomic
def reach_milestone(milestone: Milestone, *, by: User, now: datetime, reached_on: date | None = None) -> Milestone:
    """Mark it as reached on that day, or today, as its place counts days.

    Raises Refused, or TransitionError, also for a day that is still to come.
    """
    milestone = locked(milestone)
    require(by, "campaigns.reach_milestone", milestone)
    refuse_over(milestone.campaign)
    milestone.step_to(Milestone.Status.REACHED)
    today = date_in(now, milestone.zone)
    if reached_on is not None and reached_on > today:
        raise TransitionError(
            _("%(day)s is still to come: it cannot have been reached then.") % {"day": day(reached_on)}
        )
    milestone.reached_on = reached_on or today
    milestone.save()
    is_late = reached_on is not None and reached_on < today
    entered_later: dict[str, Any] = {"changes": {"reached_on": [None, reached_on]}} if is_late else {}
    record(gettext_noop("Reached"), milestone, by=by, now=now, **entered_later)
    record(gettext_noop("Reached “%(title)s”"), milestone.campaign, by=by, now=now, title=milestone.title)
    replan(milestone, now=now)
    can_be_taken_back("campaigns.reach_milestone", milestone, by=by, now=now)
    return milestone


@transaction.atomic
def drop_milestone(milestone: Milestone, *, by: User, now: datetime, reason: str) -> Milestone:
    """Give it up, with the reason. Raises Refused, TransitionError."""
    milestone = locked(milestone)
    require(by, "campaigns.drop_milestone", milestone)
    refuse_over(milestone.campaign)
    milestone.step_to(Milestone.Status.DROPPED)
    milestone.drop_reason = reason
    milestone.save()
    record(gettext_noop("Dropped: %(reason)s"), milestone, by=by, now=now, reason=reason)
    record(gettext_noop("Dropped “%(title)s”"), milestone.campaign, by=by, now=now, title=milestone.title)
    replan(milestone, now=now)
    can_be_taken_back("campaigns.drop_milestone", milestone, by=by, now=now)
    return milestone


@transaction.atomic
def plan_again(milestone: Milestone, *, by: User, now: datetime, after: Milestone.Status) -> Milestone:
    """Take back that it was reached or dropped (`after`). Raises Refused, or TransitionError when it is not any more."""
    milestone = locked(milestone)
    require(by, UNDONE_BY[after], milestone)
    refuse_over(milestone.campaign)
    if milestone.status != after:
        raise TransitionError(
            _("It has changed since: it is “%(state)s” now.") % {"state": milestone.get_status_display()}
        )
    milestone.step_to(Milestone.Status.PLANNED, back=True)
    milestone.reached_on, milestone.drop_reason = None, ""
    milestone.save()
    record(gettext_noop("Planned again"), milestone, by=by, now=now)
    record(gettext_noop("Planned “%(title)s” again"), milestone.campaign, by=by, now=now, title=milestone.title)
    replan(milestone, now=now)
    return milestone


def _refuse_foreign(campaign: Campaign, scope: Scope | None) -> None:
    if scope is not None and scope.campaign_id != campaign.pk:
        raise TransitionError(_("“%(scope)s” is no part of this campaign.") % {"scope": scope})


def refuse_full(campaign: Campaign, more: int = 1) -> None:
    """Raise TransitionError where `more` milestones would be too many for one campaign; it must be locked."""
    if campaign.milestones.count() + more > MOST:
        raise TransitionError(
            _("One campaign holds at most %(most)s milestones. Start another campaign for what comes next.")
            % {"most": MOST}
        )


def locked(milestone: Milestone) -> Milestone:
    """Read again for change, with its campaign, locked too and first."""
    campaign = Campaign.objects.select_for_update().get(pk=milestone.campaign_id)
    locked = Milestone.objects.select_for_update(of=("self",)).select_related("owner").get(pk=milestone.pk)
    locked.campaign = campaign
    return locked


def _as_known(fields: MilestoneFields) -> MilestoneFields:
    start, end = Milestone.as_known(fields["starts_on"], fields["ends_on"], fields["precision"])
    return {**fields, "starts_on": start, "ends_on": end}
