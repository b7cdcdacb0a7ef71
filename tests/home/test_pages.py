from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import User
from accounts.rules import allows
from campaigns.actions.tasks import finish_task
from campaigns.models import Milestone
from home.first_steps import first_steps
from home.lately import coming
from home.waiting import counts, waiting
from members.actions.applying import apply_import
from members.actions.imports import discard_import, name_columns, upload_roster
from notices.actions.life import beat
from notices.models import Heartbeat
from tests import factories
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def everything_waits_for(user: User, count: int) -> None:
    """`count` open rounds, invitations, milestones and tasks each."""
    now = database_now()
    for number in range(count):
        committee = factories.CommitteeFactory()
        factories.SeatHolderFactory(person=user.person, term__seat__committee=committee)
        position = factories.PositionFactory(committee=committee, status="open")
        factories.RoundFactory(position=position, opens_at=now, closes_at=now + timedelta(days=1))
        factories.AttendanceFactory(
            person=user.person, meeting__starts_at=now + timedelta(days=2), meeting__scheduled_at=now
        )
        factories.MilestoneFactory(owner=user.person, starts_on=(now + timedelta(days=3)).date())
        factories.TaskFactory(owner=user.person, due_on=(now - timedelta(days=number)).date())


@pytest.mark.parametrize(
    ("role", "address", "lit"),
    [
        ("staff", "/members/people/", ["People"]),
        ("staff", "/members/", ["Members"]),
        ("member", "/campaigns/tasks/", ["Tasks"]),
        ("member", "/campaigns/", ["Campaigns"]),
        ("member", "/", ["Home"]),
        ("member", "/accounts/preferences/", []),
    ],
)
def test_one_way_is_marked_as_the_one_taken(client, role, address, lit):
    client.force_login(user_with(role))

    shown = client.get(address).context

    assert [label for label, _url, current in shown["nav"] + shown["staff_nav"] if current] == lit


def test_what_waits_is_ordered_by_its_deadline_and_counted_alike():
    user = user_with("member")
    everything_waits_for(user, 2)

    items = waiting(user, database_now())

    assert len(items) == counts(user, database_now()).waiting == 8
    assert [item.due for item in items] == sorted(item.due for item in items)


def test_what_is_done_waits_no_longer():
    user = user_with("member")
    milestone = factories.MilestoneFactory(owner=user.person, starts_on=database_now().date())
    before = counts(user, database_now()).waiting
    milestone.step_to(Milestone.Status.REACHED)
    milestone.reached_on = milestone.starts_on
    milestone.save()

    assert (before, counts(user, database_now()).waiting) == (1, 0)


def test_a_milestone_that_is_far_ahead_or_out_of_sight_waits_for_nobody():
    user, today = user_with("member"), database_now().date()
    factories.MilestoneFactory(owner=user.person, starts_on=today + timedelta(days=40))
    factories.MilestoneFactory(owner=user.person, starts_on=today, campaign__visibility="staff")

    assert counts(user, database_now()).waiting == 0


def everything_is_to_be_settled(user: User, count: int) -> None:
    """`count` imports to decide, minutes to write and outcomes to confirm, for whoever may."""
    now = database_now()
    for number in range(count):
        upload_roster(by=user_with("staff"), now=now, file_name=f"{number}.csv", content=b"Name,Country\nA,Kenya\n")
        committee = factories.CommitteeFactory()
        factories.CommitteeOfficeFactory(committee=committee, person=user.person)
        begun = now - timedelta(days=2)
        factories.MeetingFactory(committee=committee, starts_at=begun, visibility="group")
        factories.SeatHolderFactory(term__seat__committee=committee)
        position = factories.PositionFactory(committee=committee, status="rejected")
        closed = {"opens_at": begun, "closes_at": now - timedelta(days=1), "announced_at": now, "outcome": "rejected"}
        factories.RoundFactory(position=position, **closed)


SETTLED = {"staff": 9, "admin": 9, "member": 6, "facilitator": 6, "nobody": 6}  # three or two kinds, three of each


@pytest.mark.parametrize("role", SETTLED)
def test_imports_minutes_and_outcomes_wait_for_who_settles_them(role):
    user = user_with(role)
    everything_is_to_be_settled(user, 3)

    items = waiting(user, database_now())

    assert len(items) == counts(user, database_now()).waiting == SETTLED[role]
    assert {item.due for item in items} == {None}


def test_what_has_no_deadline_waits_after_what_has_one():
    user, now = user_with("staff"), database_now()
    factories.MeetingFactory(starts_at=now - timedelta(days=2), visibility="staff")
    factories.MilestoneFactory(owner=user.person, starts_on=now.date())

    items = waiting(user, now)

    assert [(item.due is None, item.is_soon) for item in items] == [(False, True), (True, False)]


def test_an_import_says_how_many_rows_wait_for_a_decision():
    user, now = user_with("staff"), database_now()
    batch = upload_roster(by=user, now=now, file_name="May.csv", content=b"Name,Country\nA,\nB,\nC,Kenya\n")
    name_columns(batch, by=user, now=now, mapping=batch.mapping, category="member", since=None)

    assert [item.what for item in waiting(user, now)] == ["Decide 2 rows of “May.csv”"]


def test_what_is_settled_waits_no_longer():
    user, now = user_with("staff"), database_now()
    factories.MeetingFactory(starts_at=now - timedelta(days=2), visibility="staff", status="held", minutes="We agreed.")
    factories.MeetingFactory(
        starts_at=now - timedelta(days=2), visibility="staff", status="cancelled", cancel_reason="Too few"
    )
    discard_import(upload_roster(by=user, now=now, file_name="a.csv", content=b"Name\nA\n"), by=user, now=now)
    applied = upload_roster(by=user, now=now, file_name="b.csv", content=b"Name,Country\nB,Kenya\n")
    name_columns(applied, by=user, now=now, mapping=applied.mapping, category="member", since=None)
    apply_import(applied, by=user, now=now)

    assert counts(user, now).waiting == 0


def test_a_task_waits_until_it_is_done_or_with_somebody_else_and_not_yet_when_it_is_far_ahead():
    user, now = user_with("member"), database_now()
    task = factories.TaskFactory(owner=user.person, due_on=now.date() - timedelta(days=9))
    factories.TaskFactory(owner=user.person, due_on=now.date() + timedelta(days=40))
    factories.TaskFactory(due_on=now.date())
    before = [item.what for item in waiting(user, now)]
    finish_task(task, by=user, now=now)

    assert (before, counts(user, now).waiting) == ([task.title], 0)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("role", "statements"),
    [("staff", 10), ("admin", 10), ("chair", 9), ("seat", 9), ("facilitator", 10), ("member", 9), ("nobody", 9)],
)
def test_home_takes_as_many_statements_with_one_item_as_with_three(
    client, django_assert_num_queries, role, statements, count
):
    user = user_with(role)
    everything_waits_for(user, count)
    everything_is_to_be_settled(user, count)
    reached_lately(count)
    client.force_login(user)
    client.get(reverse("home:home"))

    with django_assert_num_queries(statements):
        response = client.get(reverse("home:home"))

    assert len(response.context["items"]) >= 5 * count
    assert len(response.context["coming"].lines) >= count


def reached_lately(count: int) -> None:
    for _number in range(count):
        factories.MilestoneFactory(status="reached", reached_on=database_now().date())


def test_what_comes_up_is_told_in_the_readers_zone_and_order_with_the_next_external_deadline():
    user, now = user_with("member"), datetime(2026, 5, 13, 12, tzinfo=UTC)
    user.person.zone = "Asia/Vientiane"  # seven hours ahead
    factories.MeetingFactory(starts_at=datetime(2026, 5, 14, 20, tzinfo=UTC), visibility="members", title="Call")
    factories.MeetingFactory(starts_at=datetime(2026, 5, 14, 20, tzinfo=UTC), visibility="staff", title="Hidden")
    factories.MilestoneFactory(starts_on=date(2026, 5, 14), title="Memo")
    factories.MilestoneFactory(starts_on=date(2026, 11, 9), title="Lusaka", is_external=True)
    position = factories.PositionFactory(status="open", visibility="members", title="Text")
    factories.SeatTermFactory(seat__committee=position.committee)
    factories.RoundFactory(position=position, opens_at=now, closes_at=datetime(2026, 5, 16, 8, tzinfo=UTC))

    found = coming(user, now)

    assert [(line.day.isoformat(), line.hour, line.what, line.is_closing) for line in found.lines] == [
        ("2026-05-14", "", "Memo", False),
        ("2026-05-15", "03:00", "Call", False),
        ("2026-05-16", "15:00", "Text", True),
        ("2026-11-09", "", "Lusaka", False),
    ]
    assert found.deadline == found.lines[-1]


def test_milestones_reached_thank_their_owner_and_old_or_hidden_ones_are_not_told(client):
    today = database_now().date()
    reached = {"status": "reached", "reached_on": today}
    factories.MilestoneFactory(title="Report", owner=factories.PersonFactory(display_name="Amira"), **reached)
    factories.MilestoneFactory(title="Secret", campaign__visibility="staff", **reached)
    factories.MilestoneFactory(title="Ancient", **reached | {"reached_on": today - timedelta(days=100)})
    client.force_login(user_with("member"))

    text = client.get(reverse("home:home")).content.decode()

    assert "Thank you, <bdi>Amira</bdi>." in text
    assert "Secret" not in text
    assert "Ancient" not in text


def test_the_first_administrator_is_led_through_the_first_steps_until_all_are_done():
    call_command("invite_administrator", "maya@example.org", "Maya Ferreira", verbosity=0)
    user = User.objects.get()
    ticked = [[step.is_done for step in first_steps(user)]]

    for make in (factories.OrganisationFactory, factories.SeatHolderFactory, factories.CampaignFactory):
        make()
        ticked.append([step.is_done for step in first_steps(user)])
    factories.UserFactory()

    assert ticked == [[number < done for number in range(4)] for done in range(4)]
    assert first_steps(user) == []


def test_the_first_steps_are_for_staff(client):
    client.force_login(user_with("member"))

    assert "First steps" not in client.get(reverse("home:home")).content.decode()


def test_an_empty_home_says_what_will_stand_there(client):
    client.force_login(user_with("member"))

    text = client.get(reverse("home:home")).content.decode()

    assert "Nothing waits for you" in text
    assert "No decision that you may see." in text  # there may be some that others see
    assert "Nothing is planned that you may see." in text


def test_a_watchdog_hears_when_beat_and_worker_are_alive(client):
    beat("beat", now=database_now())
    beat("worker", now=database_now())
    beat("plan", now=database_now())

    response = client.get(reverse("home:healthz"))

    seconds = {"beat": 0, "worker": 0, "plan": 0, "oldest_due": 0}
    state = {"database": "ok", "beat": "ok", "worker": "ok", "plan": "ok", "seconds": seconds}
    assert (response.status_code, response.json()) == (200, state)


def test_a_watchdog_and_staff_hear_when_a_process_has_been_silent_for_15_minutes(client):
    beat("worker", now=database_now())
    beat("beat", now=database_now() - Heartbeat.SILENCE)
    client.force_login(user_with("admin"))

    health, home = client.get(reverse("home:healthz")), client.get(reverse("home:home"))

    assert (health.status_code, health.json()["beat"]) == (503, "silent")
    assert "the scheduler has been silent since" in home.content.decode()


def test_whoever_is_not_staff_is_not_told_of_silent_processes(client):
    client.force_login(user_with("seat"))

    assert "has been silent" not in client.get(reverse("home:home")).content.decode()


def test_the_sent_mail_can_be_read_and_its_names_lead_nowhere_else(client, settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    message = EmailMessage()
    message["To"], message["Subject"], message["Date"] = "a@example.org", "Déjà vu", datetime(2026, 5, 1, tzinfo=UTC)
    message.set_content("Read https://localhost/positions/ please.")
    (tmp_path / "20260501-1.eml").write_bytes(message.as_bytes())
    (tmp_path.parent / "secret.eml").write_text("To: x\n\nsecret")

    listed = client.get(reverse("mail:mailbox"), {"to": "a@example"}).content.decode()
    shown = client.get(reverse("mail:letter", args=["20260501-1.eml"])).content.decode()
    escaped = client.get("/mail/..%2Fsecret.eml/")

    assert "Déjà vu" in listed
    assert '<a href="https://localhost/positions/"' in shown
    assert escaped.status_code == 404


def test_the_first_administrator_is_made_once():
    call_command("invite_administrator", "Maya@Example.org", "Maya Ferreira", verbosity=0)

    user = User.objects.get(email="maya@example.org")
    assert allows(user, "members.appoint", user.person)
    with pytest.raises(CommandError, match="can sign in already"):
        call_command("invite_administrator", "maya@example.org", "Maya Ferreira")
