"""What a machine reads of the reminders, and what staff see when mails are late."""

import math
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from notices import tasks
from notices.actions.life import PROCESSES, beat
from notices.models import Heartbeat
from tests.factories import PersonFactory, user_with
from tests.notices.given import AWAKE, due

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-twenty-two-x"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scraped(client, settings):
    """{name with its labels: value}, as Prometheus would read it."""
    settings.METRICS_TOKEN = TOKEN

    def scrape():
        page = client.get(reverse("home:metrics"), headers={"Authorization": f"Bearer {TOKEN}"})
        assert (page.status_code, page["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        lines = page.content.decode().splitlines()
        return {name: float(value) for name, value in (line.split(" ") for line in lines if not line.startswith("#"))}

    return scrape


def test_prometheus_reads_ages_counts_and_what_went_wrong(scraped):
    now = database_now()
    beat("beat", now=now - 90 * timedelta(seconds=1))
    beat("plan", now=now - 30 * timedelta(seconds=1))
    due(send_at=now - 20 * MINUTE), due(state="unconfirmed"), due(state="failed")
    due(state="failed", settled_at=now - timedelta(hours=25))

    found = scraped()

    assert 90 <= found['coalition_heard_seconds{process="beat"}'] <= 95
    assert 30 <= found['coalition_heard_seconds{process="plan"}'] <= 35
    assert math.isnan(found['coalition_heard_seconds{process="worker"}'])
    assert 1200 <= found["coalition_oldest_due_seconds"] <= 1205
    assert found['coalition_deliveries{state="planned",channel="mail"}'] == 1
    assert found['coalition_deliveries{state="failed",channel="mail"}'] == 2
    assert found['coalition_deliveries{state="sent",channel="inbox"}'] == 0
    assert (found["coalition_unconfirmed"], found["coalition_failed_last_day"]) == (1, 1)


def test_what_a_worker_has_reserved_is_not_unclaimed(scraped):
    now = database_now()
    due(send_at=now - 20 * MINUTE, lease_until=now + MINUTE)

    assert scraped()["coalition_oldest_due_seconds"] == 0


def test_the_figures_name_nobody(client, settings):
    settings.METRICS_TOKEN = TOKEN
    row = due(PersonFactory(display_name="Amina Diallo", **AWAKE), title="Count the seats")

    page = client.get(reverse("home:metrics"), headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()

    for secret in ("Amina", row.person.email, "Count the seats", str(row.pk), str(row.person_id)):
        assert secret not in page


@pytest.mark.parametrize(
    ("token", "shown"),
    [("", ""), ("", "Bearer "), (TOKEN, ""), (TOKEN, "Bearer wrong"), (TOKEN, f"Bearer {TOKEN}é"), (TOKEN, "Basic x")],
)
def test_without_the_token_there_is_no_such_page(client, settings, token, shown):
    settings.METRICS_TOKEN = token

    assert client.get(reverse("home:metrics"), headers={"Authorization": shown}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_scrape_takes_as_many_statements_for_three_as_for_one(scraped, django_assert_num_queries, count):
    for _each in range(count):
        due()

    with django_assert_num_queries(5):
        scraped()


def test_the_planner_is_heard_when_it_came_to_its_end():
    tasks.plan()

    assert Heartbeat.objects.get().process == "plan"


def banner(client, role):
    client.force_login(user_with(role))
    return client.get(reverse("home:home")).content.decode()


@pytest.fixture
def all_well():
    for process in (*PROCESSES, "plan"):
        beat(process, now=database_now())


@pytest.mark.parametrize(("minutes", "is_told"), [(14, False), (16, True)])
def test_staff_are_told_of_a_mail_that_is_late_for_more_than_15_minutes(client, all_well, minutes, is_told):
    due(send_at=database_now() - minutes * MINUTE)

    assert ("Mails are late" in banner(client, "staff")) is is_told


def test_whoever_is_not_staff_is_not_told_of_late_mails(client, all_well):
    due(send_at=database_now() - 16 * MINUTE)

    assert "Mails are late" not in banner(client, "chair")


def test_staff_and_a_watchdog_hear_when_planning_has_stopped(client, all_well):
    beat("plan", now=database_now() - Heartbeat.SILENCE)

    page, health = banner(client, "admin"), client.get(reverse("home:healthz"))

    assert "the planning has been silent since" in page
    assert (health.status_code, health.json()["plan"]) == (503, "silent")
