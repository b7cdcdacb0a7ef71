"""The inbox's pages: what one may still see, newest first; only buttons change anything."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.models import Round
from meetings.actions import edit_meeting
from members.models import SeatHolder
from notices.actions.arriving import arrive_due
from notices.actions.planning import post
from notices.models import Delivery
from tests import factories
from tests.factories import user_with

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


def invited(user, count=1, **fields):
    """`count` invitations in the inbox of `user`; the last one's row."""
    now = database_now()
    for number in range(count):
        meeting = factories.MeetingFactory(starts_at=now + timedelta(days=2), visibility="restricted", **fields)
        factories.AttendanceFactory(meeting=meeting, person=user.person)
        post("meetings.invitation", meeting, [user.person], now=now - timedelta(days=2, minutes=count - number))
        arrive_due(now=now + timedelta(seconds=number))
    return Delivery.objects.in_inbox_of(user.person).latest("settled_at")


def shown(client, query=""):
    return client.get(INBOX + query).content.decode()


def test_the_newest_stands_first_and_further_ones_on_the_next_page(client):
    user = user_with("member")
    newest = invited(user, 27)
    client.force_login(user)

    first = client.get(INBOX)
    second = client.get(INBOX, {"after": first.context["page"].after})

    assert [len(answer.context["lines"]) for answer in (first, second)] == [25, 2]
    assert first.context["lines"][0].row == newest


def test_what_is_unread_says_so_in_words_and_the_frame_counts_it(client):
    user = user_with("member")
    row = invited(user, 2)
    client.force_login(user)
    before = shown(client)

    client.post(reverse("home:notice_read", args=[row.pk]))
    after = shown(client)

    assert (before.count("<b>Unread</b>"), after.count("<b>Unread</b>"), after.count("<b>Read</b>")) == (2, 1, 1)
    assert '<span class="count">1<span class="visually-hidden"> unread</span></span>' in after


def test_the_frame_counts_no_further_than_anybody_reads(client):
    user = user_with("member")
    invited(user, 100)
    client.force_login(user)

    page = shown(client)

    assert '<span class="count">99+<span class="visually-hidden"> unread</span></span>' in page
    assert '<span class="count">99+</span>' in page  # as many invitations wait for an answer


def test_looking_changes_nothing(client):
    user = user_with("member")
    row = invited(user)
    client.force_login(user)

    client.get(reverse("home:notice", args=[row.pk]))

    row.refresh_from_db()
    assert (row.read_at, row.done_at) == (None, None)


@pytest.mark.parametrize(("show", "number"), [("", 1), ("unread", 1), ("done", 1), ("all", 2), ("x\0", 1)])
def test_the_address_says_which_are_shown(client, show, number):
    user = user_with("member")
    row = invited(user, 2)
    client.force_login(user)
    client.post(reverse("home:notice_done", args=[row.pk]))

    answer = client.get(INBOX, {"show": show})

    assert len(answer.context["lines"]) == number


def test_done_can_be_taken_back_and_all_be_read_at_once(client):
    user = user_with("member")
    row = invited(user, 2)
    client.force_login(user)

    client.post(reverse("home:notice_done", args=[row.pk]))
    client.post(reverse("home:notice_undone", args=[row.pk]))
    answer = client.post(reverse("home:inbox_read_all"), follow=True)

    assert "1 notice is marked as read." in answer.content.decode()
    assert len(answer.context["lines"]) == 2
    assert not Delivery.objects.in_inbox_of(user.person).unread().exists()


def test_a_notice_is_read_with_the_way_to_its_page_and_why_it_came(client):
    user = user_with("member")
    row = invited(user, title="Steering call", agenda="Who goes to Vientiane?")
    client.force_login(user)

    text = client.get(reverse("home:notice", args=[row.pk])).content.decode()

    assert "Who goes to Vientiane?" in text
    assert f'href="/meetings/{row.object_id}/answer/"' in text
    assert "You get this because you are invited." in text
    assert "Stop the mails" in text


def test_what_is_unread_is_counted_beside_the_menu_of_a_phone_too(client):
    user = user_with("member")
    client.force_login(user)
    way = '<a href="/inbox/"><svg'

    before = client.get(INBOX).content.decode()
    invited(user)
    after = client.get(INBOX).content.decode()

    assert way not in before
    assert way in after


def test_what_one_may_no_longer_see_shows_no_content(client):
    user = user_with("member")
    row = invited(user, title="Zanzibar", agenda="Kilimanjaro")
    row.subject.attendances.all().delete()
    client.force_login(user)

    text = shown(client) + client.get(reverse("home:notice", args=[row.pk])).content.decode()

    assert "Zanzibar" not in text
    assert "Kilimanjaro" not in text
    assert "something you may no longer see" in text


def test_whoever_left_a_seat_reads_no_version_that_only_the_committee_reads(client):
    user = user_with("seat")
    committee = SeatHolder.objects.get(person=user.person).term.seat.committee
    now = database_now()
    position = factories.PositionFactory(committee=committee, status="open", visibility="members", body="Kilimanjaro")
    asked: Round = factories.RoundFactory(position=position, opens_at=now, closes_at=now + timedelta(days=1))
    post("decisions.round_opened", asked, [user.person], now=now - timedelta(days=1))
    arrive_due(now=now)
    row = Delivery.objects.in_inbox_of(user.person).get()
    client.force_login(user)
    before = client.get(reverse("home:notice", args=[row.pk])).content.decode()

    SeatHolder.objects.filter(person=user.person).update(until=now.date() - timedelta(days=1))
    factories.RepresentationFactory(person=user.person)
    after = client.get(reverse("home:notice", args=[row.pk])).content.decode()

    assert "Kilimanjaro" in before
    assert "Kilimanjaro" not in after


def test_a_notice_that_asks_nothing_any_more_says_so(client):
    user = user_with("member")
    row = invited(user)
    meeting = row.subject
    fields = ("title", "ends_at", "zone", "place", "link", "visibility", "agenda", "campaign")
    same = {name: getattr(meeting, name) for name in fields} | {"ends_at": meeting.ends_at + timedelta(days=2)}
    starts = meeting.starts_at + timedelta(days=2)
    edit_meeting(meeting, by=user_with("staff"), now=database_now(), starts_at=starts, **same)
    client.force_login(user)

    text = client.get(reverse("home:notice", args=[row.pk])).content.decode()

    assert "Nothing to do any more" in text
    assert "the date moved" in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_takes_as_many_statements_with_one_notice_as_with_three(client, django_assert_num_queries, count):
    user = user_with("staff")
    invited(user, count)
    client.force_login(user)
    client.get(INBOX)

    with django_assert_num_queries(6):
        answer = client.get(INBOX)

    assert len(answer.context["lines"]) == count


def test_the_page_of_what_comes_by_mail_shows_every_kind_and_what_was_chosen(client):
    user = user_with("member")
    client.force_login(user)

    answer = client.post(
        reverse("accounts:choose_mail"), {"kind": "meetings.reminder", "mail": "no"}, follow=True
    ).content.decode()

    assert "“Reminder of a meeting” comes only to your inbox from now on." in answer
    assert "stopped by you" in answer
    assert "A seat’s answer belongs to its organisation" in answer
    assert "Invitation to sign in" not in answer


def test_after_a_choice_one_is_back_at_its_row_which_holds_the_message(client):
    client.force_login(user_with("member"))

    response = client.post(reverse("accounts:choose_mail"), {"kind": "meetings.reminder", "mail": "no"})
    page = client.get(response.url).content.decode()

    assert response.url == reverse("accounts:choose_mail") + "?changed=meetings.reminder#meetings.reminder"
    row = page.partition('id="meetings.reminder" tabindex="-1"')[2].partition("</tr>")[0]
    assert "comes only to your inbox from now on." in row
    assert page.count("comes only to your inbox from now on.") == 1


def test_a_row_that_is_not_there_leaves_the_message_at_the_top(client):
    client.force_login(user_with("member"))
    client.post(reverse("accounts:choose_mail"), {"kind": "meetings.reminder", "mail": "no"})

    page = client.get(reverse("accounts:choose_mail"), {"changed": "no.such"}).content.decode()

    assert "comes only to your inbox from now on." in page
    assert 'tabindex="-1"><th' not in page


def test_what_can_wait_is_put_into_the_daily_mail_and_taken_out_again(client):
    client.force_login(user_with("member"))
    kind = "campaigns.milestone_due"

    daily, at_once = [
        client.post(reverse("accounts:choose_mail"), {"kind": kind, "mail": how}, follow=True).content.decode()
        for how in ("daily", "yes")
    ]

    assert "“Reminder of a milestone” waits for your daily mail from now on" in daily
    assert ["once a day" in page for page in (daily, at_once)] == [True, False]
    assert ["Send each at once" in page for page in (daily, at_once)] == [True, False]


def test_what_cannot_wait_says_so(client):
    client.force_login(user_with("member"))
    asked = {"kind": "meetings.invitation", "mail": "daily"}

    answer = client.post(reverse("accounts:choose_mail"), asked, follow=True)

    assert str(next(iter(answer.context["messages"]))) == "These mails cannot wait for the daily mail."


def test_a_kind_that_cannot_be_stopped_says_why(client):
    client.force_login(user_with("member"))

    answer = client.post(reverse("accounts:choose_mail"), {"kind": "decisions.answer_due", "mail": "no"}, follow=True)

    assert "A seat’s answer belongs to its organisation" in str(next(iter(answer.context["messages"])))
