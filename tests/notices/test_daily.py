"""What can wait goes once a day in one mail: each part is sent exactly when its daily mail is, and within one only."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Address, Person, TransitionError, User
from notices.actions.claiming import Watch, reserve
from notices.actions.daily import arrange
from notices.actions.planning import cancel, delivery_for, plan, post
from notices.actions.reading import choose_mail, leave_kind
from notices.actions.resolving import follow_journal, resolve
from notices.actions.sending import Report, finish, send_due
from notices.actions.settling import settle_delivery
from notices.actions.statements import executed
from notices.daily import DAILY
from notices.kind import KINDS
from notices.mail import Handed
from notices.models import Delivery, NoticePreference
from tests.factories import PersonFactory, UserFactory, user_with
from tests.notices.errands.kinds import ErrandDue, ErrandGiven
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, NOON, claim_next, due, errand, obstinate, where_it_is_noon
from tests.threads import together

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def errands_can_wait(monkeypatch):
    monkeypatch.setattr(ErrandDue, "digestable", True)


@pytest.fixture
def server(settings):
    with obstinate(settings) as mind:
        yield mind


def reader(*kinds: str, **fields) -> User:
    """Somebody who takes these kinds, or reminders of errands, once a day; their clock shows noon."""
    user = UserFactory(person=PersonFactory(**{"zone": where_it_is_noon(database_now()), **AWAKE, **fields}))
    for kind in kinds or ("errand_due",):
        choose_mail(user.person, by=user, kind=kind, takes_mail=True, is_daily=True, now=database_now())
    return user


def given_parts(person: Person, *titles: str, is_arranged: bool = True) -> list[Errand]:
    """Errands in three days, of which this morning's daily mail should have told; planned and arranged."""
    now = database_now()
    day = now.astimezone(ZoneInfo(person.zone)).date() + 3 * DAY
    made = [errand(person, title=title, day=day) for title in titles or ("Count the seats", "Hang the map")]
    plan(now=now)
    if is_arranged:
        arrange(now=now)
    return made


def parts():
    return Delivery.objects.filter(channel="digest")


def daily():
    return Delivery.objects.filter(kind=DAILY)


def states(rows):
    return Counter(rows.values_list("state", flat=True))


def send():
    return send_due(now=database_now())


def texts(server):
    return [envelope.original_content.decode() for envelope in server.taken]


def the_mails(server):
    return [text for text in texts(server) if "Your daily mail" in text]


def test_what_can_wait_waits_for_eight_in_the_morning_and_what_is_due_within_a_day_does_not():
    user = reader(zone="Asia/Kathmandu")
    errand(user.person, day=NOON.date() + 3 * DAY)

    plan(now=NOON - 6 * timedelta(hours=1))

    rows = Delivery.objects.exclude(channel="inbox").filter(state="planned")
    leaves = {row.slot: (row.channel, row.send_at.astimezone(ZoneInfo("Asia/Kathmandu")).time()) for row in rows}
    assert leaves == {"P3D": ("digest", time(8)), "P1D": ("mail", time(9)), "P0D": ("mail", time(9))}


def test_one_mail_tells_of_all_and_links_to_each_and_to_the_inbox(smtp, settings):
    user = reader()
    made = given_parts(user.person)

    assert [send(), send()] == [1, 0]

    (message,) = smtp.messages
    lines = message.get_body(("plain",)).get_content().splitlines()
    assert message["Subject"] == "Your daily mail: 2 notices"
    assert {f"  {one.title}" for one in made} | {f"  {settings.BASE_URL}/errands/{one.pk}/" for one in made} <= set(
        lines
    )
    assert f"{settings.BASE_URL}/inbox/" in lines
    assert f'href="{settings.BASE_URL}/errands/{made[0].pk}/"' in message.get_body(("html",)).get_content()
    assert states(parts()) == {"sent": 2}
    assert set(parts().values_list("digest", flat=True)) == {daily().get().pk}
    assert [list(row.events.values_list("to_state", flat=True)) for row in parts()] == [["sending", "sent"]] * 2


def test_planning_and_arranging_twice_changes_nothing():
    user = reader()
    given_parts(user.person)
    before = set(Delivery.objects.values_list("pk", "state", "channel", "send_at"))

    plan(now=database_now())
    arrange(now=database_now())

    assert set(Delivery.objects.values_list("pk", "state", "channel", "send_at")) == before
    assert daily().count() == 1


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"data": "451 later"}, "deferred"),
        ({"data": "550 never"}, "failed"),
        ({"drop": "after"}, "unconfirmed"),
        ({}, "sent"),
    ],
)
def test_the_parts_share_what_becomes_of_their_daily_mail(server, answers, state):
    user = reader()
    given_parts(user.person)
    for name, value in answers.items():
        setattr(server, name, value)

    send()

    assert (states(daily()), states(parts())) == ({state: 1}, {state: 2})


def test_what_was_put_off_by_the_server_is_told_once(server):
    user = reader()
    given_parts(user.person)
    server.data = "451 later"
    send()
    server.data = "250 OK"

    daily().update(send_at=database_now() - MINUTE)
    send(), send()

    assert states(parts()) == {"sent": 2}
    assert len(the_mails(server)) == 1


@pytest.mark.parametrize("is_taken", [False, True], ids=["never reached", "lost answer"])
def test_a_worker_killed_between_taking_and_the_answer_loses_and_doubles_nothing(server, tmp_path, settings, is_taken):
    settings.RELAY_JOURNAL, journal = str(tmp_path / "journal"), Path(tmp_path / "journal")
    known = given_a_mail_the_journal_holds(journal)
    user = reader()
    given_parts(user.person)
    claim = claim_next(Watch(database_now()))
    note(journal, *([claim.delivery.message_id] if is_taken else []))
    assert states(parts()) == {"sending": 2}

    later = database_now() + timedelta(hours=1)
    settled = resolve(now=later, journal_read=follow_journal(now=later))
    send()
    daily().filter(state="deferred").update(send_at=database_now() - MINUTE)
    send()

    assert (settled, known.state) == (1, "sent")
    assert (states(daily()), states(parts())) == ({"sent": 1}, {"sent": 2})
    assert len(the_mails(server)) == (0 if is_taken else 1)


def test_after_a_restore_the_journal_settles_the_parts_too(server, tmp_path, settings):
    settings.RELAY_JOURNAL, journal = str(tmp_path / "journal"), Path(tmp_path / "journal")
    user = reader()
    given_parts(user.person)
    note(journal, daily().get().message_id)

    follow_journal(now=database_now())
    send()

    assert (states(daily()), states(parts())) == ({"sent": 1}, {"sent": 2})
    assert server.tries == 0


def test_without_a_journal_staff_decide_once_about_all_of_it(server):
    user = reader()
    given_parts(user.person)
    server.drop = "after"
    send()
    server.drop = ""

    settle_delivery(daily().get(), by=user_with("staff"), outcome="again", now=database_now())
    again = states(parts())
    send()

    assert (again, states(parts())) == ({"planned": 2}, {"sent": 2})


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_part_once(smtp):
    users = [reader() for _each in range(6)]
    for user in users:
        given_parts(user.person)

    together(partial(arrange, now=database_now()), partial(arrange, now=database_now()), send, send)
    send()

    told = [message for message in smtp.messages if message["Subject"].startswith("Your daily mail")]
    assert sorted(message["To"] for message in told) == sorted(user.person.email for user in users)
    assert states(parts()) == {"sent": 12}


def test_a_part_that_is_cancelled_before_the_mail_leaves_is_not_in_it(server):
    user = reader()
    first, _second = given_parts(user.person)
    (claim,) = reserve(Watch(database_now()))

    cancel(first, reason="done", now=database_now())
    taken = executed(claim.take())
    daily().update(lease_until=None)
    send()

    assert not taken
    assert states(parts()) == {"cancelled": 1, "sent": 1}
    assert "Count the seats" not in the_mails(server)[0]
    assert "Hang the map" in the_mails(server)[0]


def test_a_part_is_not_recalled_from_a_mail_that_is_being_sent():
    user = reader()
    first, _second = given_parts(user.person)
    claim_next(Watch(database_now()))

    spared = cancel(first, reason="done", now=database_now())

    assert states(parts()) == {"sending": 2}
    assert spared == {user.person_id}  # of what comes later


def test_what_joins_while_the_mail_is_on_its_way_waits_for_the_next():
    user, now = reader(), database_now()
    given_parts(user.person, "Count the seats")
    claim = claim_next(Watch(now))
    given_parts(user.person, "Hang the map")

    finish(Report(claim, Handed.ACCEPTED, "250 OK"))
    arrange(now=now)

    assert states(parts()) == {"sent": 1, "planned": 1}
    assert daily().get(state="planned").send_at > now


@pytest.mark.parametrize("change", ["done", "moved", "left", "stopped"])
def test_what_is_no_longer_due_is_left_out_and_an_empty_mail_is_cancelled(server, change):
    user = reader()
    given_parts(user.person, "Count the seats")
    {
        "done": lambda: Errand.objects.update(is_done=True),
        "moved": lambda: Errand.objects.update(epoch=1),
        "left": lambda: Errand.objects.get().people.clear(),
        "stopped": lambda: leave_kind(user.person, kind=KINDS["errand_due"], now=database_now()),
    }[change]()

    send()

    assert states(parts()) == {"cancelled": 1}
    assert (daily().get().state, daily().get().reason) == ("cancelled", "nothing is left that it would tell")
    assert server.tries == 0


def test_what_makes_no_sense_until_the_next_morning_goes_by_itself(server):
    user = reader()
    given_parts(user.person, "Count the seats")
    send()
    given_parts(user.person, "Hang the map", is_arranged=False)
    parts().filter(state="planned").update(not_after=database_now() + timedelta(hours=2))

    arrange(now=database_now())
    send()

    assert len(the_mails(server)) == 1
    assert "Subject: Hang the map" in texts(server)[-1]


def test_somebody_without_an_address_is_shown_once_with_all_of_it_and_staff_send_it_again(server):
    user = reader()
    Address.objects.filter(person=user.person).delete()
    given_parts(user.person)
    send()
    failed = (states(daily()), states(parts()))

    Address.objects.create(person=user.person, email="found@people.example")
    settle_delivery(daily().get(), by=user_with("staff"), outcome="again", now=database_now())
    send()

    assert failed == ({"failed": 1}, {"failed": 2})
    assert states(parts()) == {"sent": 2}


def test_a_part_that_cannot_be_written_waits_and_stops_no_other(server, monkeypatch):
    user = reader()
    broken, _whole = given_parts(user.person)
    monkeypatch.setattr(ErrandDue, "context", lambda _kind, subject, *_rest: {"x": 1 // (subject.pk != broken.pk)})

    send()

    assert states(parts()) == {"deferred": 1, "sent": 1}
    assert "Hang the map" in the_mails(server)[0]


def test_whoever_changes_their_mind_gets_it_once_and_by_itself(server):
    user = reader(zone="UTC")
    errand(user.person, day=NOON.date() + 10 * DAY, since=NOON)
    plan(now=NOON)
    before = set(parts().values_list("slot", flat=True))

    choose_mail(user.person, by=user, kind="errand_due", takes_mail=True, now=NOON)
    plan(now=NOON)

    assert before == {"P7D", "P3D"}
    assert not parts().exists()
    assert set(Delivery.objects.by_mail().filter(slot__in=before).values_list("state", flat=True)) == {"planned"}


def test_within_the_daily_mail_or_by_itself_a_notice_has_one_id():
    user, now = reader(), database_now()
    about = errand(user.person)

    rows = [delivery_for(KINDS["errand_due"], about, user.person, "P3D", now, None, on) for on in ("mail", "digest")]

    assert len({row.pk for row in rows}) == len({row.message_id for row in rows}) == 1


def test_a_notice_at_once_waits_for_the_next_morning_of_a_working_day(monkeypatch):
    monkeypatch.setattr(ErrandGiven, "digestable", True)
    user = reader("errand_given", zone="UTC", keeps_weekend=True)
    friday = datetime(2026, 5, 15, 12, tzinfo=UTC)

    post("errand_given", errand(user.person), [user.person], now=friday)
    arrange(now=friday)

    assert parts().get().send_at == daily().get().send_at == datetime(2026, 5, 18, 8, tzinfo=UTC)


def test_staff_see_the_daily_mail_and_not_its_parts(client):
    user = reader()
    given_parts(user.person)
    client.force_login(user_with("staff"))

    found = client.get(reverse("notices:deliveries"))
    page = client.get(reverse("notices:delivery", args=[daily().get().pk])).content.decode()

    due = found.context["due"].lines
    assert {line.delivery.channel for line in due} == {"mail"}
    assert "Daily mail" in [line.kind for line in due]
    assert "Daily mail" in page


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.digestable], ids=lambda kind: kind.key)
def test_only_what_has_something_that_waits_offers_to_wait(kind):
    assert not kind.must_send
    assert not kind.kept_because
    assert not kind.slots or max(slot.before for slot in kind.slots) > DAY


def test_a_kind_that_cannot_wait_is_refused(monkeypatch):
    monkeypatch.setattr(ErrandGiven, "digestable", False)
    user = UserFactory()

    with pytest.raises(TransitionError, match="cannot wait"):
        choose_mail(user.person, by=user, kind="errand_given", takes_mail=True, is_daily=True, now=NOON)


def note(journal: Path, *message_ids: str) -> None:
    with journal.open("a") as file:
        for number, message_id in enumerate(message_ids):
            queue = f"{journal.stat().st_size:X}A{number}"
            file.write(f"{queue}: message-id={message_id}\n{queue}: from=<>, size=9, nrcpt=1 (queue active)\n")


def given_a_mail_the_journal_holds(journal: Path) -> Delivery:
    """Heard of as taken two hours ago: so the journal is this server's."""
    earlier = database_now() - timedelta(hours=2)
    row = due(state="sent", settled_at=earlier, planned_at=earlier)
    note(journal, row.message_id)
    return row


def test_whoever_stops_the_daily_mail_by_its_link_gets_nothing_of_it_by_itself_either(smtp, client):
    user = reader("errand_due", "errand_given")
    given_parts(user.person)
    send()
    (message,) = smtp.messages
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")

    page = client.post(link, {"List-Unsubscribe": "One-Click"})
    given_parts(user.person, "Paint the sign")
    post("errand_given", errand(user.person), [user.person], now=database_now())
    send()

    chosen = NoticePreference.objects.values_list("kind", "takes_mail", "is_daily")
    assert "Daily mail" in page.content.decode()
    assert sorted(chosen) == [("errand_due", False, False), ("errand_given", False, False)]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(smtp.messages) == 1
