"""From the page of a thing staff go to the mails about it; nobody else is shown the way."""

import pytest
from django.urls import reverse

from notices.models import Delivery
from tests.decisions.making import chair_of, committee_of
from tests.decisions.making import opened as round_opened
from tests.decisions.members_asked import member
from tests.decisions.members_asked import opened as consultation_opened
from tests.factories import MeetingFactory, MilestoneFactory, TaskFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
WAY = "Notices about this"


def position():
    return round_opened(committee_of(1)).version.position


def consultation():
    member()
    return consultation_opened()


PAGES = {
    "campaigns:milestone": MilestoneFactory,
    "campaigns:task": lambda: TaskFactory(owner=UserFactory().person),
    "meetings:meeting": lambda: MeetingFactory(visibility="members"),
    "decisions:position": position,
    "decisions:consultation": consultation,
}
READERS = {
    "campaigns:task": lambda task: task.owner.user,
    "decisions:position": lambda position: chair_of(position.committee),
    "decisions:consultation": lambda consultation: consultation.contacts().first().user,
}


@pytest.fixture
def staff(client):
    client.force_login(user_with("staff"))
    return client


@pytest.mark.parametrize("name", PAGES)
def test_staff_are_led_to_the_mails_about_a_thing(staff, name):
    subject = PAGES[name]()

    page = staff.get(reverse(name, args=[subject.pk])).content.decode()

    assert f'href="/reminders/?about={subject.pk}">{WAY}</a>' in page


@pytest.mark.parametrize("name", PAGES)
def test_others_who_see_the_thing_are_not(client, name):
    subject = PAGES[name]()
    client.force_login(READERS[name](subject) if name in READERS else user_with("member"))

    answer = client.get(reverse(name, args=[subject.pk]))

    assert answer.status_code == 200
    assert WAY not in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_a_positions_mails_are_those_of_its_rounds_and_consultations(staff, number, django_assert_num_queries):
    member()
    shown = round_opened(committee_of(number)).version.position
    consultation = consultation_opened()
    other = consultation.position
    round_opened(committee_of(1, is_steering=False))

    staff.get("/reminders/", {"about": shown.pk})  # from here on the ids of content types are known

    with django_assert_num_queries(9):
        page = staff.get("/reminders/", {"about": shown.pk})

    found = {line.delivery.object_id for line in page.context["found"].section.lines}
    assert found == {shown.versions.get().rounds.get().pk}
    assert page.context["found"].title == shown.title
    asked = staff.get("/reminders/", {"about": other.pk}).context["found"].section.lines
    assert {line.delivery.object_id for line in asked} == {consultation.pk}
    assert Delivery.objects.by_mail().exclude(object_id__in=found).exists()
