"""The page of a campaign with its window, its filter and its pages; the backward plan and moving along, as a browser."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Milestone
from campaigns.rows import SIZE
from history.actions import newest
from tests.factories import CampaignFactory, MilestoneFactory, PersonFactory, user_with

pytestmark = pytest.mark.django_db


def page_of(client, campaign, **asked):
    return client.get(reverse("campaigns:campaign", args=[campaign.pk]), asked)


def titles(page):
    return [row.milestone.title for row, _days in page.context["rows"]]


@pytest.fixture
def three_years(client):
    """One milestone each in 2026, 2027 and 2028, and who reads them."""
    campaign = CampaignFactory()
    for year in (2026, 2027, 2028):
        MilestoneFactory(campaign=campaign, title=f"In {year}", starts_on=date(year, 6, 1))
    client.force_login(user_with("staff"))
    return campaign


def test_a_window_shows_its_milestones_under_the_numbers_they_always_have(client, three_years):
    page = page_of(client, three_years, zoom="year", **{"from": "2027-03-01"})

    assert titles(page) == ["In 2027"]
    assert '<td role="cell" class="no">2</td>' in page.content.decode()
    assert [mark.number for mark in page.context["timeline"].marks] == [2]


def test_earlier_and_later_lead_to_the_windows_beside(client, three_years):
    page = page_of(client, three_years, zoom="year", **{"from": "2027-03-01"})
    address = reverse("campaigns:campaign", args=[three_years.pk])

    assert titles(client.get(address + page.context["earlier"])) == ["In 2026"]
    assert titles(client.get(address + page.context["later"])) == ["In 2028"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"zoom": "decade"}, "“decade” is no zoom"),
        ({"from": "soon"}, "“soon” is no day"),
        ({"to": "\0"}, "is no day"),
        ({"from": "2027-01-02", "to": "2027-01-01"}, "comes before the first"),
        ({"owner": "\0"}, "Nobody like that owns a milestone here"),
        ({"owner": str(UUID(int=1))}, "Nobody like that owns a milestone here"),
    ],
)
def test_a_question_that_makes_no_sense_is_left_out_with_a_sentence(client, three_years, asked, sentence):
    page = page_of(client, three_years, **asked)

    assert len(titles(page)) == 3
    assert sentence in page.content.decode()


@pytest.mark.parametrize(
    "asked", [{"after": "x"}, {"after": "9" * 50}, {"before": "\0"}, {"from": "0001-01-01"}, {"to": "9999-12-31"}]
)
def test_odd_questions_are_answered(client, three_years, asked):
    assert page_of(client, three_years, **asked).status_code == 200


def test_an_empty_window_leads_back_to_everything(client, three_years):
    page = page_of(client, three_years, zoom="month", **{"from": "2030-01-01"})

    assert titles(page) == []
    assert "No milestone here in this time." in page.content.decode()


def test_one_owner_s_milestones_keep_their_numbers(client):
    campaign, owner = CampaignFactory(), PersonFactory()
    MilestoneFactory(campaign=campaign, owner=None, title="Nobody’s")
    MilestoneFactory(campaign=campaign, owner=owner, title="Theirs", starts_on=date(2026, 7, 1))
    client.force_login(user_with("staff"))

    theirs, nobodys = (page_of(client, campaign, owner=asked) for asked in (str(owner.pk), "nobody"))

    assert ([row.number for row, _days in theirs.context["rows"]], titles(theirs)) == ([2], ["Theirs"])
    assert titles(nobodys) == ["Nobody’s"]


def test_the_milestone_reached_last_is_named_with_thanks(client):
    campaign, owner = CampaignFactory(), PersonFactory()
    for title, starts, reached in (("First", 1, 20), ("Last", 9, 21), ("Same day, earlier", 3, 21), ("Open", 28, None)):
        status = {"status": "reached", "reached_on": date(2026, 1, reached)} if reached else {}
        MilestoneFactory(campaign=campaign, title=title, owner=owner, starts_on=date(2026, 1, starts), **status)
    client.force_login(user_with("staff"))

    assert page_of(client, campaign).context["reached"].title == "Last"


def test_two_hundred_milestones_are_drawn_at_once_and_listed_page_by_page(client, django_assert_num_queries):
    campaign = CampaignFactory()
    for day in range(200):
        MilestoneFactory(campaign=campaign, starts_on=date(2026, 1, 1) + timedelta(days=3 * day), title=f"Step {day}")
    client.force_login(user_with("staff"))
    page_of(client, campaign)

    with django_assert_num_queries(11):
        page = page_of(client, campaign)

    drawing = page.context["timeline"]
    assert len(drawing.marks) + sum(stack.count for stack in drawing.stacks) == 200
    shown = titles(page)
    while page.context["page"].after:
        page = page_of(client, campaign, after=page.context["page"].after)
        shown += titles(page)
    assert shown == [f"Step {day}" for day in range(200)]
    back = page_of(client, campaign, before=page.context["page"].before)
    assert titles(back) == shown[180 - SIZE : 180]


def sent(**others):
    """What a browser sends for a plan of two steps before a conference in 200 days."""
    return {
        "title": "Conference, Dublin",
        "kind": "conference",
        "day": (timezone.now() + timedelta(days=200)).date().isoformat(),
        "place": "Dublin",
        "zone": "Europe/Dublin",
        "owner": "",
        "plan": str(uuid4()),
        "seen": "",
        "step-0-title": "Consultation",
        "step-0-days": "5",
        "step-0-owner": "",
        "step-1-title": "Ballot",
        "step-1-days": "3",
        "step-1-owner": "",
        "do": "show",
    } | others


@pytest.fixture
def plan_of(client):
    """The address of the backward plan of a new campaign, for staff."""
    client.force_login(user_with("staff"))
    return reverse("campaigns:plan_backwards", args=[CampaignFactory().pk])


def test_a_plan_is_shown_and_then_created_and_a_double_click_creates_it_once(client, plan_of):
    asked = sent()
    preview = client.post(plan_of, asked)
    assert not Milestone.objects.exists()
    asked |= {"do": "create", "seen": preview.context["preview"]["fingerprint"]}

    answers = [client.post(plan_of, asked) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert f'href="{answers[0]["Location"]}">Cancel</a>' in preview.content.decode()
    assert Milestone.objects.count() == 3
    assert str(Milestone.objects.get(is_external=True).pk) == asked["plan"]


def test_what_was_not_looked_at_is_not_created(client, plan_of):
    asked = sent()
    seen = client.post(plan_of, asked).context["preview"]["fingerprint"]

    page = client.post(plan_of, asked | {"do": "create", "seen": seen, "step-0-days": "6"})

    assert "Something has changed since you looked at the dates." in page.content.decode()
    assert not Milestone.objects.exists()


def test_steps_without_an_owner_are_the_owner_s_of_the_day(client, plan_of):
    PersonFactory(display_name="Bounmy Phommachanh")
    other = PersonFactory(display_name="Khamla Sisouk")
    asked = sent(owner="bounmy phommachanh", **{"step-1-owner": "khamla sisouk"})

    page = client.post(plan_of, asked)

    assert [str(step.owner) for step, *_rest in page.context["preview"]["steps"]] == ["Bounmy Phommachanh", str(other)]


def test_lines_are_added_and_removed_and_nothing_typed_is_lost(client, plan_of):
    def lines(page):
        return [(line["title"].value(), line["days"].value()) for line in page.context["draft"].lines]

    added = client.post(plan_of, sent(do="add", title="", day="soon"))
    inserted = client.post(plan_of, sent(do="insert-1"))
    removed = client.post(plan_of, sent(do="remove-0"))

    assert lines(added) == [("Consultation", "5"), ("Ballot", "3"), ("", "")]
    assert lines(inserted) == [("Consultation", "5"), ("", ""), ("Ballot", "3")]
    assert lines(removed) == [("Ballot", "3")]
    assert 'value="soon"' in added.content.decode()
    assert "Conference, Dublin" in removed.content.decode()
    assert not Milestone.objects.exists()


@pytest.mark.parametrize("do", ["remove-9", "remove-", "insert-x", "", "remove-\0", "remove-" + "9" * 5000])
def test_a_button_that_is_none_changes_nothing(client, plan_of, do):
    page = client.post(plan_of, sent(do=do))

    assert (page.status_code, len(page.context["draft"].lines)) == (200, 2)


def test_an_empty_line_is_no_step(client, plan_of):
    page = client.post(plan_of, sent(**{"step-0-title": "", "step-0-days": ""}))

    assert [step.title for step, *_rest in page.context["preview"]["steps"]] == ["Ballot"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "2008-05-19"}, "That day is over."),
        ({"step-0-title": ""}, "Say what is done in these days, or empty the line."),
        ({"step-1-days": ""}, "Say how many working days it takes."),
        ({"step-1-days": "0"}, "greater than or equal to 1"),
        ({"step-0-title": "x" * 300}, "at most 200 characters"),
        ({"title": "a\0b"}, "Null characters are not allowed."),
        ({"step-0-owner": "nobody at all"}, "Nobody you can see is called “nobody at all”"),
        ({"plan": "7"}, "Enter a valid UUID."),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_in_place(client, plan_of, fields, sentence):
    page = client.post(plan_of, sent(**fields))

    assert sentence in page.content.decode()
    assert page.context["preview"] == {}


def test_what_is_already_late_is_marked_in_words(client, plan_of):
    soon = (timezone.now() + timedelta(days=5)).date().isoformat()

    words = client.post(plan_of, sent(day=soon, zone="Asia/Tehran")).content.decode()

    assert re.search(r"Late: it would have (begun|to be over)", words)
    assert "would have had to begin already" in words
    assert "Days without work in Tehran: Friday." in words


def test_who_may_not_add_milestones_may_not_plan(client):
    client.force_login(user_with("member"))

    assert client.get(reverse("campaigns:plan_backwards", args=[CampaignFactory().pk])).status_code == 403


def test_moving_a_deadline_offers_to_move_the_rest(client, plan_of):
    asked = sent()
    seen = client.post(plan_of, asked).context["preview"]["fingerprint"]
    client.post(plan_of, asked | {"do": "create", "seen": seen})
    deadline = Milestone.objects.get(is_external=True)
    before = {one.pk: one.starts_on for one in Milestone.objects.filter(is_external=False)}
    edited = {name: asked[name] for name in ("title", "kind", "zone", "place")} | {
        "precision": "day",
        "is_external": "on",
    }
    edited["seen"] = str(newest(deadline))
    edited["starts_on"] = (deadline.starts_on + timedelta(days=7)).isoformat()

    offer = client.post(reverse("campaigns:edit_milestone", args=[deadline.pk]), edited, follow=True)
    still = client.get(reverse("campaigns:milestone", args=[deadline.pk])).content.decode()
    chosen = [str(move.milestone.pk) for move, *_late in offer.context["moves"]]
    address = reverse("campaigns:move_with_deadline", args=[deadline.pk])
    none = client.post(address, {"seen": "1"})
    done, again = (client.post(address, {"seen": "1", "move": chosen}, follow=True) for _click in range(2))

    assert "Tick at least one, or leave them all where they are." in none.content.decode()
    assert [page.content.decode().count(" checked>") for page in (offer, none)] == [2, 0]
    assert "2 milestones moved along." in done.content.decode()
    assert "have moved since you looked" in again.content.decode()
    settled = client.get(reverse("campaigns:milestone", args=[deadline.pk])).content.decode()
    assert ["Move the rest along" in page for page in (still, settled)] == [True, False]
    after = {one.pk: one.starts_on for one in Milestone.objects.filter(is_external=False)}
    assert after == {pk: day + timedelta(days=7) for pk, day in before.items()}


def test_a_deadline_on_which_nothing_hangs_is_simply_moved(client):
    deadline = MilestoneFactory(is_external=True)
    client.force_login(user_with("staff"))
    edited = {"title": "x", "kind": "conference", "zone": "UTC", "precision": "day", "is_external": "on"}
    edited["seen"] = str(newest(deadline))

    answer = client.post(reverse("campaigns:edit_milestone", args=[deadline.pk]), edited | {"starts_on": "2100-01-01"})

    assert answer["Location"] == reverse("campaigns:milestone", args=[deadline.pk])


def test_the_form_of_a_plan_is_sent_without_empty_lines_between_its_tags(client):
    client.force_login(user_with("staff"))

    page = client.get(reverse("campaigns:plan_backwards", args=[CampaignFactory().pk])).content.decode()

    fields = page[page.index('<fieldset class="plan-line">') : page.rindex("</fieldset>")]
    assert re.findall(r">\s*\n\s*\n\s*<", fields) == []
    assert len(page.encode()) < 42_000  # with the style sheet and its few files, less than the 60 kB of a cold load
