"""Reminders survive 20 kills of the worker: nobody gets two, and what nobody can know stands as unconfirmed.

Real processes: Celery workers on the test's broker and database, killed by the SMTP servers they speak to.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Address, Person
from coalition.celery import app
from notices.actions.planning import delivery_for
from notices.actions.sending import send_due
from notices.kind import KINDS
from notices.models import Delivery
from tests.chaos.killing import Ledger, Order, Victim
from tests.factories import user_with
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE

REMINDERS, KILLS, CONCURRENCY, LEASE = 500, 20, 4, 10
LONGEST = 300  # seconds until we say that something hangs
AT_ONCE = 3  # workers: while one starts, the others work


def orders() -> list[Order]:
    """How each of the victims dies: half of them directly after the server's 250."""
    chance = random.Random(20)
    moments = ["after"] * 10 + ["before"] * 4 + ["later"] * (KILLS - 14)
    chance.shuffle(moments)
    return [Order(chance.randint(5, 14), moment, chance.uniform(0.0, 0.03)) for moment in moments]


def given_reminders() -> None:
    now = database_now()
    people = Person.objects.bulk_create(Person(display_name=f"Person {number}", **AWAKE) for number in range(50))
    Address.objects.bulk_create(Address(person=one, email=f"{one.pk.hex}@people.example") for one in people)
    rows = []
    for number in range(REMINDERS // len(people)):
        errand = Errand.objects.create(title=f"Errand {number}", at=now + timedelta(days=1))
        errand.people.set(people)
        parts = now - timedelta(minutes=1), now + timedelta(days=1)
        rows += [delivery_for(KINDS["errand_due"], errand, person, "P1D", *parts) for person in people]
    for row in rows:
        row.planned_at = row.settled_at = now
    Delivery.objects.bulk_create(rows)


@pytest.fixture
def worker_environ(process_environ: dict[str, str]) -> dict[str, str]:
    own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "NOTICES_LEASE_SECONDS": str(LEASE)}
    return {**process_environ, **own, "PYTHONPATH": str(settings.BASE_DIR)}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


def start_worker(environ: dict[str, str], log: Path, email_url: str) -> subprocess.Popen:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.worker", str(CONCURRENCY)],
            env={**environ, "EMAIL_URL": email_url},
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
        )


def kill_workers_until_all_is_settled(environ: dict[str, str], log: Path, ledger: Ledger) -> None:
    """A new worker for each that died; the last one lives until nothing waits any more."""
    waiting = [*orders(), None]
    victims: list[Victim] = []
    until = time.monotonic() + LONGEST
    try:
        while time.monotonic() < until and is_unsettled():
            for victim in [victim for victim in victims if not victim.is_alive]:
                victim.end()
                victims.remove(victim)
            while len(victims) < AT_ONCE and waiting:
                victims.append(Victim(lambda url: start_worker(environ, log, url), ledger, waiting.pop(0)))
            for _thread in range(CONCURRENCY):
                app.send_task("notices.tasks.send_due", expires=2)
            time.sleep(0.2)
    finally:
        for victim in victims:
            victim.end()


def is_unsettled() -> bool:
    return Delivery.objects.filter(state__in=["planned", "deferred", "sending"]).exists()


def duplicates_of_a_naive_loop() -> int:
    """The same kills on select-send-mark, one process at a time: how many mails came more than once."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_mail (id int PRIMARY KEY, sent boolean NOT NULL DEFAULT false)")
        cursor.execute("INSERT INTO naive_mail (id) SELECT generate_series(1, %s)", [REMINDERS])
    ledger = Ledger()
    for order in [*orders(), None]:
        victim = Victim(start_naive, ledger, order)
        victim.process.wait(timeout=60)
        victim.end()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE naive_mail")
    assert ledger.kills == KILLS
    return len(ledger.accepted) - len(set(ledger.accepted))


def start_naive(email_url: str) -> subprocess.Popen:
    host, port = email_url.removeprefix("smtp://").split(":")
    script = Path(__file__).with_name("naive.py")
    return subprocess.Popen([sys.executable, str(script), dsn(), host, port])


def dsn() -> str:
    with connection.cursor() as cursor:
        return cursor.connection.dsn


@pytest.mark.django_db(transaction=True)
def test_twenty_kills_lose_nothing_and_send_nothing_twice(worker_environ, log, client, smtp, record_property):
    given_reminders()
    ledger = Ledger()

    kill_workers_until_all_is_settled(worker_environ, log, ledger)
    naive = duplicates_of_a_naive_loop()

    states = Counter(Delivery.objects.values_list("state", flat=True))
    message_ids = dict(Delivery.objects.values_list("message_id", "state"))
    arrived = {message_id for message_id, _person, _occasion in ledger.accepted}
    unconfirmed = {message_id for message_id, state in message_ids.items() if state == "unconfirmed"}
    twice = len(ledger.accepted) - min(len(arrived), len({mail[1:] for mail in ledger.accepted}))
    between = [message_id for message_id in ledger.killed_after_250 if message_id in unconfirmed]
    lost = message_ids.keys() - arrived - unconfirmed
    record_property(
        "figures",
        f"kill test: {REMINDERS} reminders, {ledger.kills} kills, {len(between)} between 250 and commit: "
        f"{len(lost)} lost, {twice} duplicates, {len(unconfirmed)} unconfirmed "
        f"({len(unconfirmed & arrived)} of them had arrived); naive loop: {naive} duplicates",
    )
    assert naive > 0, "void: these kills do not even make a naive loop send twice"
    assert ledger.kills == KILLS
    assert len(between) >= 5
    assert twice == 0
    assert lost == set()
    assert states == {"sent": REMINDERS - len(unconfirmed), "unconfirmed": len(unconfirmed)}, log.read_text()[-3000:]
    assert len(unconfirmed) <= KILLS * CONCURRENCY
    staff_settle_two_of_them(client, smtp)


def staff_settle_two_of_them(client, smtp) -> None:
    one, other = Delivery.objects.filter(state="unconfirmed").order_by("id")[:2]
    client.force_login(user_with("staff"))

    client.post(reverse("notices:settle", args=[one.pk]), {"outcome": "arrived"})
    client.post(reverse("notices:settle", args=[other.pk]), {"outcome": "again"})
    send_due(now=database_now())

    assert [message["Message-ID"] for message in smtp.messages] == [other.message_id]
    assert Delivery.objects.filter(pk__in=[one.pk, other.pk], state="sent").count() == 2
