"""Mails that came back: what is read, what it stops, and how staff have mail go there again."""

import io
import mailbox

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Address, TransitionError
from accounts.rules import Refused
from home.waiting import waiting
from notices.actions.bouncing import MONTH, Read, lift_suppression, read_bounce
from notices.actions.planning import plan
from notices.actions.sending import send_due
from notices.models import Bounce, Delivery, Suppression
from notices.reports import reported
from tests.factories import PersonFactory, user_with
from tests.notices.given import AWAKE, due

pytestmark = pytest.mark.django_db

# As Postfix writes it.
REPORT = """Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: coalition@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="3F5A1.1763980000/mail.example.org"
Message-Id: <20261124101640.6D2E3F5A2@mail.example.org>

--3F5A1.1763980000/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

--3F5A1.1763980000/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 3F5A1
Arrival-Date: Tue, 24 Nov 2026 10:16:39 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address
    rejected: User unknown

--3F5A1.1763980000/mail.example.org
Content-Description: Undelivered Message
Content-Type: {returned}

Return-Path: <coalition@example.org>
Message-ID: {message_id}
To: {to}
Subject: 1 day left

Count the seats.

--3F5A1.1763980000/mail.example.org--
"""


def report(row, *, status="5.1.1", action="failed", recipient="", message_id="", returned="message/rfc822", to=""):
    to = to or row.person.email
    text = REPORT.format(
        recipient=recipient or to,
        action=action,
        status=status,
        message_id=message_id or row.message_id,
        returned=returned,
        to=to,
    )
    return text.encode()


@pytest.fixture
def row():
    return due(PersonFactory(email="Amira@Example.org", display_name="Amira Haddad", **AWAKE), state="sent")


def read(raw):
    return read_bounce(raw, now=database_now())


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_hard_bounce_stops_mail_to_that_address(row, returned):
    outcome = read(report(row, returned=returned))

    found = Suppression.objects.get()
    assert (outcome, found.email, found.person) == (Read.HARD, "amira@example.org", row.person)
    assert found.bounce.said == "smtp; 550 5.1.1 <Amira@Example.org>: Recipient address rejected: User unknown"


@pytest.mark.parametrize(
    ("status", "action", "meaning"),
    [
        ("4.4.1", "delayed", Read.SOFT),
        ("4.2.2", "failed", Read.RETURNED),
        ("5.2.2", "failed", Read.RETURNED),
        ("5.7.1", "failed", Read.RETURNED),
        ("5.1.8", "failed", Read.RETURNED),  # our own address, not theirs
        ("5.1.1", "delayed", Read.SOFT),
    ],
)
def test_what_may_happen_to_an_address_that_works_is_only_noted(row, status, action, meaning):
    outcome = read(report(row, status=status, action=action))

    assert (outcome, Bounce.objects.get().status, Suppression.objects.count()) == (meaning, status, 0)


def returned(person, *statuses):
    """What reading says of a mail of its own for each of these."""
    return [read(report(due(person, state="sent"), status=status)) for status in statuses]


def test_the_third_mail_that_comes_back_within_a_month_stops_mail_to_that_address(row):
    assert returned(row.person, "5.2.2", "5.7.1") == [Read.RETURNED] * 2
    assert not Suppression.objects.exists()

    assert returned(row.person, "4.4.7") == [Read.HARD]
    assert Suppression.objects.get().email == "amira@example.org"


def test_mails_that_came_back_long_ago_or_to_somebody_else_do_not_count(row):
    returned(row.person, "5.2.2", "5.2.2")
    Bounce.objects.update(read_at=database_now() - MONTH)
    returned(PersonFactory(**AWAKE), "5.2.2", "5.2.2")

    assert returned(row.person, "5.2.2", "5.2.2") == [Read.RETURNED] * 2


def test_counting_begins_anew_when_staff_say_that_an_address_works(row):
    returned(row.person, "5.2.2", "5.2.2", "5.2.2")
    lift_suppression(Suppression.objects.get(), by=user_with("staff"), reason="It works.", now=database_now())

    assert returned(row.person, "5.2.2", "5.2.2", "5.2.2") == [Read.RETURNED, Read.RETURNED, Read.HARD]


def test_reading_the_same_twice_changes_nothing(row):
    outcomes = [read(report(row)), read(report(row))]

    assert outcomes == [Read.HARD, Read.KNOWN]
    assert (Bounce.objects.count(), Suppression.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00 nonsense",
        b"From: a@example.org\nSubject: I am on holiday\n\nUntil Monday.",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x--\n",
        REPORT.replace("delivery-status", "disposition-notification").encode(),
        REPORT.replace("message/delivery-status", "text/plain").encode(),
        REPORT.replace("Message-ID: {message_id}\n", "").encode(),
    ],
)
def test_what_is_no_report_of_ours_changes_nothing(row, raw):
    assert read(raw) is Read.FOREIGN
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "change", [{"message_id": "<other@example.org>"}, {"action": "delivered"}, {"status": "2.0.0"}]
)
def test_a_report_of_another_mail_or_of_success_changes_nothing(row, change):
    assert read(report(row, **change)) is Read.FOREIGN
    assert not Bounce.objects.exists()


def test_an_address_that_the_person_has_no_more_is_not_mistaken_for_their_new_one(row):
    Address.objects.update(email="new@example.org")

    read(report(row, to="Amira@Example.org"))

    assert (Bounce.objects.count(), Suppression.objects.count()) == (1, 0)


def test_a_forwarded_mail_counts_for_the_address_it_was_sent_to(row):
    read(report(row, recipient="amira@forwarded.example.net", to="Amira <amira@example.org>"))

    assert Suppression.objects.get().email == "amira@example.org"


def test_what_no_database_keeps_is_left_out_of_what_was_said(row):
    said = reported(report(row).replace(b"User unknown", b"User \x00unknown\x07"))

    assert said.said.endswith("rejected: User unknown")


def test_a_suppressed_address_gets_nothing_and_planning_does_not_try_for_ever(row, smtp):
    read(report(row))
    next_one = due(row.person, title="Another")

    send_due(now=database_now())
    plan(now=database_now())

    again = Delivery.objects.get(pk=next_one.pk)
    assert (again.state, again.reason, smtp.messages) == ("failed", "mails to this address come back", [])


def test_who_has_a_new_address_gets_mail_again(row, smtp):
    read(report(row))
    Address.objects.update(email="new@example.org")
    due(row.person, title="Another")

    send_due(now=database_now())

    assert [message["To"] for message in smtp.messages] == ["new@example.org"]
    assert waiting(user_with("staff"), database_now()) == []


def test_staff_are_given_the_task_and_nobody_else(row):
    read(report(row))

    items = [waiting(user_with(role), database_now()) for role in ("staff", "chair", "member")]

    assert [[item.what for item in found] for found in items] == [["Find an address for Amira Haddad"], [], []]
    assert items[0][0].url == reverse("notices:unreachable")


def test_staff_see_who_cannot_be_reached_and_have_mail_go_there_again(client, row, smtp):
    read(report(row))
    staff = user_with("staff")
    client.force_login(staff)
    listed = client.get(reverse("notices:unreachable")).content.decode()
    found = Suppression.objects.get()

    page = client.post(reverse("notices:lift", args=[found.pk]), {"reason": "The mailbox was full."}, follow=True)
    due(row.person, title="Another")
    send_due(now=database_now())

    found.refresh_from_db()
    for words in ("Amira Haddad", "amira@example.org", "5.1.1", "User unknown"):
        assert words in listed
    assert "No mail has come back" in page.content.decode()
    assert (found.lifted_by, found.lift_reason, len(smtp.messages)) == (staff, "The mailbox was full.", 1)


def test_an_address_is_not_taken_up_again_without_a_reason_or_twice(client, row):
    read(report(row))
    staff, found = user_with("staff"), Suppression.objects.get()
    client.force_login(staff)

    page = client.post(reverse("notices:lift", args=[found.pk]), {"reason": " "})
    lift_suppression(found, by=staff, reason="It works.", now=database_now())

    assert "This field is required." in page.content.decode()
    with pytest.raises(TransitionError, match="already"):
        lift_suppression(found, by=staff, reason="It works.", now=database_now())


def test_only_staff_take_an_address_up_again(row):
    read(report(row))

    with pytest.raises(Refused):
        lift_suppression(Suppression.objects.get(), by=user_with("chair"), reason="Please.", now=database_now())


def test_an_address_from_which_it_comes_back_again_is_suppressed_again(row):
    read(report(row))
    lift_suppression(Suppression.objects.get(), by=user_with("staff"), reason="It works.", now=database_now())
    later = due(row.person, title="Another", state="sent")

    read(report(later))

    assert Suppression.objects.standing().count() == 1


def test_the_page_of_a_mail_says_that_it_came_back(client, row):
    read(report(row))
    client.force_login(user_with("staff"))

    page = client.get(reverse("notices:delivery", args=[row.pk])).content.decode()

    assert "It came back" in page
    assert "User unknown" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_three_as_for_one(client, django_assert_num_queries, count):
    for _each in range(count):
        read(report(due(PersonFactory(**AWAKE), state="sent")))
    client.force_login(user_with("staff"))
    client.get(reverse("notices:unreachable"))

    with django_assert_num_queries(5):
        client.get(reverse("notices:unreachable"))


def test_a_mailbox_file_is_read(row, tmp_path):
    box = mailbox.mbox(tmp_path / "bounces")
    for raw in (report(row), report(row), b"Subject: Hello\n\nYou."):
        box.add(raw)
    box.close()
    out = io.StringIO()

    call_command("read_bounces", str(tmp_path / "bounces"), stdout=out)

    assert sorted(out.getvalue().splitlines()) == [
        "1 about no mail of ours",
        "1 read before",
        "1 undeliverable: no more mail to that address",
    ]


def test_one_message_is_read_from_standard_input(row, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(report(row))))

    call_command("read_bounces", stdout=io.StringIO())

    assert Suppression.objects.count() == 1


def test_a_mailbox_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no mailbox at"):
        call_command("read_bounces", "/nowhere/bounces")
