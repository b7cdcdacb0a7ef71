from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import User
from accounts.rules import allows
from campaigns.actions.tasks import finish_task
from campaigns.models import Milestone
from home.waiting import waiting, waiting_count
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


def test_what_waits_is_ordered_by_its_deadline_and_counted_alike():
    user = user_with("member")
    everything_waits_for(user, 2)

    items = waiting(user, database_now())

    assert len(items) == waiting_count(user, database_now()) == 8
    assert [item.due for item in items] == sorted(item.due for item in items)


def test_what_is_done_waits_no_longer():
    user = user_with("member")
    milestone = factories.MilestoneFactory(owner=user.person, starts_on=database_now().date())
    before = waiting_count(user, database_now())
    milestone.step_to(Milestone.Status.REACHED)
    milestone.reached_on = milestone.starts_on
    milestone.save()

    assert (before, waiting_count(user, database_now())) == (1, 0)


def test_a_milestone_that_is_far_ahead_or_out_of_sight_waits_for_nobody():
    user, today = user_with("member"), database_now().date()
    factories.MilestoneFactory(owner=user.person, starts_on=today + timedelta(days=40))
    factories.MilestoneFactory(owner=user.person, starts_on=today, campaign__visibility="staff")

    assert waiting_count(user, database_now()) == 0


def test_a_task_waits_until_it_is_done_or_with_somebody_else_and_not_yet_when_it_is_far_ahead():
    user, now = user_with("member"), database_now()
    task = factories.TaskFactory(owner=user.person, due_on=now.date() - timedelta(days=9))
    factories.TaskFactory(owner=user.person, due_on=now.date() + timedelta(days=40))
    factories.TaskFactory(due_on=now.date())
    before = [item.what for item in waiting(user, now)]
    finish_task(task, by=user, now=now)

    assert (before, waiting_count(user, now)) == ([task.title], 0)


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_as_many_statements_with_one_item_as_with_three(client, django_assert_num_queries, count):
    user = user_with("staff")
    everything_waits_for(user, count)
    client.force_login(user)
    client.get(reverse("home:home"))

    with django_assert_num_queries(12):
        response = client.get(reverse("home:home"))

    assert response.content.decode().count('class="what"') == 4 * count


def test_an_empty_home_says_what_will_stand_there(client):
    client.force_login(user_with("member"))

    response = client.get(reverse("home:home"))

    assert "Nothing waits for you" in response.content.decode()


def test_a_watchdog_hears_when_beat_and_worker_are_alive(client):
    beat("beat", now=database_now())
    beat("worker", now=database_now())

    response = client.get(reverse("home:healthz"))

    assert (response.status_code, response.json()) == (200, {"database": "ok", "beat": "ok", "worker": "ok"})


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
