"""Staff's page: what goes out, what did not, and what nobody knows; and how they settle it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Address
from notices.actions.planning import plan
from notices.actions.sending import send_due
from notices.models import Delivery
from tests.factories import PersonFactory, user_with
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, due, errand

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE = "/reminders/"


def settle(client, row, outcome):
    return client.post(reverse("notices:settle", args=[row.pk]), {"outcome": outcome}, follow=True)


def unconfirmed(**fields):
    return due(state="unconfirmed", reason="the worker stopped before it heard the answer", **fields)


@pytest.fixture
def staff(client):
    user = user_with("staff")
    client.force_login(user)
    return client


def test_each_notice_stands_in_its_list_with_its_reason(staff):
    waits, gone = due(title="Next one"), due(title="Gone out", state="sent")
    stuck, refused = unconfirmed(title="Perhaps"), due(title="Refused", state="failed", reason="550 no such person")
    dropped = due(title="Dropped", state="cancelled", reason="no longer asked")
    due(title="Far away", send_at=database_now() + 49 * HOUR)
    due(title="Long ago", state="sent", settled_at=database_now() - 49 * HOUR)

    response = staff.get(PAGE)

    lists = {
        name: [line.delivery.pk for line in response.context[name].lines]
        for name in ("unconfirmed", "failed", "due", "sent", "unsent")
    }
    assert lists == {
        "unconfirmed": [stuck.pk],
        "failed": [refused.pk],
        "due": [waits.pk],
        "sent": [gone.pk],
        "unsent": [dropped.pk],
    }
    page = response.content.decode()
    assert page.index("Unconfirmed") < page.index("Failed") < page.index("Due in the next") < page.index("Sent in the")
    assert "550 no such person" in page
    assert "the worker stopped before it heard the answer" in page
    assert "Reminder of an errand" in page
    assert "1 day before" in page
    assert "Far away" not in page
    assert "Long ago" not in page


def test_what_it_is_about_is_shown_only_to_whom_may_see_that(staff):
    row = due(title="Canary in the coal mine")
    Errand.objects.update(is_secret=True)

    pages = [staff.get(PAGE), staff.get(reverse("notices:delivery", args=[row.pk]))]

    for page in pages:
        assert b"something you may not see" in page.content
        assert b"Canary" not in page.content
        assert b"/errands/" not in page.content


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("staff", 200), ("chair", 403), ("member", 403)])
def test_staff_and_administrators_see_it(client, role, status):
    client.force_login(user_with(role))

    assert client.get(PAGE).status_code == status


def test_nobody_else_learns_whether_a_notice_exists(client):
    row = unconfirmed()
    client.force_login(user_with("chair"))

    statuses = [
        client.get(reverse("notices:delivery", args=[row.pk])).status_code,
        settle(client, row, "again").status_code,
    ]

    assert statuses == [404, 404]
    assert Delivery.objects.get().state == "unconfirmed"


def test_staff_say_that_it_arrived(staff, smtp):
    row = unconfirmed()

    settle(staff, row, "arrived")
    send_due(now=database_now())

    event = row.events.get()
    assert Delivery.objects.get().state == "sent"
    assert (event.from_state, event.to_state, event.detail) == ("unconfirmed", "sent", "confirmed by staff")
    assert event.by is not None
    assert smtp.messages == []


@pytest.mark.parametrize("state", ["unconfirmed", "failed"])
def test_staff_send_it_again(staff, smtp, state):
    row = due(state=state, attempts=7)

    settle(staff, row, "again")
    plan(now=database_now())
    send_due(now=database_now())

    assert [message["Message-ID"] for message in smtp.messages] == [row.message_id]
    assert Delivery.objects.get(pk=row.pk).state == "sent"


@pytest.mark.parametrize(
    ("state", "consequence"), [("unconfirmed", "gets it twice"), ("failed", "to the address of today")]
)
def test_what_a_decision_does_stands_beside_its_button(staff, state, consequence):
    row = due(state=state)

    page = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    assert "What you decide cannot be taken back." in page
    assert consequence in page


def test_what_staff_leave_alone_never_comes_back(staff):
    row = unconfirmed()

    settle(staff, row, "left")
    plan(now=database_now())

    assert Delivery.objects.get(pk=row.pk).state == "expired"


def test_what_would_come_too_late_is_not_sent_again(staff):
    row = unconfirmed(not_after=database_now() - HOUR)

    response = settle(staff, row, "again")

    assert "too late to send this again" in response.content.decode()
    assert "Leave it" in staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()
    assert Delivery.objects.get().state == "unconfirmed"


def test_an_answer_that_is_none_changes_nothing_and_says_so(staff):
    row = unconfirmed()

    response = settle(staff, row, "nonsense")

    assert "Nothing was changed" in response.content.decode()
    assert not row.events.exists()


@pytest.mark.parametrize("outcome", ["arrived", "again", "left"])
@pytest.mark.parametrize("state", ["planned", "deferred", "sent", "cancelled", "expired"])
def test_only_what_failed_or_stands_unconfirmed_is_settled(staff, state, outcome):
    row = due(state=state)

    response = settle(staff, row, outcome)

    assert "nothing to decide about it" in response.content.decode()
    assert (Delivery.objects.get().state, row.events.exists()) == (state, False)


def test_what_failed_did_not_arrive(staff):
    row = due(state="failed")

    response = settle(staff, row, "arrived")

    assert "cannot become" in response.content.decode()
    assert Delivery.objects.get(pk=row.pk).state == "failed"


def test_the_page_of_a_notice_says_why_somebody_got_it(staff, smtp):
    person = PersonFactory(display_name="Amina Diallo", zone="Africa/Dakar", **AWAKE)
    row = due(person, title="Count the seats")
    send_due(now=database_now())

    page = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    for words in ("Amina Diallo", person.email, "Count the seats", "1 day before", "Dakar", "Planned", "250 OK"):
        assert words in page
    assert f"/errands/{row.object_id}/" in page


def test_the_page_of_a_mail_says_to_which_address_it_left_when_its_reader_has_another_by_now(staff, smtp):
    row = due(PersonFactory(email="old@example.org", **AWAKE))
    send_due(now=database_now())
    left = "this mail left to <bdi>old@example.org</bdi>"
    assert left not in staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    Address.objects.filter(person=row.person).update(email="new@example.org")

    assert left in staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_three_as_for_one(staff, django_assert_num_queries, count):
    for _each in range(count):
        due(), due(state="sent"), unconfirmed()
    staff.get(PAGE)

    with django_assert_num_queries(8):
        staff.get(PAGE)


def test_lists_are_bounded(staff):
    people = PersonFactory.create_batch(51, **AWAKE)
    errand(*people, day=database_now().date() + timedelta(days=1), title="For all")
    plan(now=database_now())

    together = staff.get(PAGE)
    alone = staff.get(PAGE, {"show": "due"})

    assert [len(page.context["due"].lines) for page in (together, alone)] == [8, 50]
    assert 'href="?show=due"' in together.content.decode()
    assert "sent" not in alone.context


@pytest.mark.parametrize("show", ["failed", "held", "due", "sent"])
def test_one_list_is_read_to_its_end_in_pages_that_miss_none(staff, show):
    state = "planned" if show == "due" else show
    person, now = PersonFactory(**AWAKE), database_now()
    hours = [now - number // 2 * timedelta(minutes=1) for number in range(52)]  # two at a time: the id decides
    rows = {due(person, state=state, send_at=hour, settled_at=hour).pk for hour in hours}

    first = staff.get(PAGE, {"show": show})
    second = staff.get(PAGE, {"show": show, "after": first.context[show].page.after})
    back = staff.get(PAGE, {"show": show, "before": second.context[show].page.before})

    read = [[line.delivery.pk for line in page.context[show].lines] for page in (first, second, back)]
    assert ([len(part) for part in read], {*read[0], *read[1]}, read[2]) == ([50, 2, 50], rows, read[0])
    assert ['rel="next"' in page.content.decode() for page in (first, second)] == [True, False]


def test_a_list_that_is_none_shows_them_all(staff):
    assert staff.get(PAGE, {"show": "x"}).context["sent"].lines == []
