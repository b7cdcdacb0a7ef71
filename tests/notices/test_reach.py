"""Which mails reached their reader before an instant: what was taken, what came back, which addresses get nothing."""

from datetime import timedelta

import pytest

from accounts.clock import database_now
from accounts.models import Address, Person
from notices.actions.bouncing import lift_suppression, read_bounce
from notices.actions.daily import arrange
from notices.actions.planning import plan, post
from notices.actions.reading import choose_mail
from notices.actions.sending import send_due
from notices.models import Delivery, Suppression
from notices.reach import that_reached
from tests.factories import PersonFactory, UserFactory, user_with
from tests.notices.errands.kinds import ErrandGiven
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, errand
from tests.notices.test_bounces import report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KIND = ErrandGiven.key


@pytest.fixture(autouse=True)
def the_kind(monkeypatch):
    monkeypatch.setattr(ErrandGiven, "digestable", True)


def somebody(**fields) -> Person:
    return PersonFactory(**{**AWAKE, **fields})


def told(*people: Person) -> Errand:
    """An errand of which these people have been told by mail."""
    made = errand(*people)
    post(KIND, made, people, now=database_now())
    send_due(now=database_now())
    return made


def mail(person: Person) -> Delivery:
    return Delivery.objects.exclude(channel="inbox").get(person=person, kind=KIND)


def is_reached(subject, person, *, by=None) -> bool:
    mails = Delivery.objects.about(subject).filter(kind=KIND, person=person)
    return that_reached(mails, by or database_now() + HOUR).exists()


def came_back(row: Delivery, **said) -> None:
    read_bounce(report(row, **said), now=database_now())


def test_who_was_sent_a_mail_that_the_server_took_is_reached_from_that_instant(smtp):
    person = somebody()
    subject = told(person)
    taken = mail(person).settled_at

    assert is_reached(subject, person)
    assert not is_reached(subject, person, by=taken)


@pytest.mark.parametrize("state", ["planned", "sending", "deferred", "unconfirmed", "failed", "cancelled", "held"])
def test_a_mail_that_no_server_is_known_to_have_taken_reaches_nobody(smtp, state):
    person = somebody()
    subject = told(person)
    Delivery.objects.filter(pk=mail(person).pk).update(
        state=state, lease_until=database_now(), lease_token="00000000-0000-0000-0000-000000000000"
    )

    assert not is_reached(subject, person)


def test_who_only_finds_it_in_the_inbox_is_not_reached(smtp):
    user = UserFactory(person=somebody())
    choose_mail(user.person, by=user, kind=KIND, takes_mail=False, is_daily=False, now=database_now())
    subject = told(user.person)
    Delivery.objects.filter(channel="inbox").update(state="sent")

    assert not is_reached(subject, user.person)


def test_a_mail_that_came_back_before_the_instant_reached_nobody_and_one_that_came_back_later_did(smtp):
    person = somebody()
    subject = told(person)
    before = database_now()
    came_back(mail(person))

    assert is_reached(subject, person, by=before)
    assert not is_reached(subject, person)


def test_a_mail_that_is_only_late_is_on_its_way_until_its_server_gives_up(smtp):
    person = somebody()
    subject = told(person)

    came_back(mail(person), status="4.4.1", action="delayed")
    assert is_reached(subject, person)

    came_back(mail(person), status="4.4.1", action="failed")
    assert not is_reached(subject, person)


def test_of_two_mails_one_of_which_came_back_the_other_counts_if_the_address_works(smtp):
    person = somebody()
    subject = told(person)
    came_back(mail(person))
    lift_suppression(Suppression.objects.get(), by=user_with("staff"), reason="It works.", now=database_now())
    post(KIND, subject, [person], slot="now+1", now=database_now())
    send_due(now=database_now())

    assert is_reached(subject, person)


def test_an_address_from_which_another_mail_came_back_reaches_nobody_until_it_is_taken_up_again(smtp):
    person = somebody()
    subject, other = told(person), told(person)
    before = database_now()
    came_back(Delivery.objects.exclude(channel="inbox").about(other).get())
    during = database_now()
    lift_suppression(Suppression.objects.get(), by=user_with("staff"), reason="It works.", now=database_now())

    found = [is_reached(subject, person, by=by) for by in (before, during, database_now() + HOUR)]

    assert found == [True, False, True]


def test_whoever_changes_their_address_afterwards_was_reached_or_not_at_the_address_of_then(smtp):
    heard, unheard = somebody(), somebody()
    subject, other = told(heard, unheard), told(unheard)
    came_back(Delivery.objects.exclude(channel="inbox").about(other).get())
    closing = database_now()
    dead = told(dying := somebody())
    came_back(mail(dying))
    Address.objects.filter(person=dying).delete()
    Address.objects.filter(person=unheard).update(email="works@example.org")
    Address.objects.filter(person=heard).update(email=Suppression.objects.latest("since").email)

    assert [is_reached(subject, person, by=closing) for person in (heard, unheard)] == [True, False]
    assert is_reached(subject, heard)
    assert not is_reached(dead, dying)


def test_a_suppressed_address_that_is_shared_is_suppressed_for_both(smtp):
    one, two = somebody(email="Office@example.org"), somebody(email="office@example.org")
    subject = told(one, two)
    came_back(mail(one))

    assert not is_reached(subject, two)


def test_who_has_no_address_is_not_reached(smtp):
    person = somebody()
    Address.objects.filter(person=person).delete()

    assert not is_reached(told(person), person)


def test_a_discreet_mail_counts_it_says_where_to_read(smtp):
    person = somebody(is_discreet=True)

    assert is_reached(told(person), person)


def test_a_daily_mail_counts_for_each_of_its_parts_and_when_it_comes_back_for_none(smtp):
    user = UserFactory(person=somebody())
    choose_mail(user.person, by=user, kind=KIND, takes_mail=True, is_daily=True, now=database_now())
    subjects = [told(user.person), told(user.person)]
    assert not is_reached(subjects[0], user.person)

    Delivery.objects.filter(channel="digest").update(send_at=database_now())
    plan(now=database_now())
    arrange(now=database_now())
    send_due(now=database_now())
    assert [is_reached(one, user.person) for one in subjects] == [True, True]

    came_back(Delivery.objects.get(kind="notices.digest"))
    assert [is_reached(one, user.person) for one in subjects] == [False, False]
