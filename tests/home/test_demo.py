from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.models import User
from campaigns.models import Campaign, Scope
from decisions.models import Decision
from home import demo
from home.inbox import opened
from members.models import Organisation, Seat, SeatTerm
from notices.actions import planning
from notices.models import Delivery
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LOGINS = ("admin", "staff", "chair", "seat", "facilitator", "member")


@pytest.fixture
def demo_data(db):
    demo.load(now=NOON)


def test_the_demo_has_a_committee_with_a_vacant_seat_and_names_as_real_ones_look(demo_data):
    names = set(Organisation.objects.values_list("name", flat=True))

    assert Seat.objects.count() == 13
    assert SeatTerm.objects.current().count() == 12
    assert max(len(name) for name in names) >= 100
    assert {"جمعية الأرض الآمنة للتنمية الريفية", "ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း", "Åpne Marker"} <= names


def test_the_demo_tells_of_one_decision_and_reminders_are_due_at_the_first_start(demo_data):
    planning.plan(now=NOON)

    assert [decision.label for decision in Decision.objects.all()] == ["2026-001"]
    due = set(Delivery.objects.due(NOON).values_list("kind", flat=True))
    assert {"campaigns.milestone_due", "decisions.answer_due", "meetings.invitation"} <= due


def test_the_demo_has_the_real_oslo_process_with_its_sources_and_doubts(demo_data):
    oslo = Campaign.objects.get(name__startswith="Oslo process")
    rows = list(oslo.milestones.order_by("starts_on", "id"))

    assert (oslo.status, oslo.started_on, oslo.finished_on) == ("finished", date(2003, 11, 13), date(2012, 9, 14))
    assert (len(rows), {row.status for row in rows}) == (22, {"reached"})
    assert [row.reached_on for row in rows] == [row.last_day for row in rows]
    assert all(row.source for row in rows)
    dublin, month, doubted = (
        next(row for row in rows if row.title.startswith(words)) for words in ("Dublin", "Latin", "Brussels")
    )
    assert (dublin.place, dublin.starts_on, dublin.ends_on) == (
        "Dublin, Ireland",
        date(2008, 5, 19),
        date(2008, 5, 30),
    )
    assert (month.precision, month.source) == (
        "month",
        next(row.source for row in rows if row.title.startswith("Lima")),
    )
    assert doubted.unverified == "UNVERIFIED date (typed from knowledge); existence verified"
    assert Delivery.objects.filter(object_id__in=[row.pk for row in rows]).count() == 0


def test_no_notice_in_an_inbox_speaks_as_a_mail(demo_data):
    planning.plan(now=NOON)
    seen = set()
    for user in User.objects.select_related("person"):
        for row in Delivery.objects.filter(person=user.person).by_mail():
            row.settled_at = NOON
            text = opened(row, user, NOON).text
            assert not any(words in text for words in ("Dear ", "attached", "sign in", settings.BASE_URL)), text
            seen |= {row.kind} if text else set()

    assert {"campaigns.milestone_due", "campaigns.task_due", "decisions.answer_due", "meetings.invitation"} <= seen


def test_each_login_of_the_demo_finds_its_home_page(client, demo_data):
    for login in LOGINS:
        client.force_login(User.objects.get(email=f"{login}@demo.example"))

        response = client.get(reverse("home:home"))

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"


# What is still to come, and when an account was made: the database's own clock.
AHEAD = {
    ("campaigns.milestone", "starts_on"), ("campaigns.milestone", "ends_on"),
    ("campaigns.task", "due_on"),
    ("decisions.consultation", "closes_at"), ("decisions.round", "closes_at"),
    ("decisions.position", "review_on"), ("decisions.disagreement", "next_on"),
    ("history.deed", "until"),
    ("meetings.meeting", "starts_at"), ("meetings.meeting", "ends_at"),
    ("members.seatterm", "planned_until"),
    ("notices.delivery", "send_at"), ("notices.delivery", "not_after"),
    ("accounts.user", "date_joined"),
}  # fmt: skip


def test_nothing_that_has_happened_in_the_demo_lies_in_the_future(demo_data):
    planning.plan(now=NOON)

    later = set()
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.DateField) and (model._meta.label_lower, column.name) not in AHEAD:
                now = NOON if isinstance(column, models.DateTimeField) else NOON.date()
                if model._base_manager.filter(**{f"{column.name}__gt": now}).exists():
                    later.add((model._meta.label_lower, column.name))
    assert later == set()


def test_a_member_reads_on_the_page_of_a_region_how_to_write_to_whoever_covers_it(client, demo_data):
    client.force_login(User.objects.get(email="member@demo.example"))
    regions = [scope for scope in Scope.objects.open().with_people() if scope.lead]

    pages = {scope: client.get(reverse("campaigns:scope", args=[scope.pk])).content.decode() for scope in regions}

    assert [scope for scope, page in pages.items() if "mailto:" not in page] == []
