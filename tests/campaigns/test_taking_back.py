"""Campaigns and milestones that ended by mistake go on, and remind again."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import TransitionError
from campaigns.actions import campaigns, milestones
from campaigns.actions.facilitators import Place, reassign
from campaigns.models import Assignment, Campaign, Milestone
from history.actions import take_back
from history.models import Deed, Entry
from notices.models import Delivery
from tests.factories import CampaignFactory, MilestoneFactory, PersonFactory, ScopeFactory, user_with

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)


@pytest.fixture
def staff():
    return user_with("staff")


@pytest.fixture
def milestone(staff):
    """Due in four days, with its reminders planned."""
    made = MilestoneFactory(starts_on=date(2026, 6, 10))
    fields = {name: getattr(made, name) for name in milestones.MILESTONE_FIELDS}
    milestones.edit_milestone(made, by=staff, now=NOW, **fields | {"starts_on": date(2026, 6, 11)})
    assert Delivery.objects.waiting().count() > 0
    return made


def undo(staff, subject):
    take_back(Deed.objects.get(object_id=subject.pk), by=staff, now=NOW)
    subject.refresh_from_db()


def test_a_campaign_that_was_finished_runs_again_and_its_milestones_remind(staff, milestone):
    planned = set(Delivery.objects.waiting())
    campaign = milestone.campaign
    campaigns.finish_campaign(campaign, by=staff, now=NOW, status="stopped", outcome="No hope")
    assert Delivery.objects.waiting().count() == 0

    undo(staff, campaign)

    assert (campaign.status, campaign.finished_on, campaign.outcome) == ("running", None, "")
    assert set(Delivery.objects.waiting()) == planned
    assert Entry.objects.of(campaign)[0].sentence == "Took back that it ended"


def test_whoever_covered_a_part_of_a_finished_campaign_covers_it_again(staff, milestone):
    campaign = milestone.campaign
    scope, lead, other = ScopeFactory(campaign=campaign), PersonFactory(), PersonFactory()
    reassign(scope, by=staff, now=NOW, lead=Place(lead, ["en"]), backup=Place(other, []))
    campaigns.finish_campaign(campaign, by=staff, now=NOW, status="finished", outcome="Won")
    stopped = Assignment.objects.filter(scope=scope, until=None).count()

    undo(staff, campaign)

    standing = Assignment.objects.filter(scope=scope, until=None).order_by("capacity")
    assert stopped == 0
    assert [(one.person, one.capacity) for one in standing] == [(other, "backup"), (lead, "lead")]


@pytest.mark.parametrize("how", ["drop", "reach"])
def test_a_milestone_that_was_dropped_or_reached_is_planned_and_reminds_again(staff, milestone, how):
    planned = set(Delivery.objects.waiting())
    if how == "drop":
        milestones.drop_milestone(milestone, by=staff, now=NOW, reason="No money")
    else:
        milestones.reach_milestone(milestone, by=staff, now=NOW)

    undo(staff, milestone)

    assert (milestone.status, milestone.reached_on, milestone.drop_reason) == ("planned", None, "")
    assert set(Delivery.objects.waiting()) == planned


def test_in_a_campaign_that_is_over_a_dropped_milestone_stays_dropped(staff):
    milestone = MilestoneFactory()
    milestones.drop_milestone(milestone, by=staff, now=NOW, reason="No money")
    campaigns.finish_campaign(milestone.campaign, by=staff, now=NOW, status="finished", outcome="Won")

    with pytest.raises(TransitionError, match="This campaign is over"):
        undo(staff, milestone)


def test_a_step_back_needs_the_step_that_led_there():
    milestone = MilestoneFactory()

    with pytest.raises(TransitionError):
        milestone.step_to(Milestone.Status.PLANNED, back=True)
    with pytest.raises(TransitionError):
        CampaignFactory().step_to(Campaign.Status.FINISHED, back=True)
