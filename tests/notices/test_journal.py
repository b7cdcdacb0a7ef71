"""With the mail server's journal we know what became of a notice whose worker heard no answer."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from accounts.clock import database_now
from notices.actions.claiming import Watch
from notices.actions.resolving import follow_journal, resolve
from notices.actions.sending import proof_of_life, send_due
from notices.journal import Place, lines_since, noted
from notices.kind import Ambiguity
from notices.models import Delivery, RelayedMail
from setup.mail import Keeper
from tests.notices.errands.kinds import ErrandDue
from tests.notices.given import claim_next, due, obstinate
from tests.threads import together

POSTFIX = """\
Nov 25 07:12:01 relay postfix/smtpd[811]: 4F2A1C0B: client=localhost[127.0.0.1]
Nov 25 07:12:01 relay postfix/cleanup[814]: 4F2A1C0B: message-id=<one@example.org>
Nov 25 07:12:01 relay postfix/qmgr[702]: 4F2A1C0B: from=<noreply@example.org>, size=1402, nrcpt=1 (queue active)
Nov 25 07:12:02 relay postfix/cleanup[814]: 5A11D2EE: message-id=<broken-off@example.org>
Nov 25 07:12:02 relay postfix/smtp[816]: 4F2A1C0B: to=<ana@example.net>, status=sent (250 OK)
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def journal(tmp_path: Path, settings) -> Path:
    settings.RELAY_JOURNAL = str(tmp_path / "journal")
    settings.RELAY_JOURNAL_GRACE_SECONDS = 90
    Path(settings.RELAY_JOURNAL).touch()
    return tmp_path / "journal"


def note(journal: Path, *message_ids: str) -> None:
    with journal.open("a") as file:
        for number, message_id in enumerate(message_ids):
            queue = f"{journal.stat().st_size:X}A{number}"
            file.write(f"{queue}: message-id={message_id}\n{queue}: from=<>, size=9, nrcpt=1 (queue active)\n")


def resolved(now: datetime) -> int:
    return resolve(now=now, journal_read=follow_journal(now=now))


def given_a_trusted(journal: Path) -> None:
    """A mail of which we heard that it was taken, and which the journal holds."""
    row = due(state="sent", settled_at=database_now() - HOUR, planned_at=database_now() - HOUR)
    note(journal, row.message_id)


def state_of(row: Delivery) -> tuple[str, str]:
    row = Delivery.objects.get(pk=row.pk)
    return row.state, row.reason


def test_a_message_counts_as_taken_once_it_is_queued():
    found = noted(POSTFIX.splitlines())

    assert found.named == {"4F2A1C0B": "<one@example.org>", "5A11D2EE": "<broken-off@example.org>"}
    assert found.queued == {"4F2A1C0B"}


def test_only_whole_lines_are_read_and_each_once(tmp_path):
    journal = tmp_path / "mail.log"
    journal.write_text("first\nsec")
    begun, place = lines_since(journal, Place())
    with journal.open("a") as file:
        file.write("ond\n")

    rest, _place = lines_since(journal, place)

    assert (begun, rest) == (["first"], ["second"])


def test_a_journal_that_was_rotated_away_is_read_to_its_end(tmp_path):
    journal = tmp_path / "mail.log"
    journal.write_text("first\n")
    _lines, place = lines_since(journal, Place())
    with journal.open("a") as file:
        file.write("second\n")
    journal.rename(tmp_path / "mail.log.1")
    journal.write_text("third\n")

    old, place = lines_since(journal, place)
    new, _place = lines_since(journal, place)

    assert (old, new) == (["second"], ["third"])


def test_a_journal_that_was_emptied_is_read_from_its_beginning(tmp_path):
    journal = tmp_path / "mail.log"
    journal.write_text("a long first line\n")
    _lines, place = lines_since(journal, Place())
    os.truncate(journal, 0)
    with journal.open("a") as file:
        file.write("new\n")

    assert lines_since(journal, place)[0] == ["new"]


@pytest.mark.django_db
def test_what_the_journal_holds_was_sent(journal):
    row = due()
    claim_next(Watch(database_now()))
    note(journal, row.message_id)

    resolved(database_now() + HOUR)

    assert state_of(row) == ("sent", "the mail server’s journal has it")


@pytest.mark.django_db
def test_what_the_journal_lacks_goes_out_again_once_nobody_can_be_writing_it_any_more(journal):
    given_a_trusted(journal)
    row = due()
    claim_next(Watch(database_now()))
    over = Delivery.objects.get(pk=row.pk).lease_until

    settled = [resolved(over + timedelta(seconds=seconds)) for seconds in (-1, 1, 89, 91)]

    assert settled == [0, 0, 0, 1]
    assert state_of(row) == ("deferred", "the mail server never took it")


@pytest.mark.django_db
def test_a_message_that_was_named_but_never_queued_was_not_taken(journal):
    given_a_trusted(journal)
    row = due()
    claim_next(Watch(database_now()))
    with journal.open("a") as file:
        file.write(f"5A11D2EE: message-id={row.message_id}\n")

    resolved(database_now() + HOUR)

    assert state_of(row)[0] == "deferred"


@pytest.mark.django_db
def test_a_journal_that_does_not_hold_what_we_know_was_taken_is_not_believed(journal):
    due(state="sent", settled_at=database_now() - HOUR)
    row = due()
    claim_next(Watch(database_now()))

    resolved(database_now() + HOUR)

    assert state_of(row) == ("unconfirmed", "the worker stopped before it heard the answer")


@pytest.mark.django_db
def test_without_a_journal_staff_decide(settings):
    settings.RELAY_JOURNAL = ""
    row = due()
    claim_next(Watch(database_now()))

    resolved(database_now() + HOUR)

    assert state_of(row)[0] == "unconfirmed"


@pytest.mark.django_db
def test_without_a_journal_a_formal_notice_goes_out_again(settings, monkeypatch):
    settings.RELAY_JOURNAL = ""
    monkeypatch.setattr(ErrandDue, "ambiguity", Ambiguity.RESEND)
    row = due()
    claim_next(Watch(database_now()))

    resolved(database_now() + HOUR)

    assert state_of(row)[0] == "deferred"


@pytest.mark.django_db
def test_a_lost_answer_is_found_in_the_journal(journal, settings):
    given_a_trusted(journal)
    row = due()
    with obstinate(settings) as server:
        server.drop = "after"
        send_due(now=database_now())
    unsure = state_of(row)[0]
    note(journal, row.message_id)

    resolved(database_now())

    assert (unsure, state_of(row)[0]) == ("unconfirmed", "sent")


@pytest.mark.django_db(transaction=True)
def test_what_a_frozen_worker_has_claimed_is_left_to_it_while_it_lives(journal):
    given_a_trusted(journal)
    row = due()
    with proof_of_life() as owner:
        claim_next(Watch(database_now()), owner)
        while_alive = together(lambda: resolved(database_now() + HOUR))

    when_dead = together(lambda: resolved(database_now() + HOUR))

    assert (while_alive, when_dead) == ([0], [1])
    assert state_of(row)[0] == "deferred"


@pytest.mark.django_db
def test_after_a_restore_nobody_gets_what_they_already_had(journal, smtp):
    """The rows are as they were before the mail was sent; the journal lies elsewhere and knows."""
    had, lacks = due(), due()
    note(journal, had.message_id)

    follow_journal(now=database_now())
    send_due(now=database_now())

    assert [message["Message-ID"] for message in smtp.messages] == [lacks.message_id]
    assert state_of(had) == ("sent", "the mail server’s journal has it")


@pytest.mark.django_db
@pytest.mark.parametrize("taken_at", ["first", "second"])
def test_a_message_that_was_tried_twice_is_taken_when_either_was(journal, taken_at):
    row = due()
    lines = {"first": "AAAA", "second": "BBBB"}
    with journal.open("a") as file:
        for queue in lines.values():
            file.write(f"{queue}: message-id={row.message_id}\n")
        file.write(f"{lines[taken_at]}: from=<>, size=9, nrcpt=1 (queue active)\n")

    follow_journal(now=database_now())

    assert state_of(row)[0] == "sent"


@pytest.mark.django_db
def test_a_journal_that_cannot_be_read_stops_no_mail(journal, smtp, monkeypatch):
    row = due()
    note(journal, row.message_id)
    monkeypatch.setattr("notices.actions.resolving.lines_since", lambda *_place: broken())

    assert follow_journal(now=database_now()) is None
    send_due(now=database_now())
    assert state_of(row)[0] == "sent"


def broken():
    raise OSError("the disk is gone")


@pytest.mark.django_db
def test_the_same_lines_read_again_change_nothing(journal):
    row = due()
    note(journal, row.message_id)
    follow_journal(now=database_now())
    with connection.cursor() as cursor:
        cursor.execute('UPDATE notices_journalmark SET "offset" = 0')

    follow_journal(now=database_now())

    assert RelayedMail.objects.count() == 1
    assert list(row.events.values_list("to_state", flat=True)) == ["sent"]


def test_the_embedded_server_writes_such_a_journal(tmp_path):
    class Letter:
        original_content, rcpt_tos = b"Message-ID: <one@example.org>\r\n\r\nText", ["ana@example.org"]

    keeper = Keeper(tmp_path)

    keeper.note(Letter, queue="4F2A1C0B")
    keeper.journal.close()

    found = noted((tmp_path / "journal").read_text().splitlines())
    assert (found.named, found.queued) == ({"4F2A1C0B": "<one@example.org>"}, {"4F2A1C0B"})
