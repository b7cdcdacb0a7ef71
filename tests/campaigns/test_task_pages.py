"""The pages of tasks, what they cost, and what a mail about one says to whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from campaigns.models import Task
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests import factories as make
from tests.factories import user_with

pytestmark = pytest.mark.django_db
FAR = date(2100, 1, 1)


def posted(**others):
    tomorrow = (database_now() + timedelta(days=1)).date()
    return {"title": "Book the hall", "due_on": tomorrow, "zone": "UTC", "visibility": "group", **others}


def add_to(subject):
    return reverse("campaigns:add_task", args=[subject._meta.model_name, subject.pk])


def one_of_each(count):
    """`count` tasks on a campaign, a milestone, a meeting and a position each, for organisations."""
    for _number in range(count):
        for factory in (make.CampaignFactory, make.MilestoneFactory, make.MeetingFactory, make.PositionFactory):
            make.TaskFactory(subject=factory(), organisation=make.OrganisationFactory(), due_on=FAR)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "statements"),
    [("?owner=", 7), ("?owner=&state=overdue&campaign={campaign}", 6), ("?owner={owner}&organisation={for}", 9)],
)
def test_the_list_takes_as_many_statements_for_one_as_for_three(
    client, count, query, statements, django_assert_num_queries
):
    one_of_each(count)
    task = Task.objects.exclude(organisation=None)[0]
    client.force_login(user_with("staff"))
    names = {"campaign": make.CampaignFactory().pk, "owner": task.owner_id, "for": task.organisation_id}
    url = reverse("campaigns:tasks") + query.format(**names)
    client.get(url)

    with django_assert_num_queries(statements):
        client.get(url)


@pytest.mark.parametrize("count", [1, 3])
def test_the_shares_take_as_many_statements_for_one_as_for_three(client, count, django_assert_num_queries):
    one_of_each(count)
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:task_shares"))

    with django_assert_num_queries(9):
        client.get(reverse("campaigns:task_shares"))


def test_a_task_takes_few_statements(client, django_assert_num_queries):
    task = make.TaskFactory(subject=make.MilestoneFactory(), organisation=make.OrganisationFactory())
    client.force_login(user_with("staff"))
    client.get(reverse("campaigns:task", args=[task.pk]))

    with django_assert_num_queries(7):
        client.get(reverse("campaigns:task", args=[task.pk]))


def test_a_task_is_added_on_the_page_it_belongs_to_and_shown_there(client):
    chair = user_with("chair")
    meeting = make.MeetingFactory(committee=chair.person.offices.get().committee)
    client.force_login(chair)

    shown = client.post(add_to(meeting), posted(), follow=True)

    assert shown.redirect_chain == [(reverse("meetings:meeting", args=[meeting.pk]), 302)]
    assert [line.task for line in shown.context["tasks"].lines] == [Task.objects.get()]
    assert "Book the hall" in shown.content.decode()


def test_a_task_on_what_has_none_is_not_found(client):
    client.force_login(user_with("staff"))

    assert client.get(add_to(make.OrganisationFactory())).status_code == 404


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("2020-01-31", "Fri 31 Jan 2020 is over already."), ("2199-12-31", "Tue 31 Dec 2199 is too far ahead")],
)
def test_a_day_that_cannot_be_meant_is_refused_with_a_sentence_and_nothing_typed_is_lost(client, day, sentence):
    client.force_login(user_with("staff"))

    page = client.post(add_to(make.CampaignFactory()), posted(due_on=day, note="Ask Rosa")).content.decode()

    assert sentence in page
    assert "Ask Rosa" in page


def test_an_overdue_task_is_edited_without_moving_its_day(client):
    task = make.TaskFactory(due_on=date(2020, 1, 31))
    client.force_login(user_with("staff"))

    client.post(reverse("campaigns:edit_task", args=[task.pk]), posted(title="Book it", due_on=task.due_on, seen=0))

    task.refresh_from_db()
    assert (task.title, task.epoch) == ("Book it", 0)


def test_whoever_speaks_for_one_organisation_does_it_for_that_one(client):
    contact = make.RepresentationFactory(person__email="rosa@people.example")
    client.force_login(user_with("staff"))

    client.post(add_to(make.CampaignFactory()), posted(owner="rosa@people.example"))

    task = Task.objects.get()
    assert (task.owner, task.organisation) == (contact.person, contact.organisation)


def test_whoever_speaks_for_several_is_asked_for_which(client):
    contact = make.RepresentationFactory(person__email="rosa@people.example")
    seat = make.SeatHolderFactory(person=contact.person)
    client.force_login(user_with("staff"))
    url = add_to(make.CampaignFactory())

    asked = client.post(url, posted(owner="rosa@people.example")).content.decode()
    client.post(url, posted(owner="rosa@people.example", organisation=seat.term.organisation_id))

    assert "speaks for several organisations" in asked
    assert contact.organisation.name in asked
    assert Task.objects.get().organisation == seat.term.organisation


def test_an_organisation_that_one_may_not_know_is_not_offered(client):
    contact = make.RepresentationFactory(person__is_listed=True, organisation__visibility="staff")
    member = user_with("member")
    task = make.TaskFactory(owner=member.person)
    client.force_login(member)

    client.post(reverse("campaigns:hand_task", args=[task.pk]), {"owner": contact.person.email})

    task.refresh_from_db()
    assert (task.owner, task.organisation) == (contact.person, None)


def test_whoever_hands_on_what_they_see_no_more_comes_back_to_the_list(client):
    member = user_with("member")
    other = make.PersonFactory(is_listed=True, email="rosa@people.example")
    task = make.TaskFactory(owner=member.person, subject=make.CampaignFactory(visibility="staff"))
    client.force_login(member)

    page = client.post(reverse("campaigns:hand_task", args=[task.pk]), {"owner": other.email}, follow=True)

    assert page.redirect_chain == [(reverse("campaigns:tasks"), 302)]
    assert "who is told by mail" in page.content.decode()


def test_an_owner_reads_a_task_without_learning_what_it_belongs_to(client):
    member = user_with("member")
    hidden = make.CampaignFactory(name="Secret campaign", visibility="staff")
    task = make.TaskFactory(owner=member.person, subject=hidden)
    client.force_login(member)

    page = client.get(reverse("campaigns:task", args=[task.pk])).content.decode()

    assert task.title in page
    assert "Secret campaign" not in page


@pytest.mark.parametrize(
    "query",
    [
        "owner=me",
        "owner=%00",
        "owner=not-a-person",
        "state=quite",
        "campaign=x",
        "organisation=y",
        "after=zz",
        "before=~",
    ],
)
def test_whatever_stands_in_the_address_is_answered_with_a_page(client, query):
    client.force_login(user_with("member"))

    assert client.get(reverse("campaigns:tasks") + "?" + query).status_code == 200


def test_filters_find_by_owner_state_and_campaign(client):
    member = user_with("member")
    campaign = make.CampaignFactory()
    mine = make.TaskFactory(owner=member.person, subject=make.MilestoneFactory(campaign=campaign), due_on=FAR)
    late = make.TaskFactory(subject=make.MeetingFactory(campaign=campaign, visibility="members"))
    free = make.TaskFactory(owner=None, due_on=FAR)
    done = make.TaskFactory(status="done", closed_at=database_now(), subject=campaign)
    client.force_login(member)

    def found(query):
        page = client.get(reverse("campaigns:tasks") + query)
        return {line.task for line, _place in page.context["lines"]}

    assert found("") == {mine}
    assert found("?owner=nobody") == {free}
    assert found("?owner=&state=overdue") == {late}
    assert found(f"?owner=&campaign={campaign.pk}") == {mine, late}
    assert found(f"?owner=&campaign={campaign.pk}&state=all") == {mine, late, done}


def test_long_lists_go_on_after_their_last_row(client):
    make.TaskFactory.create_batch(27, subject=make.CampaignFactory())
    client.force_login(user_with("staff"))
    url = reverse("campaigns:tasks") + "?owner="

    first = client.get(url)
    second = client.get(url, {"owner": "", "after": first.context["page"].after})

    rows = [line.task.pk for page in (first, second) for line, _place in page.context["lines"]]
    assert rows == list(Task.objects.values_list("pk", flat=True))


def test_the_shares_say_who_holds_how_much_and_who_has_too_many(client):
    committee = make.CommitteeFactory(is_steering=True)
    seated = make.SeatTermFactory(seat__committee=committee).organisation
    campaign, busy = make.CampaignFactory(), make.PersonFactory(display_name="Ingrid Solheim")
    make.TaskFactory.create_batch(6, subject=campaign, owner=busy, organisation=seated)
    other = make.TaskFactory.create_batch(2, subject=campaign, organisation=make.OrganisationFactory())[0].organisation
    make.TaskFactory(subject=campaign, organisation=other, status="done", closed_at=database_now())
    make.TaskFactory(subject=campaign, owner=None)
    client.force_login(user_with("seat", committee))

    page = client.get(reverse("campaigns:task_shares"))

    rows = [(row.organisation, row.open, row.done, row.is_seated, row.is_large) for row in page.context["shares"].rows]
    assert rows == [(seated, 6, 0, True, True), (other, 2, 1, False, False)]
    assert page.context["shares"].seated_percent == 75
    assert [(load.name, load.open) for load in page.context["loads"]] == [("Ingrid Solheim", 6)]
    assert "6 of 8 are with organisations on the steering committee" in page.content.decode()


def test_a_member_counts_only_what_they_see_and_is_not_told_who_has_too_many(client):
    busy = make.PersonFactory(display_name="Ingrid Solheim")
    organisation = make.OrganisationFactory()
    make.TaskFactory.create_batch(
        6, subject=make.CampaignFactory(visibility="staff"), owner=busy, organisation=organisation
    )
    make.TaskFactory(owner=busy, organisation=make.OrganisationFactory(visibility="staff"))
    client.force_login(user_with("member"))

    page = client.get(reverse("campaigns:task_shares"))

    assert (page.context["shares"].rows, page.context["shares"].rest) == ([], (1, 0))
    assert "Ingrid Solheim" not in page.content.decode()


@pytest.mark.parametrize(
    ("days", "subject"),
    [(3, "Task due in 3 days: Book the hall"), (-1, "Task was due yesterday: Book the hall")],
)
def test_a_reminder_says_when_it_is_or_was_due_and_names_only_what_its_reader_sees(days, subject):
    now = datetime(2026, 6, 10, 12, tzinfo=UTC)
    owner = make.RepresentationFactory().person
    hidden = make.CampaignFactory(name="Secret campaign", visibility="staff")
    due = {"title": "Book the hall", "owner": owner, "due_on": (now + timedelta(days=days)).date()}

    seen, unseen = (
        compose(Delivery(kind="campaigns.task_due", person=owner), make.TaskFactory(subject=where, **due), "a@b.c", now)
        for where in (make.CampaignFactory(name="Open campaign"), hidden)
    )

    assert seen.subject == subject
    assert "Campaign: Open campaign" in seen.body
    assert "Secret campaign" not in unseen.body


def test_every_kind_about_tasks_is_said_in_words_to_staff():
    assert {str(KINDS[key]) for key in KINDS if "task" in key} == {
        "A task was given",
        "Reminder of a task",
        "A task is overdue: to whoever asked for it",
        "A task is stuck: to the chair and the coordinators",
    }
