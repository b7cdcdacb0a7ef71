"""Stopping the mails of one kind by the link in their head, without signing in (RFC 8058)."""

import re

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person
from history.models import Entry
from notices.actions.planning import post
from notices.actions.sending import send_due
from notices.kind import KINDS
from notices.leaving import read_token, token_for
from notices.models import NoticePreference
from tests.factories import PersonFactory
from tests.notices.given import due, errand

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def leave_address(person, kind="errand_due"):
    return reverse("notices:leave", args=[token_for(KINDS[kind], person)])


def test_a_mail_carries_the_link_that_a_mail_program_presses_by_itself(client, smtp):
    row = due()
    send_due(now=database_now())
    message = smtp.messages[0]

    (link,) = re.fullmatch(r"<http://testserver(/\S+)>", str(message["List-Unsubscribe"]).strip()).groups()
    answer = client.post(link, ONE_CLICK)

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert NoticePreference.objects.get().person == row.person


def test_a_mail_that_may_not_be_stopped_carries_no_such_link(smtp, monkeypatch):
    monkeypatch.setattr(KINDS["errand_due"], "kept_because", "You owe it.", raising=False)
    due()

    send_due(now=database_now())

    assert smtp.messages[0]["List-Unsubscribe"] is None
    assert smtp.messages[0]["List-Unsubscribe-Post"] is None


def test_opening_the_link_changes_nothing(client):
    person = PersonFactory()

    page = client.get(leave_address(person))

    assert page.status_code == 200
    assert "Stop these mails" in page.content.decode()
    assert not NoticePreference.objects.exists()


def test_a_press_ends_the_mails_of_that_kind_and_of_that_person_only(client, smtp):
    leaver, other = due().person, due().person

    client.post(leave_address(leaver), ONE_CLICK)
    post("errand_given", errand(leaver), [leaver], now=database_now())
    send_due(now=database_now())

    assert [message["To"] for message in smtp.messages].count(leaver.email) == 1
    assert smtp.to(leaver.email)[0]["Subject"] == "Count the seats"
    assert len(smtp.to(other.email)) == 1


def test_pressing_twice_is_recorded_once_and_names_nobody_as_its_author(client):
    person = PersonFactory()

    answers = [client.post(leave_address(person), ONE_CLICK).status_code for _press in range(2)]

    entry = Entry.objects.get(object_id=person.pk)
    assert answers == [200, 200]
    assert (entry.actor, entry.details) == (None, {"kind": "errand_due"})


def test_the_link_of_a_kind_that_cannot_be_left_any_more_says_why(client, monkeypatch):
    address = leave_address(PersonFactory())
    monkeypatch.setattr(KINDS["errand_due"], "kept_because", "You owe it.", raising=False)

    answer = client.post(address, ONE_CLICK)

    assert "You owe it." in answer.content.decode()
    assert not NoticePreference.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_links_and_those_of_nobody_answer_alike(client, method):
    person = PersonFactory()
    true, gone = token_for(KINDS["errand_due"], person), token_for(KINDS["errand_due"], Person())
    forged = [true[:-1], f"{person.pk.hex}~errand_due", true.replace("errand_due", "errand_given"), "x", "\0", gone]

    answers = [getattr(client, method)(reverse("notices:leave", args=[token])) for token in forged]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert not NoticePreference.objects.exists()


def test_the_page_names_no_person(client):
    person = PersonFactory(display_name="Amina Zq", email="amina.zq@example.org")

    pages = client.get(leave_address(person)).content + client.post(leave_address(person)).content

    assert b"Zq" not in pages
    assert b"zq@" not in pages


def test_a_token_is_read_back():
    person = PersonFactory()

    assert read_token(token_for(KINDS["errand_due"], person)) == (person.pk, KINDS["errand_due"])
