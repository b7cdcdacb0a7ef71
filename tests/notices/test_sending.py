"""A due notice is handed over once, and what became of it is written down as far as it is known."""

from collections import Counter
from datetime import timedelta
from smtplib import SMTP
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils.translation import get_language

from accounts.clock import database_now
from notices.actions import sending
from notices.actions.claiming import MOST_ATTEMPTS, Watch, at_this_pace
from notices.actions.planning import cancel
from notices.actions.resolving import resolve
from notices.actions.sending import Report, Run, finish, send_due
from notices.kind import KINDS, Kind
from notices.mail import Handed, Relay
from notices.models import Delivery
from tests.factories import PersonFactory
from tests.notices.errands.kinds import ErrandDue
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, claim_next, due, obstinate, where_it_is_noon
from tests.threads import together

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(settings):
    with obstinate(settings) as mind:
        yield mind


def send():
    return send_due(now=database_now())


def the_row():
    return Delivery.objects.get()


def path_of(row):
    return list(row.events.values_list("from_state", "to_state"))


def test_a_due_reminder_arrives_whole_and_once(smtp, settings):
    row = due()

    counts = [send(), send()]

    message = smtp.messages[0]
    assert counts == [1, 0]
    assert len(smtp.messages) == 1
    assert message["To"] == row.person.email
    assert message["Subject"] == "Count the seats"
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    assert "\n.this line begins with a dot" in text
    assert f"{settings.BASE_URL}/errands/{row.object_id}/" in text
    assert path_of(row) == [("planned", "sending"), ("sending", "sent")]


def test_nothing_is_sent_before_its_time(server):
    due(send_at=database_now() + MINUTE)

    send()

    assert server.tries == 0


def test_a_temporary_refusal_is_tried_again_later_and_later(server):
    due()
    server.rcpt = "451 greylisted"

    waits = []
    for _turn in range(3):
        send()
        waits.append(round((the_row().send_at - database_now()) / MINUTE))
        Delivery.objects.update(send_at=database_now() - MINUTE)

    assert (the_row().state, the_row().reason) == ("deferred", "451 greylisted")
    assert waits == [1, 5, 15]


def test_a_temporary_refusal_is_not_tried_for_ever(server):
    due(attempts=MOST_ATTEMPTS - 1)
    server.rcpt = "451 greylisted"

    send()

    assert the_row().state == "failed"


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_final_refusal_stands_as_failed_with_the_servers_words(server, stage):
    due()
    setattr(server, stage, "550 no such person")

    send()

    assert (the_row().state, the_row().reason) == ("failed", "550 no such person")


def test_a_connection_that_breaks_before_the_text_is_tried_again(server):
    due()
    server.drop = "before"

    send()

    assert the_row().state == "deferred"


def test_a_connection_that_breaks_after_the_text_leaves_it_unconfirmed(server):
    due()
    server.drop = "after"

    send()
    server.drop = ""
    Delivery.objects.update(send_at=database_now() - MINUTE)
    send()

    assert the_row().state == "unconfirmed"
    assert len(server.taken) == 1


def test_a_server_that_is_away_is_asked_once_per_run(server, settings):
    due(), due()
    settings.EMAIL_PORT = 1

    send()

    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"deferred": 1, "planned": 1}


def test_a_kept_connection_that_is_gone_is_opened_again(server, monkeypatch):
    due(), due()
    monkeypatch.setattr(Relay, "_hand_text", closing(Relay._hand_text))

    sent = send()

    assert sent == len(server.taken) == 2


def test_the_next_mail_is_written_while_the_server_thinks_about_the_last(server, monkeypatch):
    due(), due(), due()
    happened = []
    monkeypatch.setattr(sending, "compose", noting(happened, "written", sending.compose))
    monkeypatch.setattr(SMTP, "getreply", noting(happened, "answered", SMTP.getreply))
    monkeypatch.setattr(Relay, "_hand_text", noting(happened, "text leaves", Relay._hand_text))

    send()

    kept = [one for one in happened if one != "answered"]
    assert kept == ["written", "text leaves", "written", "text leaves", "written", "text leaves"]
    texts = [number for number, one in enumerate(happened) if one == "text leaves"]
    assert all(happened[number + 1 : number + 3] == ["written", "answered"] for number in texts[:2])


def noting(happened, word, act):
    def noted(*given, **more):
        happened.append(word)
        return act(*given, **more)

    return noted


def closing(hand_text):
    def then_close(relay, *parts):
        answer = hand_text(relay, *parts)
        relay.backend.connection.sock.close()
        return answer

    return then_close


def test_somebody_without_an_address_is_shown_to_staff(server):
    due(PersonFactory(email="", **AWAKE))

    send()

    assert (the_row().state, the_row().reason) == ("failed", "no e-mail address")
    assert server.tries == 0


@pytest.mark.parametrize(("count", "seconds", "asked"), [(100, 0.2, 250), (5, 1.0, 10), (100, 0.0, 400), (0, 1.0, 10)])
def test_what_is_reserved_next_leaves_within_half_a_reservation_at_the_pace_of_the_last(count, seconds, asked):
    assert at_this_pace(count, seconds) == asked


def test_what_cannot_be_written_waits_and_stops_no_other(server):
    broken, good = due(title="unwritable", send_at=database_now() - 2 * MINUTE), due()

    send()

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {broken.pk: "deferred", good.pk: "sent"}


def test_what_its_kind_cannot_judge_waits_and_stops_no_other(server, monkeypatch):
    broken, good = due(title="faulty", send_at=database_now() - 2 * MINUTE), due()
    anchor = ErrandDue.anchor
    monkeypatch.setattr(ErrandDue, "anchor", lambda self, one: 1 / 0 if one.title == "faulty" else anchor(self, one))

    send()

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {broken.pk: "deferred", good.pk: "sent"}


def test_a_row_that_somebody_holds_when_its_turn_comes_is_asked_again_in_the_same_run(server, monkeypatch):
    due(), due()
    held, take = [True], Run.take
    monkeypatch.setattr(Run, "take", lambda run, claim: not (held and held.pop()) and take(run, claim))

    sent = send()

    assert sent == len(server.taken) == 2


def test_what_is_known_of_a_mail_outlives_a_fault_of_the_next(server, monkeypatch):
    good, broken = due(send_at=database_now() - 2 * MINUTE), due(title="faulty")
    anchor = ErrandDue.anchor
    monkeypatch.setattr(ErrandDue, "anchor", lambda self, one: 1 / 0 if one.title == "faulty" else anchor(self, one))

    send()

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {good.pk: "sent", broken.pk: "deferred"}
    assert len(server.taken) == 1


def test_the_rows_are_asked_once_more_before_sending(server):
    moved, done, left, late = due(), due(), due(), due(not_after=database_now())
    Errand.objects.filter(pk=moved.object_id).update(epoch=1)
    Errand.objects.filter(pk=done.object_id).update(is_done=True)
    left.subject.people.clear()

    send()

    assert {row.pk: (row.state, row.reason) for row in Delivery.objects.all()} == {
        moved.pk: ("cancelled", "the date moved"),
        done.pk: ("cancelled", "nothing is awaited any more"),
        left.pk: ("cancelled", "no longer asked"),
        late.pk: ("expired", "a later reminder took its place"),
    }
    assert server.tries == 0


def test_a_mail_that_comes_late_waits_for_the_end_of_quiet_hours(server):
    now = database_now()
    quiet = {"quiet_from": (now - 60 * MINUTE).time(), "quiet_to": (now + 60 * MINUTE).time()}
    row = due(PersonFactory(**quiet))

    send()

    assert server.tries == 0
    assert the_row().state == "planned"
    assert abs(the_row().send_at - (now + 60 * MINUTE)) < timedelta(seconds=2)
    assert path_of(row) == []


def test_a_mail_with_no_hour_left_expires_and_says_why(server):
    now = database_now()
    due(
        PersonFactory(quiet_from=(now - MINUTE).time(), quiet_to=(now + 60 * MINUTE).time()), not_after=now + 9 * MINUTE
    )

    send()

    assert (the_row().state, the_row().reason) == ("expired", "no hour outside the person's quiet hours was left")


@pytest.mark.parametrize(("days_left", "state"), [(9, "planned"), (1, "sent")])
def test_a_mail_that_comes_late_waits_for_the_end_of_a_weekend_if_it_can(server, monkeypatch, days_left, state):
    now = database_now()
    zone = where_it_is_noon(now)
    today = now.astimezone(ZoneInfo(zone)).weekday()
    monkeypatch.setattr("notices.occasions.weekend_of", lambda _zone: {today})
    due(PersonFactory(zone=zone, **AWAKE | {"keeps_weekend": True}), not_after=now + timedelta(days=days_left))

    send()

    assert the_row().state == state
    if state == "planned":
        assert the_row().send_at.astimezone(ZoneInfo(zone)).strftime("%w %H:%M") == f"{(today + 2) % 7} 09:00"


def test_what_must_be_sent_breaks_quiet_hours(server, monkeypatch):
    now = database_now()
    due(PersonFactory(quiet_from=(now - 60 * MINUTE).time(), quiet_to=(now + 60 * MINUTE).time()))
    monkeypatch.setattr(ErrandDue, "must_send", True)

    send()

    assert the_row().state == "sent"


def test_a_frozen_worker_lets_no_text_leave_when_its_lease_is_nearly_over(server, settings):
    settings.NOTICES_LEASE_SECONDS = 0  # over before the server asks for the text
    due()

    send()

    assert (the_row().state, the_row().reason) == ("deferred", "the worker was too slow")
    assert server.tries == 1
    assert server.taken == []


def test_a_lease_that_is_over_leaves_it_unconfirmed():
    row = due()
    claim_next(Watch(database_now()))

    settled = [resolve(now=database_now() + minutes * MINUTE, journal_read=None) for minutes in (4, 6, 8)]

    assert settled == [0, 1, 0]
    assert the_row().state == "unconfirmed"
    assert path_of(row) == [("planned", "sending"), ("sending", "unconfirmed")]


@pytest.mark.parametrize(("handed", "state"), [(Handed.ACCEPTED, "sent"), (Handed.LATER, "deferred")])
def test_the_late_report_of_a_slow_worker_is_believed(handed, state):
    due()
    claim = claim_next(Watch(database_now()))
    resolve(now=database_now() + 6 * MINUTE, journal_read=None)

    finish(Report(claim, handed, "250 OK"))

    assert the_row().state == state


def test_the_report_of_a_worker_whose_row_was_claimed_anew_changes_nothing():
    due()
    first = claim_next(Watch(database_now()))
    finish(Report(first, Handed.LATER, "451"))
    Delivery.objects.update(send_at=database_now() - MINUTE)
    claim_next(Watch(database_now()))

    believed = finish(Report(first, Handed.ACCEPTED, "250 OK"))

    assert not believed
    assert the_row().state == "sending"


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_once(smtp):
    for _each in range(40):
        due()

    together(*[send] * 4)

    assert Counter(message["Message-ID"] for message in smtp.messages) == dict.fromkeys(
        Delivery.objects.filter(state="sent").values_list("message_id", flat=True), 1
    )
    assert len(smtp.messages) == 40


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_send_never_wait_for_each_other(smtp):
    """Some answer, which locks the subject and cancels; others send, which locks the delivery and asks the subject."""
    rows = [due() for _each in range(30)]

    def answer():
        for row in rows:
            with transaction.atomic():
                subject = Errand.objects.select_for_update().get(pk=row.object_id)
                subject.is_done = True
                subject.save()
                cancel(subject, reason="answered", now=database_now())
        return 0

    sent = sum(together(answer, send, answer, send))

    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states["sent"] == sent == len(smtp.messages)
    assert states["sent"] + states["cancelled"] == 30


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_not_held_up_by_a_mail_that_is_being_sent(server):
    row = due()
    claim_next(Watch(database_now()))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")
        subject = Errand.objects.select_for_update().get(pk=row.object_id)
        cancel(subject, reason="answered", now=database_now())

    assert the_row().state == "sending"


def test_the_person_reads_it_in_their_own_language(smtp, monkeypatch):
    due(PersonFactory(language="fr", **AWAKE))
    languages = []
    monkeypatch.setattr(
        KINDS["errand_due"], "context", lambda *_: languages.append(get_language()) or {}, raising=False
    )

    send()

    assert languages == ["fr"]


@pytest.mark.parametrize(("count", "statements"), [(1, 13), (3, 15)])
def test_a_mail_takes_one_statement_beside_what_is_asked_of_many_at_once(
    smtp, django_assert_num_queries, count, statements
):
    first = due()
    send()
    for _each in range(count):
        person = PersonFactory(zone=first.person.zone, **AWAKE)
        first.subject.people.add(person)
        due(person, about=first.subject)
    now = database_now()

    with django_assert_num_queries(statements):
        send_due(now=now)

    assert len(smtp.messages) == 1 + count


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_a_kind_that_asks_for_many_at_once_is_not_asked_for_one_in_vain(kind):
    """Whoever overrides `why_not` below a class that overrides `why_not_each` would never be asked before sending."""
    lines = [vars(one).keys() & {"why_not", "why_not_each"} for one in type(kind).__mro__ if one is not Kind]

    own = [names for names in lines if names]
    assert own == [] or "why_not_each" in own[0] or all("why_not_each" not in names for names in own)
