from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from campaigns.models import Campaign, Dependency, Milestone
from history.models import Entry
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


@pytest.mark.parametrize("number", [1, 3])
def test_a_milestone_costs_the_same_after_one_other_and_after_three(client, django_assert_num_queries, number):
    milestone = MilestoneFactory()
    for earlier in MilestoneFactory.create_batch(number, campaign=milestone.campaign):
        Dependency.objects.create(campaign=milestone.campaign, milestone=milestone, after=earlier)
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


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"precision": "month"}, ("2026-11-01", None)),
        ({"precision": "month", "ends_on": "2027-01-15"}, ("2026-11-01", "2027-01-31")),
        ({"precision": "month", "ends_on": "2026-11-20"}, ("2026-11-01", None)),
        ({"precision": "year", "ends_on": "2027-02-03"}, ("2026-01-01", "2027-12-31")),
        ({"precision": "year", "ends_on": "2026-12-03"}, ("2026-01-01", None)),
        ({"ends_on": "2026-11-12"}, ("2026-11-12", None)),
        ({"starts_on": "2200-12-31"}, ("2200-12-31", None)),
        ({"starts_on": "1900-01-01"}, ("1900-01-01", None)),
    ],
)
def test_any_day_of_a_month_or_year_is_taken_and_kept_as_exact_as_it_is_known(client, typed, kept):
    campaign, staff = CampaignFactory(), user_with("staff")
    client.force_login(staff)

    response = client.post(
        reverse("campaigns:add_milestone", args=[campaign.pk]), posted(owner=staff.person.display_name, **typed)
    )

    made = Milestone.objects.get()
    assert response.status_code == 302
    assert (made.starts_on.isoformat(), made.ends_on and made.ends_on.isoformat()) == kept
    assert client.get(reverse("campaigns:milestone", args=[made.pk])).status_code == 200
    assert client.get(reverse("campaigns:campaign", args=[campaign.pk])).status_code == 200


@pytest.mark.parametrize("starts", ["9999-12-31", "0001-01-01", "2201-01-01"])
def test_a_day_that_no_calendar_of_ours_reaches_is_refused_at_its_field(client, starts):
    campaign = CampaignFactory()
    client.force_login(user_with("staff"))

    response = client.post(reverse("campaigns:add_milestone", args=[campaign.pk]), posted(starts_on=starts))

    assert response.context["form"].errors == {"starts_on": ["Choose a day between the years 1900 and 2200."]}
    assert not Milestone.objects.exists()


def test_a_part_of_a_name_comes_back_with_the_only_one_it_can_mean_chosen(client):
    campaign = CampaignFactory()
    owner = PersonFactory(display_name="Bounmy Phommachanh", email="bounmy@people.example")
    client.force_login(user_with("staff"))
    url = reverse("campaigns:add_milestone", args=[campaign.pk])

    page = client.post(url, posted(owner="phomma"))
    looked_at = page.context["form"]["owner"].value()

    assert "Only one person matches “phomma”. Is it whom you mean?" in page.content.decode()
    assert "Bounmy Phommachanh &lt;bounmy@people.example&gt;" in page.content.decode()
    assert not Milestone.objects.exists()

    client.post(url, posted(owner=looked_at))

    assert Milestone.objects.get().owner == owner


def test_whoever_was_chosen_is_shown_by_name_when_something_else_is_wrong(client):
    chosen = PersonFactory(display_name="Ana Silva", email="ana@people.example")
    client.force_login(user_with("staff"))
    url = reverse("campaigns:add_milestone", args=[CampaignFactory().pk])

    page = client.post(url, posted(owner=str(chosen.pk), title=""))

    assert page.context["form"]["owner"].value() == "Ana Silva <ana@people.example>"


def test_editing_a_milestone_takes_few_statements(client, django_assert_num_queries):
    milestone = MilestoneFactory(owner=PersonFactory())
    client.force_login(user_with("staff"))

    with django_assert_num_queries(9):
        page = client.get(reverse("campaigns:edit_milestone", args=[milestone.pk]))

    assert page.context["form"]["owner"].value() == f"{milestone.owner.display_name} <{milestone.owner.email}>"
    assert 'dir="auto"' in str(page.context["form"]["owner"])


@pytest.mark.parametrize(
    "typed", ["lucia restrepo", "RESTREPO LUCÍA", "Lucía Restrepo <lucia@people.example>", "lucia@people.example"]
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
    client.post(url, posted(owner="Listed Contact"))

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
    row = Delivery.objects.by_mail().filter(slot="P3D").get()

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


def test_a_milestone_shows_place_claim_and_source_and_says_what_is_not_verified(client):
    campaign = CampaignFactory()
    client.force_login(user_with("staff"))

    client.post(
        reverse("campaigns:add_milestone", args=[campaign.pk]),
        posted(
            place="Brussels, Belgium",
            claim="120 states came",
            source="https://stop.example/calendar?id=1",
            unverified="The date",
        ),
    )
    page = client.get(reverse("campaigns:milestone", args=[Milestone.objects.get().pk])).content.decode()

    for words in ("Brussels, Belgium", "120 states came", "Not verified", "The date"):
        assert words in page
    assert '<a href="https://stop.example/calendar?id=1" rel="nofollow">' in page


def test_a_milestone_is_reached_on_an_earlier_day(client):
    milestone = MilestoneFactory()
    client.force_login(user_with("staff"))

    client.post(reverse("campaigns:reach_milestone", args=[milestone.pk]), {"reached_on": "2008-05-30"})

    milestone.refresh_from_db()
    assert (milestone.status, milestone.reached_on) == ("reached", date(2008, 5, 30))
    assert Entry.objects.of(milestone).get().details["changes"] == {"reached_on": [None, "2008-05-30"]}


@pytest.mark.parametrize(
    ("day", "sentence"), [("2199-12-31", "is still to come"), ("soon", "That is no day: nothing has changed.")]
)
def test_nothing_is_reached_on_a_day_to_come_or_on_no_day(client, day, sentence):
    milestone = MilestoneFactory()
    client.force_login(user_with("staff"))

    page = client.post(reverse("campaigns:reach_milestone", args=[milestone.pk]), {"reached_on": day}, follow=True)

    milestone.refresh_from_db()
    assert milestone.status == "planned"
    assert sentence in page.content.decode()


def put_in_order(client, milestone, *after, seen=None):
    """The form as a browser sends it, with what its page said, or what an older one did."""
    url = reverse("campaigns:order_milestone", args=[milestone.pk])
    seen = seen or client.get(url).context["form"]["seen"].value()
    return client.post(url, {"after": after, "seen": seen})


def test_an_order_that_somebody_else_has_changed_is_refused_once_and_then_kept(client):
    campaign = CampaignFactory()
    first, then, theirs = MilestoneFactory.create_batch(3, campaign=campaign)
    client.force_login(user_with("staff"))
    seen = client.get(reverse("campaigns:order_milestone", args=[then.pk])).context["form"]["seen"].value()
    put_in_order(client, then, theirs.pk)

    refused = put_in_order(client, then, first.pk, seen=seen)
    again = put_in_order(client, then, first.pk, seen=refused.context["form"]["seen"].value())

    assert f"now “{theirs.title}”" in refused.content.decode()
    assert refused.context["form"]["after"].value() == [str(first.pk)]
    assert again.status_code == 302
    assert [tie.after for tie in then.dependencies.all()] == [first]


def test_staff_say_what_a_milestone_comes_after_and_a_conflict_is_said_in_words(client):
    campaign = CampaignFactory()
    late = MilestoneFactory(campaign=campaign, title="Translation", starts_on=date(2100, 6, 5))
    ballot = MilestoneFactory(campaign=campaign, title="Ballot", starts_on=date(2100, 6, 1))
    client.force_login(user_with("staff"))

    put_in_order(client, ballot, late.pk)
    pages = [
        client.get(reverse(f"campaigns:{name}", args=[pk])).content.decode()
        for name, pk in (("campaign", campaign.pk), ("milestone", ballot.pk), ("milestone", late.pk))
    ]

    assert "after 2" in pages[0]
    assert "Conflict: 2 ends later" in pages[0]
    assert 'class="dep late"' in pages[0]
    assert "Conflict: it ends after this begins" in pages[1]
    assert "Conflict: it begins before this ends" in pages[2]


def test_a_circle_is_said_in_place(client):
    campaign = CampaignFactory()
    first, then = MilestoneFactory.create_batch(2, campaign=campaign)
    Dependency.objects.create(campaign=campaign, milestone=then, after=first)
    client.force_login(user_with("staff"))

    page = put_in_order(client, first, then.pk)

    assert "they would wait for each other" in page.content.decode()
    assert f'value="{then.pk}"' in page.content.decode()


@pytest.mark.parametrize("after", ["nothing", "\0", "9" * 300])
def test_what_is_no_milestone_is_refused_in_place(client, after):
    milestone = MilestoneFactory()
    MilestoneFactory(campaign=milestone.campaign)
    client.force_login(user_with("staff"))

    page = put_in_order(client, milestone, after)

    assert page.status_code == 200
    assert page.context["form"].errors
