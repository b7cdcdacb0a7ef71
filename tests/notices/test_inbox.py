"""The inbox is the second channel: what is due arrives there once, whether or not it comes by mail too."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from history.models import Entry
from notices.actions.arriving import arrive_due
from notices.actions.planning import plan, post
from notices.actions.reading import choose_mail, mark_all_read, mark_read, put_away, take_back
from notices.actions.sending import send_due
from notices.choices import choices_of
from notices.kind import KINDS
from notices.models import Delivery, NoticePreference
from tests.factories import PersonFactory, UserFactory
from tests.notices.errands.kinds import ErrandDue, ErrandGiven
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, NOON, errand, obstinate
from tests.threads import together

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(settings):
    with obstinate(settings) as mind:
        yield mind


def reader(**fields):
    return UserFactory(person=PersonFactory(**AWAKE, **fields))


def arrived(user, **fields):
    """A notice in the inbox of `user`."""
    now = database_now()
    post("errand_given", errand(user.person, **fields), [user.person], now=now)
    arrive_due(now=now)
    return Delivery.objects.in_inbox_of(user.person).order_by("settled_at").last()


def by_channel(**filters):
    return dict(Delivery.objects.filter(**filters).values_list("channel", "state"))


def test_whoever_can_sign_in_is_told_on_both_channels_and_others_only_by_mail():
    user, guest = reader(), PersonFactory(**AWAKE)
    subject = errand()

    new = post("errand_given", subject, [user.person, guest], now=NOON)

    assert new == 2
    assert by_channel(person=user.person) == {"mail": "planned", "inbox": "planned"}
    assert by_channel(person=guest) == {"mail": "planned"}


def test_whoever_may_no_longer_sign_in_has_no_inbox():
    user = UserFactory(is_active=False)

    post("errand_given", errand(), [user.person], now=NOON)

    assert by_channel() == {"mail": "planned"}


def test_a_kind_that_makes_sense_only_by_mail_stays_there(monkeypatch):
    monkeypatch.setattr(ErrandGiven, "has_inbox", False)

    post("errand_given", errand(), [reader().person], now=NOON)

    assert by_channel() == {"mail": "planned"}


def test_a_reminder_is_planned_once_on_each_channel_however_often_planning_runs():
    errand(reader().person, day=NOON.date() + timedelta(days=3))

    for hours in range(0, 24, 5):
        plan(now=NOON + timedelta(hours=hours))

    assert Counter(Delivery.objects.values_list("slot", "channel")) == {
        (slot, channel): 1 for slot in ("P3D", "P1D", "P0D") for channel in ("mail", "inbox")
    }


def test_what_is_due_arrives_once_and_no_mail_server_is_asked(settings):
    settings.EMAIL_PORT = 1
    user, now = reader(), database_now()
    post("errand_given", errand(user.person), [user.person], now=now)

    looked = [arrive_due(now=now - MINUTE), arrive_due(now=now), arrive_due(now=now)]

    row = Delivery.objects.in_inbox_of(user.person).get()
    assert looked == [0, 1, 0]
    assert list(row.events.values_list("from_state", "to_state")) == [("planned", "sent")]
    assert Delivery.objects.by_mail().get().state == "planned"


def test_a_run_that_sends_mails_leaves_the_inboxes_alone(smtp):
    user, now = reader(), database_now()
    post("errand_given", errand(user.person), [user.person], now=now)

    sent = send_due(now=now)

    assert sent == len(smtp.messages) == 1
    assert by_channel() == {"mail": "sent", "inbox": "planned"}


def test_the_rows_are_asked_once_more_before_it_arrives():
    now, moved, left, late = database_now(), reader(), reader(), reader()
    for user in (moved, left, late):
        post("errand_given", errand(user.person), [user.person], now=now, not_after=now + 2 * MINUTE)
    Errand.objects.filter(people=moved.person).update(epoch=1)
    Errand.objects.get(people=left.person).people.clear()
    arrive_due(now=now)
    Delivery.objects.filter(person=late.person, channel="inbox").update(state="planned")

    arrive_due(now=now + 3 * MINUTE)

    found = Delivery.objects.filter(channel="inbox").values_list("person", "state", "reason")
    assert set(found) == {
        (moved.person_id, "cancelled", "the date moved"),
        (left.person_id, "cancelled", "no longer asked"),
        (late.person_id, "expired", "too late to make sense"),
    }


def test_what_its_kind_cannot_judge_waits_and_stops_no_other(monkeypatch):
    now, broken, good = database_now(), reader(), reader()
    post("errand_given", errand(broken.person, title="faulty"), [broken.person], now=now - MINUTE)
    post("errand_given", errand(good.person), [good.person], now=now)
    audience = ErrandDue.audience
    monkeypatch.setattr(
        ErrandDue, "audience", lambda self, one: 1 / 0 if one.title == "faulty" else audience(self, one)
    )

    arrive_due(now=now)

    states = dict(Delivery.objects.filter(channel="inbox").values_list("person", "state"))
    assert states == {broken.person_id: "deferred", good.person_id: "sent"}


@pytest.mark.django_db(transaction=True)
def test_several_workers_let_each_arrive_once():
    now, users = database_now(), [reader() for _each in range(10)]
    subject = errand(*[user.person for user in users])
    post("errand_given", subject, [user.person for user in users], now=now)

    together(*[partial(arrive_due, now=now)] * 4)

    rows = Delivery.objects.filter(channel="inbox")
    assert [(row.state, row.events.count()) for row in rows] == [("sent", 1)] * 10


def test_a_stopped_kind_comes_no_more_by_mail_and_still_stands_in_the_inbox(server):
    user, now = reader(), database_now()
    choose_mail(user.person, by=user, kind="errand_given", takes_mail=False, now=now)

    post("errand_given", errand(user.person), [user.person], now=now)
    arrive_due(now=now)
    send_due(now=now)

    mail = Delivery.objects.by_mail().get()
    assert (mail.state, mail.reason) == ("cancelled", "stopped by the reader")
    assert Delivery.objects.in_inbox_of(user.person).count() == 1
    assert server.tries == 0


def test_a_mail_that_was_planned_before_its_kind_was_stopped_does_not_leave(server):
    user, now = reader(), database_now()
    post("errand_given", errand(user.person), [user.person], now=now)

    choose_mail(user.person, by=user, kind="errand_given", takes_mail=False, now=now)
    send_due(now=now)

    mail = Delivery.objects.by_mail().get()
    assert (mail.state, mail.reason) == ("cancelled", "stopped by the reader")
    assert server.tries == 0


def test_planning_stops_reminders_and_brings_them_back_as_their_reader_chooses():
    user = reader()
    errand(user.person, day=NOON.date() + timedelta(days=3))
    plan(now=NOON)
    reasons = []

    for takes_mail in (False, True):
        choose_mail(user.person, by=user, kind="errand_due", takes_mail=takes_mail, now=NOON)
        plan(now=NOON)
        plan(now=NOON)
        reasons.append(set(Delivery.objects.by_mail().values_list("state", "reason")))

    assert reasons == [{("cancelled", "stopped by the reader")}, {("planned", "asked again")}]
    assert set(Delivery.objects.filter(channel="inbox").values_list("state", flat=True)) == {"planned"}


def test_what_must_reach_its_reader_cannot_be_stopped_not_even_by_an_older_choice(smtp, monkeypatch):
    user, now = reader(), database_now()
    choose_mail(user.person, by=user, kind="errand_given", takes_mail=False, now=now)
    monkeypatch.setattr(ErrandGiven, "kept_because", "Others wait for you.")
    post("errand_given", errand(user.person), [user.person], now=now)

    with pytest.raises(TransitionError, match="Others wait for you"):
        choose_mail(user.person, by=user, kind="errand_given", takes_mail=False, now=now)
    send_due(now=now)

    assert len(smtp.messages) == 1
    assert next(one for one in choices_of(user.person) if one.kind.key == "errand_given").takes_mail


@pytest.mark.parametrize("kind", ["", "no-such-kind", "x\0y", "members.invitation"])
def test_only_kinds_that_reach_an_inbox_can_be_chosen(kind):
    user = reader()

    with pytest.raises(TransitionError, match="no such kind"):
        choose_mail(user.person, by=user, kind=kind, takes_mail=False, now=NOON)

    assert not NoticePreference.objects.exists()


def test_choosing_twice_is_noted_once_and_nobody_chooses_for_another():
    user, other = reader(), reader()

    for _turn in range(2):
        choose_mail(user.person, by=user, kind="errand_due", takes_mail=False, now=NOON)
    with pytest.raises(Refused):
        choose_mail(user.person, by=other, kind="errand_due", takes_mail=True, now=NOON)

    assert Entry.objects.of(user.person).count() == 1
    assert NoticePreference.objects.get().takes_mail is False


def test_reading_counts_from_the_first_time_and_done_is_read():
    user = reader()
    row, now = arrived(user), database_now()

    mark_read(row, by=user, now=now)
    put_away(row, by=user, now=now + MINUTE)
    put_away(row, by=user, now=now + 2 * MINUTE)
    row.refresh_from_db()
    put = row.read_at, row.done_at
    take_back(row, by=user)
    row.refresh_from_db()

    assert put == (now, now + MINUTE)
    assert (row.read_at, row.done_at) == (now, None)


def test_nobody_reads_in_the_inbox_of_another():
    row, other = arrived(reader()), reader()

    for act in (mark_read, put_away):
        with pytest.raises(Refused):
            act(row, by=other, now=NOON)
    with pytest.raises(Refused):
        take_back(row, by=other)
    with pytest.raises(Refused):
        mark_all_read(row.person, by=other, now=NOON)

    row.refresh_from_db()
    assert row.read_at is None


def test_all_are_marked_as_read_at_once():
    user, now = reader(), database_now()
    first, second = arrived(user), arrived(user)
    mark_read(first, by=user, now=now - MINUTE)

    count = mark_all_read(user.person, by=user, now=now)

    assert count == 1
    assert set(Delivery.objects.in_inbox_of(user.person).values_list("pk", "read_at")) == {
        (first.pk, now - MINUTE),
        (second.pk, now),
    }


@pytest.mark.parametrize("fields", [{"read_at": NOON}, {"read_at": NOON, "done_at": NOON}])
def test_the_database_knows_that_only_what_has_arrived_in_an_inbox_is_read(fields):
    post("errand_given", errand(), [PersonFactory()], now=NOON)

    with pytest.raises(IntegrityError, match="delivery_is_read_where_it_arrived"), transaction.atomic():
        Delivery.objects.update(**fields)


def test_every_kind_says_why_its_reader_gets_it():
    ours = [kind for key, kind in KINDS.items() if "." in key and kind.has_inbox]

    assert [kind.key for kind in ours if not str(kind.because).endswith(".")] == []
