"""Who hears of a task that stays overdue: its owner, then whoever asked for it, then the chair and the coordinators."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.actions import tasks
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
        "owner": make.UserFactory(),
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


def told_after(people, first=0, last=40):
    """{who: {days after the day it was due, …}} of the mails that planning made between two days from NOW."""
    for days in range(first, last):
        plan(now=NOW + days * DAY)
    names = {user.person_id: name for name, user in people.items()}
    rows = Delivery.objects.by_mail().filter(kind__startswith="campaigns.task_", slot__startswith="+")
    found = {}
    for person, slot in rows.values_list("person", "slot"):
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

    assert title == "Overdue since 3 days ago: Book the hall"
    assert f"a task of {people['owner'].person} was due 3 days ago and is still open" in text
