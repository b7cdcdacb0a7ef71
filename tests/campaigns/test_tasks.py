"""What can happen to a task, who is told and reminded, and what holds in the database."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from accounts.models import TransitionError
from accounts.rules import Refused
from campaigns.actions import tasks
from campaigns.actions.assignments import move_work
from campaigns.models import Task
from history.models import Entry
from history.panels import history
from notices.actions.planning import plan
from notices.models import Delivery
from tests import factories as make
from tests.notices.given import AWAKE
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def fields(**others):
    return {
        "title": "Book the hall",
        "note": "",
        "due_on": date(2026, 6, 10),
        "zone": "UTC",
        "visibility": "group",
        "owner": None,
        "organisation": None,
    } | others


def awake():
    return make.PersonFactory(**AWAKE)


def asked(**others):
    return tasks.add_task(make.CampaignFactory(), by=make.user_with("staff"), now=NOW, **fields(**others))


def slots(task, person, kind="campaigns.task_due", **filters):
    rows = Delivery.objects.by_mail().about(task).filter(person=person, kind=kind, **filters)
    return list(rows.order_by("send_at", "slot").values_list("slot", flat=True))


def told(task, **filters):
    rows = Delivery.objects.by_mail().about(task).filter(kind="campaigns.task_handed", **filters)
    return list(rows.order_by("planned_at").values_list("person__display_name", flat=True))


def test_a_task_reminds_its_owner_before_its_day_on_it_and_when_it_is_overdue():
    owner = awake()

    task = asked(owner=owner, due_on=date(2026, 6, 14))
    for days in range(30):
        plan(now=NOW + days * DAY)

    assert slots(task, owner) == ["P7D", "P3D", "P1D", "P0D", "+P1D", "+P3D", "+P7D"]


def test_whoever_is_given_a_task_is_told_at_once_and_not_reminded_of_what_lay_before():
    owner = awake()

    task = asked(owner=owner, due_on=date(2026, 6, 7))

    assert told(task, send_at=NOW) == [owner.display_name]
    assert slots(task, owner, send_at__lte=NOW) == []


def test_whoever_asks_themselves_is_not_told():
    staff = make.user_with("staff")

    task = tasks.add_task(make.CampaignFactory(), by=staff, now=NOW, **fields(owner=staff.person))

    assert (told(task), slots(task, staff.person)) == ([], ["P3D", "P1D", "P0D", "+P1D", "+P3D"])


def test_a_task_handed_on_reminds_the_new_owner_alone_who_is_told_once():
    first, second, staff = awake(), awake(), make.user_with("staff")
    task = asked(owner=first)

    for _turn in range(2):  # a double click
        tasks.hand_task(task, by=staff, now=NOW, owner=second, organisation=None)

    assert slots(task, first, state="planned") == []
    assert slots(task, second, state="planned") == ["P3D", "P1D", "P0D", "+P1D", "+P3D"]
    assert told(task, state="planned") == [second.display_name]
    assert told(task, state="cancelled") == [first.display_name]  # at night they need not hear of it in the morning


def test_a_task_that_goes_to_and_fro_is_told_to_its_present_owner_once():
    first, second, staff = awake(), awake(), make.user_with("staff")
    task = asked(owner=first)

    for owner in (second, first, second):
        tasks.hand_task(task, by=staff, now=NOW, owner=owner, organisation=None)

    assert told(task, state="planned") == [second.display_name]
    assert slots(task, second, state="planned") == ["P3D", "P1D", "P0D", "+P1D", "+P3D"]


def test_tasks_on_the_milestones_of_a_scope_go_to_its_new_lead_who_is_told_of_the_scope_alone():
    assignment, successor = make.AssignmentFactory(capacity="lead"), awake()
    lead, milestone = (
        assignment.person,
        make.MilestoneFactory(campaign=assignment.scope.campaign, scope=assignment.scope),
    )
    open_one, elsewhere = make.TaskFactory(subject=milestone, owner=lead), make.TaskFactory(owner=lead)
    done = make.TaskFactory(subject=milestone, owner=lead, status="done", closed_at=NOW)

    moved = move_work(assignment.scope, lead, successor, by=make.user_with("staff"), now=NOW)

    owners = [Task.objects.get(pk=task.pk).owner for task in (open_one, elsewhere, done)]
    assert (moved, owners) == (1, [successor, lead, lead])
    assert told(open_one) == []


def test_handing_on_records_ids_and_no_names():
    first, second, staff = awake(), awake(), make.user_with("staff")
    task = asked(owner=first)

    tasks.hand_task(task, by=staff, now=NOW, owner=second, organisation=None)

    entry = Entry.objects.of(task).first()
    assert (entry.verb, entry.details) == ("Handed it on", {"changes": {"owner": [str(first.pk), str(second.pk)]}})


def test_a_moved_task_starts_its_reminders_afresh():
    owner, staff = awake(), make.user_with("staff")
    task = asked(owner=owner)
    kept = {name: value for name, value in fields().items() if name not in {"owner", "organisation"}}

    task = tasks.edit_task(task, by=staff, now=NOW, **kept | {"due_on": date(2026, 6, 12)})

    assert task.epoch == 1
    assert slots(task, owner, state="planned", epoch=0) == []
    assert slots(task, owner, state="planned") == ["P3D", "P1D", "P0D", "+P1D"]


@pytest.mark.parametrize("end", ["finish", "drop"])
def test_a_closed_task_reminds_nobody_until_it_is_opened_again(end):
    owner, staff = awake(), make.user_with("staff")
    task = asked(owner=owner)
    close = {"finish": tasks.finish_task, "drop": partial(tasks.drop_task, reason="No money")}[end]

    closed = close(task, by=staff, now=NOW)
    waiting = Delivery.objects.about(task).waiting().count()
    again = tasks.reopen_task(task, by=staff, now=NOW)

    assert (closed.is_open, closed.closed_at, waiting) == (False, NOW, 0)
    assert (again.is_open, again.closed_at, again.drop_reason) == (True, None, "")
    assert slots(task, owner, state="planned") == ["P3D", "P1D", "P0D", "+P1D", "+P3D"]


def test_a_closed_task_is_not_changed_and_a_second_click_closes_it_once():
    staff = make.user_with("staff")
    task = tasks.finish_task(asked(), by=staff, now=NOW)

    with pytest.raises(TransitionError, match="open it again first"):
        tasks.hand_task(task, by=staff, now=NOW, owner=staff.person, organisation=None)
    with pytest.raises(TransitionError, match="cannot become"):
        tasks.drop_task(task, by=staff, now=NOW, reason="No money")
    tasks.finish_task(task, by=staff, now=NOW)

    assert [line.sentence for line in history(task, staff)].count("Done") == 1


def test_a_task_of_nobody_is_taken_by_a_member_who_is_not_told_what_they_know():
    member = make.user_with("member")
    organisation = member.person.representations.get().organisation
    task = asked()

    taken = tasks.take_task(task, by=member, now=NOW, organisation=organisation)

    assert (taken.owner, taken.organisation) == (member.person, organisation)
    assert told(task) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_task_at_once_one_has_it_and_the_other_reads_who():
    members, task = [make.user_with("member") for _number in range(2)], asked()

    answers = together(*[partial(tasks.take_task, task, by=one, now=NOW, organisation=None) for one in members])

    refused = [one for one in answers if isinstance(one, TransitionError)]
    owner = Task.objects.get().owner
    assert [str(one) for one in refused] == [f"{owner} has taken this task already."]


def test_a_member_may_not_hand_on_what_is_somebody_elses():
    task = asked(owner=awake())

    with pytest.raises(Refused):
        tasks.hand_task(task, by=make.user_with("member"), now=NOW, owner=None, organisation=None)


def test_whoever_leads_the_work_gives_tasks_there():
    chair, seat = make.user_with("chair"), make.user_with("seat")
    meeting = make.MeetingFactory(committee=chair.person.offices.get().committee)

    task = tasks.add_task(meeting, by=chair, now=NOW, **fields())

    assert (task.subject, task.asked_by) == (meeting, chair.person)
    with pytest.raises(Refused):
        tasks.add_task(meeting, by=seat, now=NOW, **fields())


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"status": "done"}, "task_closed_at_exactly_when_not_open"),
        ({"closed_at": NOW}, "task_closed_at_exactly_when_not_open"),
        ({"drop_reason": "No money"}, "task_dropped_exactly_with_a_reason"),
        ({"status": "dropped", "closed_at": NOW}, "task_dropped_exactly_with_a_reason"),
        ({"visibility": "members"}, "task_visibility_is_known"),
    ],
)
def test_the_database_refuses(wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make.TaskFactory(**wrong)


def test_the_database_refuses_an_organisation_for_which_nobody_does_it():
    with pytest.raises(IntegrityError, match="task_is_for_an_organisation_only_with_an_owner"):
        make.TaskFactory(owner=None, organisation=make.OrganisationFactory())
