"""Real threads on PostgreSQL: somebody ends a campaign while somebody else reaches one of its milestones."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from accounts.rules import Refused
from campaigns.actions import campaigns, milestones
from campaigns.actions.facilitators import Place, hand_over, reassign
from campaigns.models import Campaign, Milestone
from history.models import Head
from members.models import Appointment
from notices.models import Delivery
from tests.factories import NOON, AssignmentFactory, MilestoneFactory, PersonFactory, UserFactory, user_with
from tests.threads import alone, together, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)


def test_ending_a_campaign_and_reaching_its_milestone_never_wait_for_each_other_in_a_circle():
    staff = user_with("staff")
    fields = {"name": "A treaty", "goal": "Adopted", "owner": staff.person, "visibility": "members"}
    campaign = campaigns.add_campaign(by=staff, now=NOW, **fields)
    milestone = MilestoneFactory(campaign=campaign, starts_on=date(2026, 6, 10))

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            # Held by the test: both stop where they write the campaign's history, or before it.
            Head.objects.select_for_update().get(object_id=campaign.pk)
            finish = pool.submit(alone, lambda: finish_campaign(campaign, staff))
            wait_until_blocked(1)
            reach = pool.submit(alone, lambda: milestones.reach_milestone(milestone, by=staff, now=NOW))
            wait_until_blocked(2)
        finished, refused = finish.result(timeout=20), reach.result(timeout=20)

    assert (finished.status, str(refused)) == ("finished", "This campaign is over: it does not change any more.")
    assert (Campaign.objects.get().status, Milestone.objects.get().status) == ("finished", "planned")
    assert Delivery.objects.waiting().count() == 0


def test_handing_over_while_staff_reassign_leaves_one_lead():
    staff, lead, backup, other = user_with("staff"), UserFactory(), UserFactory(), PersonFactory()
    scope = AssignmentFactory(person=lead.person).scope
    AssignmentFactory(scope=scope, person=backup.person, capacity="backup")

    def hand_over_if_still_theirs():
        with suppress(Refused):  # staff were first, and it is theirs no more
            hand_over(scope, by=lead, now=NOON, note="Gone.")

    together(
        hand_over_if_still_theirs,
        lambda: reassign(scope, by=staff, now=NOON, lead=Place(other), backup=Place(lead.person)),
    )

    standing = scope.assignments.filter(until=None)
    assert standing.filter(capacity="lead").count() == 1
    assert Appointment.objects.filter(person__in=standing.values("person"), until=None).count() == standing.count()


def finish_campaign(campaign, staff):
    return campaigns.finish_campaign(campaign, by=staff, now=NOW, status="finished", outcome="The treaty stands.")
