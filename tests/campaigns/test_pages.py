from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from campaigns.models import Campaign, Milestone
from notices.actions import planning
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests.factories import CampaignFactory, MilestoneFactory, PersonFactory, user_with

pytestmark = pytest.mark.django_db


def posted(**others):
    return {
        "title": "Memo to participants",
        "kind": "internal",
        "starts_on": "2026-11-12",
        "ends_on": "",
        "precision": "day",
        "zone": "Africa/Lusaka",
        "owner": "",
        "note": "",
    } | others


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_with_one_campaign_and_with_three(client, django_assert_num_queries, number):
    for _one in range(number):
        MilestoneFactory(is_external=True, starts_on=date(2100, 1, 1))
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:campaigns"))

    with django_assert_num_queries(7):
        page = client.get(reverse("campaigns:campaigns"))

    assert page.content.decode().count('<th scope="row"') == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_campaign_costs_the_same_with_one_milestone_and_with_three(client, django_assert_num_queries, number):
    campaign = CampaignFactory()
    MilestoneFactory.create_batch(number, campaign=campaign, owner=PersonFactory())
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:campaign", args=[campaign.pk]))

    with django_assert_num_queries(11):
        client.get(reverse("campaigns:campaign", args=[campaign.pk]))


def test_a_milestone_costs_few_statements(client, django_assert_num_queries):
    milestone = MilestoneFactory()
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:milestone", args=[milestone.pk]))

    with django_assert_num_queries(8):
        client.get(reverse("campaigns:milestone", args=[milestone.pk]))


def test_long_lists_go_on_after_their_last_row(client):
    CampaignFactory.create_batch(27)
    client.force_login(user_with("staff"))

    first = client.get(reverse("campaigns:campaigns"))
    second = client.get(reverse("campaigns:campaigns"), {"after": first.context["page"].after})

    rows = [campaign.pk for page in (first, second) for campaign, _deadline in page.context["rows"]]
    assert rows == list(Campaign.objects.values_list("pk", flat=True))


def test_what_one_may_not_see_is_not_found(client):
    milestone = MilestoneFactory(campaign__visibility="staff", owner=None)
    client.force_login(user_with("seat"))

    assert client.get(reverse("campaigns:campaign", args=[milestone.campaign_id])).status_code == 404
    assert client.get(reverse("campaigns:milestone", args=[milestone.pk])).status_code == 404
    assert client.post(reverse("campaigns:reach_milestone", args=[milestone.pk])).status_code == 404


def test_a_start_after_the_end_is_said_and_what_was_typed_stays(client):
    campaign = CampaignFactory()
    client.force_login(user_with("staff"))

    page = client.post(reverse("campaigns:add_milestone", args=[campaign.pk]), posted(ends_on="2026-11-10"))

    words = page.content.decode()
    assert "The start, Thu 12 Nov 2026, is after the end, Tue 10 Nov 2026." in words
    assert "Memo to participants" in words
    assert not Milestone.objects.exists()


def test_an_owner_is_found_by_a_part_of_the_name(client):
    campaign, owner = CampaignFactory(), PersonFactory(display_name="Bounmy Phommachanh")
    client.force_login(user_with("staff"))

    client.post(reverse("campaigns:add_milestone", args=[campaign.pk]), posted(owner="phomma"))

    assert Milestone.objects.get().owner == owner


@pytest.mark.parametrize(
    "typed", ["lucia restre", "LUCÍA", "Lucía Restrepo <lucia@people.example>", "lucia@people.example"]
)
def test_an_owner_is_found_whatever_accents_and_case_are_typed(client, typed):
    campaign, owner = CampaignFactory(), PersonFactory(display_name="Lucía Restrepo", email="lucia@people.example")
    PersonFactory(display_name="Luc Restrepo", email="luc@people.example")
    client.force_login(user_with("staff"))

    client.post(reverse("campaigns:add_milestone", args=[campaign.pk]), posted(owner=typed))

    assert Milestone.objects.get().owner == owner


def test_a_name_that_two_people_have_comes_back_as_a_choice(client):
    campaign = CampaignFactory()
    first, second = (PersonFactory(display_name="Ana Silva", email=f"ana{n}@people.example") for n in (1, 2))
    client.force_login(user_with("staff"))
    url = reverse("campaigns:add_milestone", args=[campaign.pk])

    page = client.post(url, posted(owner="Ana Silva")).content.decode()

    assert "2 people match “Ana Silva”. Choose the one you mean." in page
    assert f'value="{first.pk}"' in page
    assert "ana2@people.example" in page

    client.post(url, posted(owner=str(second.pk)))

    assert Milestone.objects.get().owner == second


def test_a_member_finds_only_people_who_are_listed(client):
    campaign = CampaignFactory(owner=(member := user_with("member")).person)
    PersonFactory(display_name="Hidden Contact")
    listed = PersonFactory(display_name="Listed Contact", is_listed=True)
    client.force_login(member)
    url = reverse("campaigns:add_milestone", args=[campaign.pk])

    refused = client.post(url, posted(owner="Hidden"))
    client.post(url, posted(owner="Listed"))

    assert "Nobody you can see is called “Hidden”" in refused.content.decode()
    assert Milestone.objects.get().owner == listed


def test_the_owner_marks_a_milestone_as_reached_with_one_button(client):
    owner = user_with("member")
    milestone = MilestoneFactory(owner=owner.person)
    client.force_login(owner)

    page = client.get(reverse("campaigns:milestone", args=[milestone.pk])).content.decode()
    answer = client.post(reverse("campaigns:reach_milestone", args=[milestone.pk]), follow=True)

    milestone.refresh_from_db()
    assert "Mark as reached" in page
    assert milestone.status == "reached"
    assert "is reached. Nobody is reminded of it any more." in answer.content.decode()


def test_marking_twice_says_why_not(client):
    staff = user_with("staff")
    milestone = MilestoneFactory(status="reached", reached_on=date(2026, 5, 1))
    client.force_login(staff)

    page = client.post(reverse("campaigns:reach_milestone", args=[milestone.pk]), follow=True)

    assert "A milestone that is “Reached” cannot become “Reached”." in page.content.decode()


def test_a_member_who_may_not_edit_is_told_who_may(client):
    campaign = CampaignFactory()
    client.force_login(user_with("member"))

    page = client.get(reverse("campaigns:edit_campaign", args=[campaign.pk]))

    assert page.status_code == 403
    assert "Only staff and the owner of the campaign" in page.content.decode()


def test_staff_start_a_campaign_and_finish_it(client):
    staff = user_with("staff")
    client.force_login(staff)
    url = reverse("campaigns:add_campaign")

    client.post(url, {"name": "A treaty", "goal": "Adopted", "owner": staff.email, "visibility": "members"})
    campaign = Campaign.objects.get()
    client.post(
        reverse("campaigns:finish_campaign", args=[campaign.pk]), {"status": "finished", "outcome": "It stands."}
    )

    campaign.refresh_from_db()
    assert (campaign.owner, campaign.status) == (staff.person, "finished")


def test_the_mail_says_what_when_where_and_why():
    owner = user_with("staff")
    milestone = MilestoneFactory(
        owner=owner.person,
        title="Sponsorship closes",
        zone="Africa/Lusaka",
        starts_on=date(2026, 5, 31),
        campaign__name="Open fields",
    )
    kind = KINDS["campaigns.milestone_due"]
    now = datetime(2026, 5, 28, 9, tzinfo=UTC)
    planning.replan(milestone, now=now)
    row = Delivery.objects.filter(slot="P3D").get()

    mail = compose(row, milestone, owner.email, now)

    assert mail.subject == "Milestone in 3 days: Sponsorship closes"
    assert "Sun 31 May 2026, in Lusaka" in mail.body
    assert f"http://testserver{kind.path(milestone)}" in mail.body
    assert "You get this because you own the milestone." in mail.body


def test_a_campaign_with_many_milestones_still_names_its_next_deadline_and_what_was_reached_last(client):
    campaign = CampaignFactory()
    for month in range(1, 62):
        MilestoneFactory(campaign=campaign, starts_on=date(2020 + month // 12, month % 12 + 1, 1))
    deadline = MilestoneFactory(campaign=campaign, is_external=True, starts_on=date(2100, 1, 1))
    reached = MilestoneFactory(
        campaign=campaign, starts_on=date(2099, 1, 1), status="reached", reached_on=date(2026, 5, 1)
    )
    client.force_login(user_with("staff"))

    page = client.get(reverse("campaigns:campaign", args=[campaign.pk]))

    assert (page.context["deadline"], page.context["reached"]) == (deadline, reached)
