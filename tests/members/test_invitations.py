import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError, User
from accounts.rules import Refused
from history.panels import history
from members.actions.invitations import accept_invitation, invite, resend_invitation, revoke_invitation
from members.actions.people import edit_person
from members.models import Invitation
from notices.actions.sending import send_due
from notices.models import Delivery
from tests.factories import NOON, PersonFactory, RepresentationFactory, UserFactory, user_with
from tests.threads import together

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet words together"


def link(invitation):
    return reverse("members:invitation_accept", args=[invitation.token])


def invited(now=None, **person):
    return invite(PersonFactory(**person), by=user_with("staff"), now=now or database_now())


def test_the_mail_leads_to_a_page_that_makes_the_account(client, smtp):
    person = RepresentationFactory(person__email="Rana@Fields.Example", organisation__name="جمعية الأرض").person
    invite(person, by=user_with("staff"), now=database_now())

    send_due(now=database_now())
    mail = smtp.to("Rana@Fields.Example")[0].get_body(("plain",)).get_content()
    path = re.search(r"http://testserver(/members/invitations/\S+)", mail)[1]
    page = client.get(path)
    answer = client.post(path, {"password": PASSWORD})

    assert "جمعية الأرض" in mail
    assert "rana@fields.example" in page.content.decode()
    assert answer.url == reverse("accounts:preferences")
    assert client.get(reverse("accounts:preferences")).context["user"].person == person
    assert User.objects.get(person=person).email == "rana@fields.example"


def test_who_accepted_signs_in_with_the_password_and_finds_the_session_listed():
    invitation = invited(email="Sione@Fields.example")
    accepting, later = Client(), Client()
    accepting.post(link(invitation), {"password": PASSWORD})

    later.post(reverse("account_login"), {"login": "sione@fields.example", "password": PASSWORD})

    assert len(later.get(reverse("usersessions_list")).context["sessions"]) == 2


def test_opening_the_link_changes_nothing(client):
    invitation = invited()

    client.get(link(invitation))
    client.head(link(invitation))

    assert Invitation.objects.get().is_open
    assert not User.objects.filter(person=invitation.person).exists()


def test_the_link_works_until_the_last_second_of_seven_days():
    invitation = invited(now=NOON)

    assert invitation.problem(NOON + timedelta(days=7, seconds=-1)) == ""
    assert "seven days" in invitation.problem(NOON + timedelta(days=7))


def test_an_expired_link_says_so_and_makes_no_account(client):
    invitation = invited(now=database_now() - timedelta(days=8))

    page = client.post(link(invitation), {"password": PASSWORD})

    assert page.status_code == 410
    assert "Ask the staff for a new one" in page.content.decode()
    assert not User.objects.filter(person=invitation.person).exists()


def test_a_withdrawn_link_says_so_and_makes_no_account(client):
    invitation = invited()
    revoke_invitation(invitation, by=user_with("staff"), now=database_now())

    page = client.post(link(invitation), {"password": PASSWORD})

    assert page.status_code == 410
    assert "withdrawn" in page.content.decode()
    assert not User.objects.filter(person=invitation.person).exists()


def test_a_used_link_leads_to_the_sign_in_page(client):
    invitation = invited()
    client.post(link(invitation), {"password": PASSWORD})

    page = Client().get(link(invitation))

    assert page.status_code == 410
    assert "used already" in page.content.decode()
    assert reverse("account_login") in page.content.decode()


@pytest.mark.parametrize("spoil", [lambda token: token[:-4], lambda token: "x" + token, lambda token: "no-token"])
def test_a_link_that_was_cut_or_made_up_says_so(client, spoil):
    token = spoil(invited().token)

    page = client.get(reverse("members:invitation_accept", args=[token]))

    assert page.status_code == 410
    assert "not complete" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_make_one_account():
    invitation = invited()
    now = database_now()

    answers = together(*[partial(accept_invitation, invitation, password=PASSWORD, now=now) for _each in range(2)])

    assert User.objects.filter(person=invitation.person).count() == 1
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert any("used already" in str(answer) for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_share_an_address_get_one_account():
    first, second = invited(email="office@fields.example"), invited(email="office@fields.example")
    now = database_now()

    answers = together(*[partial(accept_invitation, one, password=PASSWORD, now=now) for one in (first, second)])

    assert User.objects.filter(email="office@fields.example").count() == 1
    assert any("has an account already" in str(answer) for answer in answers)


def test_a_weak_password_is_refused_with_a_reason(client):
    invitation = invited(email="rana.khoury@fields.example")

    short = client.post(link(invitation), {"password": "short"})
    own = client.post(link(invitation), {"password": "rana.khoury@fields.example"})

    assert "10 characters" in str(short.context["form"].errors)
    assert "too similar" in str(own.context["form"].errors)
    assert Invitation.objects.get().is_open


def test_sending_again_makes_a_new_link_and_ends_the_old_one():
    old = invited(now=NOON)

    new = resend_invitation(old, by=user_with("staff"), now=NOON + timedelta(hours=1))

    old.refresh_from_db()
    assert old.problem(NOON + timedelta(hours=1)) != ""
    assert new.problem(NOON + timedelta(hours=1)) == ""
    assert list(Delivery.objects.order_by("send_at").values_list("object_id", "state")) == [
        (old.pk, "cancelled"),
        (new.pk, "planned"),
    ]


def test_an_invitation_is_not_held_back_by_quiet_hours():
    invitation = invited(now=NOON, zone="Pacific/Auckland")

    assert Delivery.objects.get(object_id=invitation.pk).send_at == NOON


def test_inviting_twice_is_refused_while_the_first_link_works():
    invitation = invited(now=NOON)
    staff = user_with("staff")

    with pytest.raises(TransitionError, match="invited already"):
        invite(invitation.person, by=staff, now=NOON + timedelta(days=6))
    again = invite(invitation.person, by=staff, now=NOON + timedelta(days=7))

    assert again.pk != invitation.pk


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (lambda: PersonFactory(email=""), "no e-mail address"),
        (lambda: UserFactory().person, "has an account already"),
        (lambda: PersonFactory(email=UserFactory().email.upper()), "Somebody else signs in"),
    ],
)
def test_who_cannot_be_invited_and_why(person, sentence):
    with pytest.raises(TransitionError, match=sentence):
        invite(person(), by=user_with("staff"), now=NOON)

    assert Delivery.objects.count() == 0


def test_a_new_address_withdraws_the_invitation_to_the_old_one():
    invitation = invited(now=NOON)
    person = invitation.person

    edit_person(
        person,
        by=user_with("staff"),
        display_name=person.display_name,
        email="new@fields.example",
        language="en",
        zone="UTC",
        now=NOON,
    )

    invitation.refresh_from_db()
    assert invitation.revoked_at == NOON
    assert Delivery.objects.get().state == Delivery.State.CANCELLED


@pytest.mark.parametrize("role", ["chair", "seat", "facilitator", "member", "nobody"])
def test_only_staff_invite(role):
    with pytest.raises(Refused, match="Only staff"):
        invite(PersonFactory(), by=user_with(role), now=NOON)


def test_an_administrator_is_invited_only_by_another():
    admin = user_with("admin")
    person = PersonFactory()
    person.appointments.create(role="admin", since=NOON.date())

    with pytest.raises(Refused, match="only administrators"):
        invite(person, by=user_with("staff"), now=NOON)
    invitation = invite(person, by=admin, now=NOON)

    assert invitation.is_open


def test_the_person_s_history_tells_it_without_the_address():
    invitation = invited(now=NOON, email="rana@fields.example")
    accept_invitation(invitation, password=PASSWORD, now=NOON)

    lines = [line.sentence for line in history(invitation.person, user_with("staff"))]

    assert lines == ["Accepted the invitation", "Invited to sign in"]
