"""Who hears of what stays overdue: its owner, then whoever asked for it or owns the campaign, then the chair of its
committee and the coordinators."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.actions import milestones, tasks
from campaigns.actions.campaigns import finish_campaign
from members.models import Appointment
from notices.actions.planning import plan
from notices.compose import written
from notices.models import Delivery
from tests import factories as make
from tests.notices.given import AWAKE

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = date(2026, 6, 10)


@pytest.fixture
def people():
    """Owner, who asked for it (a member's contact), another of staff, and the chair, all awake at any hour."""
    steering = make.CommitteeFactory(is_steering=True)
    users = {
        "owner": make.user_with("member"),
        "asker": make.user_with("staff"),
        "coordinator": make.user_with("staff"),
        "chair": make.user_with("chair", steering),
        "other": make.user_with("member"),
    }
    for user in users.values():
        for name, value in AWAKE.items():
            setattr(user.person, name, value)
        user.person.save()
    return users


def asked(people, subject=None, **others):
    fields = {"title": "Book the hall", "note": "", "due_on": DUE, "zone": "UTC", "visibility": "group"}
    fields |= {"owner": people["owner"].person, "organisation": None} | others
    return tasks.add_task(subject or make.CampaignFactory(), by=people["asker"], now=NOW, **fields)


def steering_meeting(people):
    committee = people["chair"].person.offices.get().committee
    return make.MeetingFactory(committee=committee, starts_at=NOW + 30 * DAY)


def told_after(people, about="task", first=0, last=40):
    """{who: {days after the day it was due, …}} of the mails that planning between two days from NOW let stand."""
    for days in range(first, last):
        plan(now=NOW + days * DAY)
    names = {user.person_id: name for name, user in people.items()}
    rows = Delivery.objects.by_mail().filter(kind__startswith=f"campaigns.{about}_", slot__startswith="+")
    found = {}
    for person, slot in rows.exclude(state="cancelled").values_list("person", "slot"):
        found.setdefault(names[person], set()).add(int(slot.strip("+PD")))
    return found


def states(kind):
    return list(Delivery.objects.by_mail().filter(kind=kind).values_list("state", flat=True))


def test_three_steps_then_silence(people):
    asked(people, steering_meeting(people))

    told = told_after(people)

    assert told == {"owner": {1, 3, 7}, "asker": {3, 7}, "coordinator": {7}, "chair": {7}}


def test_a_task_of_no_committee_has_no_chair(people):
    asked(people)

    assert "chair" not in told_after(people)


def test_whoever_asked_for_their_own_task_is_not_told_about_themselves(people):
    asked(people, owner=people["asker"].person)

    told = told_after(people)

    assert told == {"asker": {1, 3, 7}, "coordinator": {7}}


def test_who_may_not_see_the_task_does_not_hear_of_it(people):
    asked(people, steering_meeting(people), visibility="restricted")

    assert told_after(people) == {"owner": {1, 3, 7}, "asker": {3, 7}}


def test_the_ladder_ends_when_the_task_is_done(people):
    task = asked(people, steering_meeting(people))
    told_after(people, last=10)

    tasks.finish_task(task, by=people["owner"], now=NOW + 10 * DAY)

    assert set(states("campaigns.task_late") + states("campaigns.task_stuck")) == {"cancelled"}


def test_a_task_whose_day_moves_climbs_its_ladder_anew(people):
    task = asked(people)
    told_after(people, last=10)
    before = Delivery.objects.by_mail().filter(kind="campaigns.task_stuck").count()

    task.due_on, task.epoch = DUE + 5 * DAY, task.epoch + 1
    task.save()
    told = told_after(people, first=10)

    assert told["coordinator"] == {7}
    assert states("campaigns.task_stuck").count("cancelled") == before
    assert not Delivery.objects.filter(kind__in=["campaigns.task_late", "campaigns.task_stuck"], slot="moved").exists()


def test_the_mail_says_whose_task_it_is_and_since_when(people):
    task = asked(people)
    told_after(people)
    row = Delivery.objects.by_mail().select_related("person").get(kind="campaigns.task_late")

    title, text = written(row, task, datetime(2026, 6, 13, 12, tzinfo=UTC), by_mail=True)

    assert title == "Still open, due 3 days ago: Book the hall"
    assert f"a task of {people['owner'].person} was due 3 days ago and is still open" in text


def milestone_of(people, **fields):
    """Owned by “owner” in a campaign of “asker”, planned for DUE."""
    campaign = fields.pop("campaign", None) or make.CampaignFactory(owner=people["asker"].person)
    usual = {"title": "Forum", "starts_on": DUE, "owner": people["owner"].person, "scheduled_at": NOW}
    return make.MilestoneFactory(campaign=campaign, **(usual | fields))


def test_a_milestone_climbs_to_the_owner_of_its_campaign_and_to_the_coordinators(people):
    milestone_of(people)

    assert told_after(people, "milestone") == {"owner": {1, 3, 7}, "asker": {3, 7}, "coordinator": {7}}


def test_a_milestone_of_several_days_is_overdue_after_the_last(people):
    milestone_of(people, ends_on=DUE + 4 * DAY)
    told_after(people, "milestone")

    first = Delivery.objects.by_mail().filter(kind="campaigns.milestone_overdue").earliest("send_at")

    assert (first.slot, first.send_at.date()) == ("+P1D", DUE + 5 * DAY)


@pytest.mark.parametrize("fields", [{"owner": None}, {"precision": "month", "starts_on": date(2026, 6, 1)}])
def test_a_milestone_that_reminds_nobody_is_overdue_to_nobody(people, fields):
    milestone_of(people, **fields)

    assert told_after(people, "milestone") == {}


@pytest.mark.parametrize("act", ["reach", "drop", "finish", "hide"])
def test_the_ladder_of_a_milestone_ends_with_it(people, act):
    milestone = milestone_of(people)
    told = told_after(people, "milestone", last=9)
    assert told["coordinator"] == {7}
    asker = people["asker"]

    if act == "reach":
        milestones.reach_milestone(milestone, by=asker, now=NOW + 9 * DAY)
    elif act == "drop":
        milestones.drop_milestone(milestone, by=asker, now=NOW + 9 * DAY, reason="No money.")
    elif act == "finish":
        finish_campaign(milestone.campaign, by=asker, now=NOW + 9 * DAY, status="stopped", outcome="No money.")
    else:
        Appointment.objects.filter(person=people["coordinator"].person).delete()
        type(milestone.campaign).objects.update(visibility="staff")

    told = told_after(people, "milestone", first=9)
    assert told == ({"asker": {3, 7}} if act == "hide" else {})


def test_a_milestone_that_moves_after_it_was_overdue_climbs_anew(people):
    milestone = milestone_of(people)
    told_after(people, "milestone", last=10)
    Delivery.objects.by_mail().filter(slot="+P1D").update(state="sent", settled_at=NOW + 10 * DAY)

    fields = {name: getattr(milestone, name) for name in milestones.MILESTONE_FIELDS}
    fields["starts_on"] = DUE + 20 * DAY
    milestones.edit_milestone(milestone, by=people["asker"], now=NOW + 10 * DAY, **fields)
    told_after(people, "milestone", first=10)

    rows = Delivery.objects.by_mail().filter(kind="campaigns.milestone_overdue", epoch=1)
    assert sorted(rows.values_list("slot", flat=True)) == ["+P1D", "+P3D", "+P7D"]
    assert not Delivery.objects.filter(kind="campaigns.milestone_overdue", slot="moved").exists()


def test_a_milestone_that_lasts_longer_after_it_was_overdue_repeats_no_step(people):
    milestone = milestone_of(people)
    told_after(people, "milestone", last=10)
    rows = Delivery.objects.by_mail().filter(kind="campaigns.milestone_overdue")
    rows.filter(slot="+P1D").update(state="sent", settled_at=NOW + 10 * DAY)

    fields = {name: getattr(milestone, name) for name in milestones.MILESTONE_FIELDS}
    fields["ends_on"] = DUE + 5 * DAY
    milestones.edit_milestone(milestone, by=people["asker"], now=NOW + 10 * DAY, **fields)
    told_after(people, "milestone", first=10, last=16)

    left = {slot: (state, at.date()) for slot, state, at in rows.values_list("slot", "state", "send_at")}
    assert left["+P1D"][0] == "sent"
    assert [left[slot] for slot in ("+P3D", "+P7D")] == [("planned", DUE + 8 * DAY), ("planned", DUE + 12 * DAY)]


def test_the_mails_about_an_overdue_milestone_say_whose_it_is(people):
    milestone = milestone_of(people)
    told_after(people, "milestone")
    at = datetime(2026, 6, 13, 12, tzinfo=UTC)
    rows = Delivery.objects.by_mail().select_related("person").filter(slot="+P3D")

    said = {row.kind: written(row, milestone, at, by_mail=True) for row in rows}

    owners, others = said["campaigns.milestone_overdue"], said["campaigns.milestone_late"]
    assert owners[0] == others[0] == "Milestone was due 3 days ago: Forum"
    assert f"a milestone you own in “{milestone.campaign}” was due 3 days ago" in owners[1]
    assert f"a milestone of {people['owner'].person} in “{milestone.campaign}” was due 3 days ago" in others[1]
