import pytest
from django.urls import reverse

from accounts.models import User
from decisions.models import Decision
from home import demo
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


def test_each_login_of_the_demo_finds_its_home_page(client, demo_data):
    for login in LOGINS:
        client.force_login(User.objects.get(email=f"{login}@demo.example"))

        response = client.get(reverse("home:home"))

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
