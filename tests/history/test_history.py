import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from accounts.models import Visibility
from history.actions import changes, fingerprint, record, snapshot
from history.models import Entry
from history.panels import history
from tests.factories import NOON, CampaignFactory, MeetingFactory, MilestoneFactory, PersonFactory, user_with

pytestmark = pytest.mark.django_db


def test_entries_of_an_object_form_a_chain_of_hashes():
    campaign, staff = CampaignFactory(), user_with("staff")

    first = record("Started the campaign", campaign, by=staff, now=NOON)
    second = record("Changed the campaign", campaign, by=None, now=NOON, version=2)

    assert (first.number, second.number) == (1, 2)
    assert second.previous == first.hash
    assert [entry.hash for entry in Entry.objects.of(campaign)] == [fingerprint(second), fingerprint(first)]


@pytest.mark.parametrize("harm", [lambda rows: rows.update(verb="Lied"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_delete_what_happened(harm):
    record("Started the campaign", CampaignFactory(), by=None, now=NOON)

    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        harm(Entry.objects.all())

    assert Entry.objects.get().verb == "Started the campaign"


def test_an_entry_of_a_narrower_class_is_for_those_who_see_that_class():
    campaign = CampaignFactory()
    record("Noted something", campaign, by=None, now=NOON, visibility=Visibility.STAFF)

    assert [line.sentence for line in history(campaign, user_with("staff"))] == ["Noted something"]
    assert history(campaign, user_with("member")) == []


def test_a_change_says_the_names_of_today_and_hides_what_the_reader_may_not_see():
    open_one, secret = CampaignFactory(name="Open"), CampaignFactory(name="Secret", visibility=Visibility.STAFF)
    milestone = MilestoneFactory(campaign=open_one)
    before = snapshot(milestone, ["campaign"])
    milestone.campaign = secret
    moved = changes(before, snapshot(milestone, ["campaign"]))
    record("Moved the milestone", milestone, by=None, now=NOON, changes=moved)

    assert history(milestone, user_with("staff"))[0].changes == [("Campaign", "Open", "Secret")]
    assert history(milestone, user_with("member"))[0].changes == [("Campaign", "Open", "something you may not see")]


def test_days_and_hours_are_said_as_on_every_page_in_the_zone_of_the_reader():
    meeting, reader = MeetingFactory(), user_with("staff")
    reader.person.zone = "Asia/Kathmandu"
    moved = {"starts_at": ["2026-05-14T15:00:00Z", None]}
    record("Moved the meeting", meeting, by=None, now=NOON, changes=moved)
    milestone = MilestoneFactory()
    record("Moved the milestone", milestone, by=None, now=NOON, changes={"starts_on": ["2026-05-14", "2026-05-15"]})
    record("Chose quiet hours", reader.person, by=None, now=NOON, changes={"quiet_from": ["21:00:00", "22:30:00"]})

    said = [history(subject, reader)[0].changes[0] for subject in (meeting, milestone, reader.person)]

    assert said == [
        ("Starts", "Thu 14 May 2026, 20:45", "nothing"),
        ("Starts", "Thu 14 May 2026", "Fri 15 May 2026"),
        ("No mail from", "21:00", "22:30"),
    ]


def test_every_entry_can_be_reached_fifty_at_a_time(client):
    campaign, staff = CampaignFactory(), user_with("staff")
    for number in range(120):
        record("Step %(number)s", campaign, by=staff, now=NOON, number=number)
    client.force_login(staff)
    address, met = reverse("campaigns:campaign", args=[campaign.pk]), []

    page = client.get(address)
    for _page in range(3):
        entries = page.context["entries"]
        met += [line.sentence for line in entries]
        page = client.get(f"{address}?entries={entries.earlier}")

    assert met == [f"Step {number}" for number in reversed(range(120))]
    assert entries.earlier == 0
    assert "The newest changes" in client.get(f"{address}?entries=20").content.decode()
    assert client.get(f"{address}?entries=²x").context["entries"].is_newest


@pytest.mark.parametrize("count", [1, 3])
def test_names_in_the_history_cost_one_statement_whatever_their_number(django_assert_num_queries, count):
    campaign, staff = CampaignFactory(), user_with("staff")
    for _number in range(count):
        pair = [str(PersonFactory().pk), str(PersonFactory().pk)]
        record("Changed the campaign", campaign, by=staff, now=NOON, changes={"owner": pair})
    history(campaign, staff)

    with django_assert_num_queries(2):
        lines = history(campaign, staff)

    assert len(lines) == count
