"""Staff hold, let go, send and cancel what is planned, and read why somebody got something."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from notices.actions.planning import cancel, plan, replan
from notices.actions.sending import send_due
from notices.actions.steering import cancel_delivery, hold_delivery, let_delivery_go, send_delivery_now
from notices.models import Delivery, NoticePreference
from tests.factories import PersonFactory, user_with
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, due, errand, where_it_is_noon

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE = "/reminders/"


@pytest.fixture
def by():
    return user_with("staff")


@pytest.fixture
def staff(client, by):
    client.force_login(by)
    return client


def planned_ahead():
    """The mail of a reminder that planning made for later: "1 day before" an errand in two days."""
    now = database_now()
    subject = errand(PersonFactory(zone=where_it_is_noon(now), **AWAKE), day=now.date() + timedelta(days=3))
    plan(now=now)
    return subject, Delivery.objects.by_mail().get(slot="P1D")


def fresh(row):
    return Delivery.objects.get(pk=row.pk)


def press(client, row, do, **words):
    return client.post(reverse("notices:steer", args=[row.pk]), {"do": do, **words}, follow=True)


def test_what_is_held_does_not_go_out_and_planning_leaves_it(by, smtp):
    row = due()

    hold_delivery(row, by=by, now=database_now())
    plan(now=database_now())
    send_due(now=database_now())

    event = row.events.get()
    assert (fresh(row).state, smtp.messages) == ("held", [])
    assert (event.from_state, event.to_state, event.by) == ("planned", "held", by)


def test_what_is_let_go_goes_out_when_its_hour_is_over(by, smtp):
    row = due(state="held")

    let_delivery_go(row, by=by, now=database_now())
    send_due(now=database_now())

    assert [message["Message-ID"] for message in smtp.messages] == [row.message_id]
    assert fresh(row).state == "sent"


def test_what_is_let_go_before_its_hour_keeps_it(by):
    _subject, row = planned_ahead()
    hold_delivery(row, by=by, now=database_now())

    let_delivery_go(row, by=by, now=database_now())
    plan(now=database_now())

    assert (fresh(row).state, fresh(row).send_at) == ("planned", row.send_at)


def test_what_is_sent_now_goes_out_before_its_hour_and_planning_does_not_put_it_back(by, smtp):
    _subject, row = planned_ahead()

    send_delivery_now(row, by=by, now=database_now())
    plan(now=database_now())
    send_due(now=database_now())
    plan(now=database_now())
    send_due(now=database_now())

    assert [message["Message-ID"] for message in smtp.messages].count(row.message_id) == 1
    assert fresh(row).state == "sent"


def test_what_is_sent_now_waits_for_the_end_of_quiet_hours(by, smtp):
    now = database_now()
    zone = where_it_is_noon(now)
    row = due(PersonFactory(zone=zone, quiet_from=time(11), quiet_to=time(15), keeps_weekend=False), send_at=now + HOUR)

    send_delivery_now(row, by=by, now=now)

    assert now + HOUR < fresh(row).send_at < now + 4 * HOUR
    assert send_due(now=database_now()) == 0


def test_what_staff_cancelled_never_comes_back(by):
    subject, row = planned_ahead()

    cancel_delivery(row, by=by, reason="Told by telephone.", now=database_now())
    plan(now=database_now())
    replan(subject, now=database_now())

    assert (fresh(row).state, fresh(row).reason, fresh(row).settled_by) == ("cancelled", "Told by telephone.", by)


@pytest.mark.parametrize("answer", ["takes it back", "is done"])
def test_what_is_held_ends_when_nobody_awaits_it_any_more(by, answer):
    subject, row = planned_ahead()
    hold_delivery(row, by=by, now=database_now())

    if answer == "takes it back":
        cancel(subject, reason="answered", now=database_now())
    else:
        Errand.objects.update(is_done=True)
        replan(Errand.objects.get(), now=database_now())

    assert fresh(row).state == "cancelled"


def test_what_is_held_too_long_expires(by):
    subject, row = planned_ahead()
    hold_delivery(row, by=by, now=database_now())

    replan(subject, now=row.not_after + HOUR)

    assert fresh(row).state == "expired"


@pytest.mark.parametrize("act", [let_delivery_go, send_delivery_now])
def test_what_would_come_too_late_is_not_sent(by, act):
    row = due(state="held", not_after=database_now() - HOUR)

    with pytest.raises(TransitionError, match="too late to send this"):
        act(row, by=by, now=database_now())


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "unconfirmed", "cancelled", "expired"])
@pytest.mark.parametrize("do", ["hold", "let_go", "now", "cancel"])
def test_only_what_has_not_left_is_steered(staff, state, do):
    lease = {"lease_until": database_now() + HOUR, "lease_token": "00000000-0000-0000-0000-000000000001"}
    row = due(state=state, **(lease if state == "sending" else {}))

    page = press(staff, row, do, reason="Because.")

    assert "nothing was changed" in page.content.decode()
    assert (fresh(row).state, row.events.exists()) == (state, False)


@pytest.mark.parametrize("role", ["chair", "member"])
def test_nobody_else_steers(client, role):
    row, user = due(), user_with(role)
    client.force_login(user)

    with pytest.raises(Refused):
        hold_delivery(row, by=user, now=database_now())
    assert press(client, row, "hold").status_code == 404
    assert fresh(row).state == "planned"


def test_pressing_hold_twice_says_that_it_is_held(staff):
    row = due()

    press(staff, row, "hold")
    page = press(staff, row, "hold").content.decode()

    assert "is “Held by staff” by now" in page
    assert row.events.count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\0b"])
def test_cancelling_needs_a_reason_that_can_be_kept(staff, reason):
    row = due()

    page = press(staff, row, "cancel", reason=reason)

    assert (page.status_code, fresh(row).state) == (200, "planned")
    assert 'class="alert alert-block alert-danger"' in page.content.decode()
    assert "x" * 501 not in reason or "x" * 501 in page.content.decode()


def test_an_act_that_is_none_changes_nothing(staff):
    row = due()

    page = press(staff, row, "nonsense")

    assert (page.status_code, row.events.exists()) == (200, False)


def test_what_is_held_stands_in_its_own_list(staff):
    held, waits = due(title="Kept back", state="held"), due(title="Next one")

    context = staff.get(PAGE).context

    assert [line.delivery.pk for line in context["held"].lines] == [held.pk]
    assert [line.delivery.pk for line in context["due"].lines] == [waits.pk]


@pytest.mark.parametrize(
    ("state", "offered"),
    [("planned", {"hold", "now", "cancel"}), ("held", {"let_go", "now", "cancel"}), ("sent", set())],
)
def test_each_state_offers_what_is_possible_with_its_consequence(staff, state, offered):
    row = due(state=state)

    page = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    assert {do for do in ("hold", "let_go", "now", "cancel") if f'name="do" value="{do}"' in page} == offered
    assert ("cannot be taken back" in page) is bool(offered)


def test_the_page_answers_why_somebody_got_it(staff, smtp):
    person = PersonFactory(display_name="Amira Haddad", zone="Africa/Nairobi", **AWAKE)
    row = due(person, title="Count the seats")
    before = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()
    send_due(now=database_now())
    NoticePreference.objects.create(person=person, kind=row.kind, takes_mail=False, changed_at=database_now())

    after = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    for words in ("Why <bdi>Amira Haddad</bdi>", "among those asked when it was planned", "1 day before", "Nairobi"):
        assert words in before
        assert words in after
    assert "That is asked once more before it leaves." in before
    assert "Takes the mails of this kind." in before
    assert "250 OK" in after
    assert "Has stopped the mails of this kind." in after
    assert "That is asked once more" not in after


def test_the_page_says_of_a_held_mail_that_it_waits_to_be_let_go(staff):
    row = due(state="held")

    page = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    assert "No: it is held, and goes out only when it is let go." in page
    assert "Yes. That is asked once more" not in page


def test_the_page_says_that_a_planned_mail_would_not_go_out_any_more(staff):
    row = due()
    Errand.objects.get().people.clear()

    page = staff.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    assert "Not any more: no longer asked." in page


def test_the_deadline_is_kept_from_whoever_may_not_see_what_it_is_about(staff):
    _subject, row = planned_ahead()
    Errand.objects.update(is_secret=True)

    page = staff.get(reverse("notices:delivery", args=[row.pk]))

    assert (page.context["why"].deadline, page.context["why"].still) == ("", "")


def test_the_list_is_narrowed_to_one_person_or_one_thing(staff):
    one, other = due(title="This"), due(title="That")
    again = due(one.person, about=other.subject)

    def found(**asked):
        return [line.delivery.pk for line in staff.get(PAGE, asked).context["found"].section.lines]

    assert set(found(person=one.person_id)) == {one.pk, again.pk}
    assert set(found(about=other.object_id)) == {other.pk, again.pk}
    assert found(person=one.person_id, about=other.object_id) == [again.pk]


def test_a_narrowed_list_names_what_its_reader_may_see(staff):
    row = due(PersonFactory(display_name="Amira Haddad", **AWAKE), title="Canary")

    seen = staff.get(PAGE, {"about": row.object_id}).content.decode()
    Errand.objects.update(is_secret=True)
    hidden = staff.get(PAGE, {"about": row.object_id}).content.decode()

    assert "Mails about “<bdi>Canary</bdi>”" in seen
    assert "Canary" not in hidden
    theirs = staff.get(PAGE, {"person": row.person_id}).content.decode()
    assert theirs.count("<bdi>Amira Haddad</bdi>") == 1
    assert "Mails to <bdi>Amira Haddad</bdi>" in theirs


@pytest.mark.parametrize("nonsense", ["", "x", "a\0b", "00000000-0000-0000-0000-000000000001"])
def test_an_id_of_nobody_finds_nothing(staff, nonsense):
    due()

    pages = [staff.get(PAGE, {name: nonsense}) for name in ("person", "about")]

    assert [(page.status_code, page.context["found"].section.lines) for page in pages] == [(200, []), (200, [])]


def test_a_narrowed_list_is_read_in_pages_that_miss_none(staff):
    person, now = PersonFactory(**AWAKE), database_now()
    rows = {due(person, send_at=now - number // 2 * HOUR).pk for number in range(52)}

    first = staff.get(PAGE, {"person": person.pk}).context["found"]
    second = staff.get(PAGE, {"person": person.pk, "after": first.section.page.after}).context["found"]

    read = [line.delivery.pk for part in (first, second) for line in part.section.lines]
    assert (len(first.section.lines), len(read), set(read)) == (50, 52, rows)
    assert second.section.page.after == ""


@pytest.mark.parametrize("count", [1, 3])
def test_a_narrowed_list_takes_as_many_statements_for_three_as_for_one(staff, django_assert_num_queries, count):
    person = PersonFactory(**AWAKE)
    for _each in range(count):
        due(person)
    staff.get(PAGE, {"person": person.pk})

    with django_assert_num_queries(9):
        staff.get(PAGE, {"person": person.pk})


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_one_takes_as_many_statements_whatever_happened_to_it(staff, django_assert_num_queries, count):
    row = due()
    for _each in range(count):
        press(staff, row, "hold"), press(staff, row, "let_go")
    staff.get(reverse("notices:delivery", args=[row.pk]))

    with django_assert_num_queries(10):
        staff.get(reverse("notices:delivery", args=[row.pk]))
