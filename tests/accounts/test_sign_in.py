import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import UserFactory, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet words together"
NEW = "another sentence of mine"


@pytest.fixture
def user():
    made = UserFactory(email="amal@fields.example")
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(client, email="amal@fields.example", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def is_signed_in(client):
    return client.get(reverse("accounts:preferences")).status_code == 200


def test_a_page_asks_to_sign_in_and_then_shows_itself(client, user):
    asked = client.get(reverse("accounts:preferences"))
    page = client.get(asked.url)

    answer = sign_in(client, next=reverse("accounts:preferences"))

    assert asked.url == "/accounts/login/?next=/accounts/preferences/"
    assert 'name="next" value="/accounts/preferences/"' in page.content.decode()
    assert answer.url == reverse("accounts:preferences")
    assert is_signed_in(client)


def test_signing_in_leads_to_no_other_host(client, user):
    answer = sign_in(client, next="https://elsewhere.example/")

    assert answer.url == "/"


@pytest.mark.parametrize("email", ["AMAL@Fields.Example", " amal@fields.example "])
def test_the_case_of_an_address_does_not_matter(client, user, email):
    sign_in(client, email)

    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, user):
    wrong = sign_in(client, password="not this one at all").context["form"].errors
    unknown = sign_in(client, email="nobody@fields.example").context["form"].errors

    assert wrong == unknown
    assert not is_signed_in(client)


def test_after_five_failures_even_the_right_password_must_wait(client, user):
    for _attempt in range(5):
        sign_in(client, password="not this one at all")

    answer = sign_in(client)

    assert "Too many" in str(answer.context["form"].errors)
    assert not is_signed_in(client)


def test_somebody_who_may_no_longer_sign_in_is_told_so(client, user):
    User.objects.filter(pk=user.pk).update(is_active=False)

    answer = sign_in(client)

    assert answer.url == reverse("account_inactive")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/email/", "/accounts/social/", "/accounts/login/code/"]
)
def test_nobody_signs_up_and_nothing_else_of_allauth_is_there(client, path):
    client.force_login(user_with("member"))

    assert client.get(path).status_code == 404


def test_a_new_password_is_chosen_through_a_mail(client, user, mailoutbox):
    other = Client()
    sign_in(other)

    client.post(reverse("account_reset_password"), {"email": "Amal@Fields.example"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]
    form = client.get(link)
    answer = client.post(form.url, {"password1": NEW, "password2": NEW})

    assert mailoutbox[0].to == ["amal@fields.example"]
    assert answer.url == reverse("account_reset_password_from_key_done")
    assert sign_in(client, password=NEW).url == "/"
    assert not is_signed_in(other)
    assert "no longer works" in Client().get(link).content.decode()


def test_the_link_in_the_mail_leads_to_our_own_address_whoever_asked(client, user, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": "localhost"})

    assert "http://testserver/accounts/password/reset/key/" in mailoutbox[0].body


def test_a_reset_for_an_unknown_address_says_the_same_and_sends_nothing(client, user, mailoutbox):
    known = client.post(reverse("account_reset_password"), {"email": user.email})
    mailoutbox.clear()

    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@fields.example"})

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert mailoutbox == []


def test_a_mail_server_that_is_away_does_not_tell_who_has_an_account(client, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = client.post(reverse("account_reset_password"), {"email": user.email})

    assert answer.url == reverse("account_reset_password_done")


def test_opening_the_sign_out_page_signs_nobody_out(client, user):
    sign_in(client)

    page = client.get(reverse("account_logout"))

    assert page.status_code == 200
    assert is_signed_in(client)


def test_signing_out_ends_the_session(client, user):
    sign_in(client)

    answer = client.post(reverse("account_logout"))

    assert answer.url == reverse("account_login")
    assert not is_signed_in(client)


def test_signing_out_everywhere_else_ends_the_other_sessions_and_keeps_this_one(user):
    here, there = Client(), Client(headers={"user-agent": "Firefox/140 Windows"})
    sign_in(here)
    sign_in(there)
    shown = here.get(reverse("usersessions_list")).content.decode()

    here.post(reverse("usersessions_list"))

    assert "Firefox on Windows" in shown
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(user):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)

    answer = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert answer.url == reverse("accounts:preferences")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_signed_in_pages_are_kept_by_no_cache(client, user):
    sign_in(client)

    assert client.get(reverse("accounts:preferences"))["Cache-Control"] == "no-store"
