from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Attendance, Meeting
from tests.factories import (
    AttendanceFactory,
    CampaignFactory,
    CommitteeFactory,
    CommitteeOfficeFactory,
    MeetingFactory,
    PersonFactory,
    UserFactory,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon():
    return timezone.now().replace(microsecond=0) + timedelta(days=2)


def posted(**others):
    return {
        "title": "Steering call",
        "day": "2100-05-14",
        "hour": "17:00",
        "lasts": "90",
        "zone": "Asia/Kathmandu",
        "place": "",
        "link": "",
        "committee": "",
        "campaign": "",
        "agenda": "",
        "visibility": "group",
    } | others


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_meeting_and_with_three(client, django_assert_num_queries, soon, number):
    user = user_with("staff")
    for _one in range(number):
        AttendanceFactory(meeting__starts_at=soon, person=user.person)
    client.force_login(user)
    client.get(reverse("meetings:meetings"))

    with django_assert_num_queries(7):
        page = client.get(reverse("meetings:meetings"))

    assert len(page.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_meeting_costs_the_same_with_one_invited_and_with_three(client, django_assert_num_queries, soon, number):
    meeting = MeetingFactory(starts_at=soon, committee=CommitteeFactory(), campaign=CampaignFactory())
    AttendanceFactory.create_batch(number, meeting=meeting)
    client.force_login(user_with("staff"))
    client.get(reverse("meetings:meeting", args=[meeting.pk]))

    with django_assert_num_queries(10):
        client.get(reverse("meetings:meeting", args=[meeting.pk]))


def test_the_hour_typed_is_the_hour_of_the_place(client):
    client.force_login(user_with("staff"))

    client.post(reverse("meetings:call_meeting"), posted())

    meeting = Meeting.objects.get()
    assert meeting.starts_at.isoformat() == "2100-05-14T11:15:00+00:00"
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=90)


def test_an_hour_that_does_not_exist_is_said_and_nothing_is_called(client):
    client.force_login(user_with("staff"))

    page = client.post(reverse("meetings:call_meeting"), posted(day="2027-03-28", hour="02:30", zone="Europe/Zurich"))

    assert "This hour does not exist on that day in Zurich" in page.content.decode()
    assert not Meeting.objects.exists()


def test_an_hour_that_comes_twice_is_the_first_and_said(client):
    client.force_login(user_with("staff"))

    page = client.post(
        reverse("meetings:call_meeting"), posted(day="2027-10-31", hour="02:30", zone="Europe/Zurich"), follow=True
    )

    assert "this hour comes twice. We took the first" in page.content.decode()
    assert Meeting.objects.get().starts_at.isoformat() == "2027-10-31T00:30:00+00:00"


def test_editing_shows_the_hour_of_the_place_and_saving_it_again_changes_nothing(client):
    client.force_login(user_with("staff"))
    client.post(reverse("meetings:call_meeting"), posted())
    meeting = Meeting.objects.get()
    url = reverse("meetings:edit_meeting", args=[meeting.pk])

    page = client.get(url).content.decode()
    client.post(url, posted())

    assert 'value="2100-05-14"' in page
    assert 'value="17:00"' in page
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.epoch) == (0, 0)


def test_the_forms_stay_below_60_kb(client):
    client.force_login(user_with("staff"))
    PersonFactory.create_batch(100)

    assert len(client.get(reverse("meetings:call_meeting")).content) < 60_000


def test_people_are_found_ticked_and_invited(client, soon):
    meeting, person = MeetingFactory(starts_at=soon), PersonFactory(display_name="Bounmy Phommachanh")
    client.force_login(user_with("staff"))
    url = reverse("meetings:invite_people", args=[meeting.pk]) + "?q=phomma"

    page = client.get(url).content.decode()
    client.post(url, {"people": [str(person.pk)]})

    assert "Bounmy Phommachanh" in page
    assert Attendance.objects.get().person == person


def test_ticking_nobody_says_so(client, soon):
    meeting = MeetingFactory(starts_at=soon)
    PersonFactory(display_name="Bounmy Phommachanh")
    client.force_login(user_with("staff"))

    page = client.post(reverse("meetings:invite_people", args=[meeting.pk]) + "?q=phomma", {"csrfmiddlewaretoken": "x"})

    assert "Tick at least one person." in page.content.decode()


def test_the_invited_answers_on_the_page(client, soon):
    user = user_with("member")
    meeting = AttendanceFactory(person=user.person, meeting__starts_at=soon).meeting
    client.force_login(user)

    page = client.get(reverse("meetings:meeting", args=[meeting.pk])).content.decode()
    answer = client.post(reverse("meetings:answer_invitation", args=[meeting.pk]), {"answer": "no"}, follow=True)

    assert 'id="answer"' in page
    assert Attendance.objects.get().answer == "no"
    assert "You get no more reminders of it." in answer.content.decode()


def test_reading_the_page_answers_nothing(client, soon):
    user = user_with("member")
    meeting = AttendanceFactory(person=user.person, meeting__starts_at=soon).meeting
    client.force_login(user)

    response = client.get(reverse("meetings:answer_invitation", args=[meeting.pk]), {"answer": "yes"})

    assert response.url == reverse("meetings:meeting", args=[meeting.pk]) + "#answer"
    assert Attendance.objects.get().answer == "none"


def test_names_of_the_invited_and_of_what_one_may_not_see_stay_away_from_other_members(client, soon):
    meeting = MeetingFactory(
        starts_at=soon,
        visibility="members",
        campaign=CampaignFactory(name="Secret campaign", visibility="staff"),
        committee=CommitteeFactory(name="Secret committee", visibility="staff"),
    )
    AttendanceFactory(meeting=meeting, person__display_name="Somebody Invited")
    client.force_login(user_with("member"))

    page = client.get(reverse("meetings:meeting", args=[meeting.pk])).content.decode()

    assert "Somebody Invited" not in page
    assert "Secret" not in page
    assert "<b>1</b> not answered yet" in page


def test_who_is_not_invited_does_not_find_a_restricted_meeting(client, soon):
    meeting = MeetingFactory(starts_at=soon, visibility="restricted")
    client.force_login(user_with("staff"))

    pages = [client.get(reverse(f"meetings:{name}", args=[meeting.pk])) for name in ("meeting", "calendar")]

    assert [page.status_code for page in pages] == [404, 404]


def test_a_chair_calls_their_committee_and_has_no_other_to_choose(client):
    chair, other = user_with("chair"), CommitteeFactory(name="Another committee")
    client.force_login(chair)
    own = chair.person.offices.get().committee

    page = client.get(reverse("meetings:call_meeting")).content.decode()
    client.post(reverse("meetings:call_meeting"), posted(committee=str(own.pk)))
    client.post(reverse("meetings:call_meeting"), posted(committee=str(other.pk)))

    assert "Another committee" not in page
    assert [meeting.committee for meeting in Meeting.objects.all()] == [own]


def test_a_chair_who_may_not_know_the_campaign_edits_the_meeting_and_leaves_it_there(client, soon):
    chair = CommitteeOfficeFactory(person=UserFactory().person)
    campaign = CampaignFactory(name="Secret", visibility="staff")
    meeting = MeetingFactory(starts_at=soon, committee=chair.committee, campaign=campaign)
    client.force_login(chair.person.user)
    url = reverse("meetings:edit_meeting", args=[meeting.pk])

    page = client.get(url).content.decode()
    client.post(url, posted(title="Renamed", seen=0))

    meeting.refresh_from_db()
    assert ("Secret" in page, meeting.title, meeting.campaign) == (False, "Renamed", campaign)


def test_minutes_and_cancelling_are_for_those_who_call(client):
    meeting = MeetingFactory(visibility="members", starts_at=timezone.now() - timedelta(minutes=10))
    client.force_login(user_with("member"))

    pages = [client.get(reverse(f"meetings:{name}", args=[meeting.pk])) for name in ("write_minutes", "cancel_meeting")]

    assert [page.status_code for page in pages] == [403, 403]


def test_earlier_meetings_stand_apart_the_newest_first(client, soon):
    old, older = (MeetingFactory(starts_at=timezone.now() - timedelta(days=days)) for days in (1, 9))
    MeetingFactory(starts_at=soon)
    client.force_login(user_with("staff"))

    page = client.get(reverse("meetings:meetings"), {"show": "earlier"})

    assert [meeting for meeting, _mine in page.context["rows"]] == [old, older]
