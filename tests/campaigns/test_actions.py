from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from accounts.models import TransitionError, Visibility
from accounts.rules import Refused
from campaigns.actions import campaigns, milestones
from campaigns.models import Campaign, Milestone
from history.models import Entry
from notices.models import Delivery
from tests.factories import (
    NOON,
    AssignmentFactory,
    CampaignFactory,
    MilestoneFactory,
    PersonFactory,
    UserFactory,
    user_with,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)


def fields(**others):
    return {
        "title": "Sponsorship closes",
        "kind": Milestone.Kind.INTERNAL,
        "starts_on": date(2026, 6, 10),
        "ends_on": None,
        "precision": "day",
        "zone": "Africa/Lusaka",
        "is_external": False,
        "owner": None,
        "note": "",
    } | others


def waiting(milestone):
    """Before it; what goes out once it is overdue stands in test_ladder.py."""
    rows = Delivery.objects.by_mail().about(milestone).waiting().filter(kind="campaigns.milestone_due")
    return [(row.slot, row.send_at.isoformat()) for row in rows.order_by("send_at")]


def test_a_facilitator_changes_a_milestone_but_not_whose_it_is():
    user, now = UserFactory(), NOON
    mine = AssignmentFactory(person=user.person).scope
    milestone = MilestoneFactory(campaign=mine.campaign, scope=mine)
    fields = {name: getattr(milestone, name) for name in milestones.MILESTONE_FIELDS}

    with pytest.raises(Refused):
        milestones.edit_milestone(milestone, by=user, now=now, **fields | {"scope": None})
    assert milestones.edit_milestone(milestone, by=user, now=now, **fields | {"note": "Mine."}).note == "Mine."


def test_a_milestone_known_to_the_month_begins_on_its_first_day_and_ends_on_the_last_of_another():
    staff = user_with("staff")

    milestone = milestones.add_milestone(
        CampaignFactory(),
        by=staff,
        now=NOW,
        **fields(precision="month", starts_on=date(2026, 9, 17), ends_on=date(2026, 11, 3)),
    )

    assert (milestone.starts_on, milestone.ends_on) == (date(2026, 9, 1), date(2026, 11, 30))


def test_a_month_that_ends_in_itself_has_no_end():
    staff = user_with("staff")

    milestone = milestones.add_milestone(
        CampaignFactory(),
        by=staff,
        now=NOW,
        **fields(precision="month", starts_on=date(2026, 9, 17), ends_on=date(2026, 9, 20)),
    )

    assert (milestone.starts_on, milestone.ends_on) == (date(2026, 9, 1), None)


def test_the_database_refuses_an_end_before_the_start():
    with pytest.raises(IntegrityError, match="milestone_ends_after_it_starts"):
        MilestoneFactory(starts_on=date(2026, 6, 10), ends_on=date(2026, 6, 9))


def test_the_database_refuses_a_reached_milestone_without_its_day():
    with pytest.raises(IntegrityError, match="milestone_reached_on_exactly_when_reached"):
        MilestoneFactory(status="reached")


def test_the_database_refuses_the_middle_of_a_month_for_a_date_known_to_the_month():
    with pytest.raises(IntegrityError, match="milestone_starts_on_the_first_day_of_what_is_known"):
        MilestoneFactory(starts_on=date(2026, 6, 10), precision="month")


def test_the_database_refuses_a_campaign_that_is_over_without_a_word_on_how_it_ended():
    with pytest.raises(IntegrityError, match="campaign_says_how_it_ended_exactly_when_over"):
        CampaignFactory(status="stopped", finished_on=date(2026, 6, 1), outcome="")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Kathmandu", "2026-06-07T03:15:00+00:00"),  # +05:45
        ("Pacific/Kiritimati", "2026-06-06T19:00:00+00:00"),  # +14
        ("America/Los_Angeles", "2026-06-07T16:00:00+00:00"),  # summer time
    ],
)
def test_reminders_go_at_nine_in_the_reader_s_zone(zone, expected):
    staff = user_with("staff")
    staff.person.zone = zone
    staff.person.save()

    milestone = milestones.add_milestone(CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person))

    assert ("P3D", expected) in waiting(milestone)


def test_nine_stays_nine_when_the_clocks_go_forward_between_two_reminders():
    staff = user_with("staff")
    staff.person.zone = "Europe/Zurich"
    staff.person.save()

    milestone = milestones.add_milestone(
        CampaignFactory(),
        by=staff,
        now=datetime(2026, 3, 26, 12, tzinfo=UTC),
        **fields(owner=staff.person, starts_on=date(2026, 3, 30)),
    )

    assert waiting(milestone) == [
        ("P3D", "2026-03-27T08:00:00+00:00"),
        ("P1D", "2026-03-29T07:00:00+00:00"),
        ("P0D", "2026-03-30T07:00:00+00:00"),
    ]


def test_a_date_known_only_to_the_month_reminds_nobody():
    staff = user_with("staff")

    milestone = milestones.add_milestone(
        CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person, precision="month")
    )

    assert waiting(milestone) == []


def test_moving_a_milestone_replaces_its_reminders_in_the_same_step():
    staff = user_with("staff")
    milestone = milestones.add_milestone(CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person))

    milestones.edit_milestone(milestone, by=staff, now=NOW, **fields(owner=staff.person, starts_on=date(2026, 6, 12)))

    milestone.refresh_from_db()
    assert milestone.epoch == 1
    assert waiting(milestone) == [
        ("P3D", "2026-06-09T09:00:00+00:00"),
        ("P1D", "2026-06-11T09:00:00+00:00"),
        ("P0D", "2026-06-12T09:00:00+00:00"),
    ]
    before = Delivery.objects.by_mail().about(milestone).filter(kind="campaigns.milestone_due", epoch=0)
    assert [row.state for row in before] == ["cancelled"] * 3


def test_a_new_title_moves_nothing():
    staff = user_with("staff")
    milestone = milestones.add_milestone(CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person))
    before = waiting(milestone)

    milestones.edit_milestone(milestone, by=staff, now=NOW, **fields(owner=staff.person, title="Sponsorship is over"))

    milestone.refresh_from_db()
    assert (milestone.epoch, waiting(milestone)) == (0, before)


def test_reached_is_dated_where_it_happens_and_stops_the_reminders():
    owner = user_with("member")
    milestone = MilestoneFactory(owner=owner.person, starts_on=date(2026, 6, 10), zone="Pacific/Kiritimati")

    milestones.reach_milestone(milestone, by=owner, now=NOW)

    milestone.refresh_from_db()
    assert (milestone.status, milestone.reached_on, waiting(milestone)) == ("reached", date(2026, 6, 7), [])


def test_only_staff_and_the_owner_mark_it_as_reached():
    milestone, other = MilestoneFactory(), user_with("member")

    with pytest.raises(Refused, match="owner of a milestone"):
        milestones.reach_milestone(milestone, by=other, now=NOW)

    milestone.refresh_from_db()
    assert milestone.status == "planned"


def test_what_nobody_owns_is_reached_by_staff_alone():
    milestone = MilestoneFactory(owner=None)

    with pytest.raises(Refused):
        milestones.reach_milestone(milestone, by=user_with("member"), now=NOW)


def test_a_reached_milestone_is_not_dropped():
    staff, milestone = user_with("staff"), MilestoneFactory(status="reached", reached_on=date(2026, 6, 1))

    with pytest.raises(TransitionError, match="“Reached” cannot become “Dropped”"):
        milestones.drop_milestone(milestone, by=staff, now=NOW, reason="No money")


def test_a_dropped_milestone_keeps_its_reason_and_reminds_nobody():
    staff = user_with("staff")
    milestone = milestones.add_milestone(CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person))

    milestones.drop_milestone(milestone, by=staff, now=NOW, reason="The conference was moved")

    milestone.refresh_from_db()
    assert (milestone.drop_reason, waiting(milestone)) == ("The conference was moved", [])
    assert Entry.objects.of(milestone).first().sentence == "Dropped: The conference was moved"


def test_an_owner_who_may_not_see_the_campaign_is_not_reminded():
    staff, outsider = user_with("staff"), PersonFactory()

    milestone = milestones.add_milestone(
        CampaignFactory(visibility="staff"), by=staff, now=NOW, **fields(owner=outsider)
    )

    assert waiting(milestone) == []


def test_opening_a_campaign_to_members_begins_to_remind_their_milestones_owners():
    staff, member = user_with("staff"), user_with("member")
    campaign = CampaignFactory(visibility="staff")
    milestone = milestones.add_milestone(campaign, by=staff, now=NOW, **fields(owner=member.person))

    campaigns.edit_campaign(
        campaign, by=staff, now=NOW, name="Open", goal="g", owner=campaign.owner, visibility=Visibility.MEMBERS
    )

    assert [slot for slot, _at in waiting(milestone)] == ["P3D", "P1D", "P0D"]


def test_finishing_a_campaign_silences_its_milestones():
    staff = user_with("staff")
    campaign = CampaignFactory()
    milestone = milestones.add_milestone(campaign, by=staff, now=NOW, **fields(owner=staff.person))

    campaigns.finish_campaign(campaign, by=staff, now=NOW, status="finished", outcome="The treaty stands.")

    campaign.refresh_from_db()
    assert (campaign.status, campaign.finished_on, waiting(milestone)) == ("finished", date(2026, 6, 6), [])


def test_a_campaign_that_is_over_takes_no_more_milestones():
    staff = user_with("staff")
    campaign = CampaignFactory(status="stopped", finished_on=date(2026, 6, 1))

    with pytest.raises(TransitionError, match="does not change any more"):
        milestones.add_milestone(campaign, by=staff, now=NOW, **fields())


def test_the_owner_sees_a_campaign_whatever_its_class():
    owner = user_with("member")
    own, _other = CampaignFactory(owner=owner.person, visibility="restricted"), CampaignFactory(visibility="staff")

    assert list(Campaign.objects.visible_to(owner)) == [own]


def test_the_next_external_deadline_is_known_to_the_day_and_not_over():
    campaign = CampaignFactory()
    MilestoneFactory(campaign=campaign, is_external=True, starts_on=date(2026, 6, 1), precision="month")
    MilestoneFactory(campaign=campaign, is_external=True, starts_on=date(2026, 5, 1))
    MilestoneFactory(campaign=campaign, is_external=False, starts_on=date(2026, 6, 8))
    running = MilestoneFactory(
        campaign=campaign, is_external=True, starts_on=date(2026, 6, 4), ends_on=date(2026, 6, 8)
    )
    MilestoneFactory(campaign=campaign, is_external=True, starts_on=date(2026, 7, 8))

    assert Milestone.objects.next_external(NOW.date()) == running
    assert Milestone.objects.next_external_of([campaign], NOW.date()) == {campaign.pk: running}


@pytest.mark.parametrize(
    "act",
    [
        lambda milestone, by: milestones.edit_milestone(milestone, by=by, now=NOW, **fields()),
        lambda milestone, by: milestones.reach_milestone(milestone, by=by, now=NOW),
        lambda milestone, by: milestones.drop_milestone(milestone, by=by, now=NOW, reason="Too late"),
        lambda milestone, by: campaigns.edit_campaign(
            milestone.campaign, by=by, now=NOW, name="n", goal="g", owner=by.person, visibility="members"
        ),
    ],
    ids=["edit_milestone", "reach_milestone", "drop_milestone", "edit_campaign"],
)
def test_nothing_of_a_campaign_that_is_over_changes(act):
    milestone = MilestoneFactory(campaign__status="stopped", campaign__finished_on=date(2026, 6, 1))

    with pytest.raises(TransitionError, match="is over: it does not change any more"):
        act(milestone, user_with("staff"))
